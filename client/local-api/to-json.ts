import type { ContentJson } from "../../protocol/http/peer.ts";
import type { WireJson } from "../../protocol/http/peer-detail.ts";
import type { ContentView } from "../contents/content-view.ts";
import type { ContentWire } from "../contents/content-wires.ts";
import { type PeerFacts, reasonsFor } from "../contents/reasons.ts";
import type { WireTrade } from "../exchange.ts";

export function contentJson(view: ContentView, peer: PeerFacts): ContentJson {
  const { problem, outlook, settings } = view;
  const { infoHash, title, pieceLength, place, path, state, bytesDone, sizeBytes, peers } = view;
  return {
    ...{ infoHash, title, pieceLength, place, path, state, bytesDone, sizeBytes, peers, settings },
    pricePerGiB: view.pricePerGiB.toString(),
    problem: problem && { code: problem.code, message: problem.message },
    rateDown: Math.round(view.rateDown),
    rateUp: Math.round(view.rateUp),
    paid: view.paid.toString(),
    earned: view.earned.toString(),
    spendLeft: view.spendLeft?.toString() ?? null,
    reasons: [...reasonsFor(view, peer)],
    outlook: { ...outlook, obstacles: [...outlook.obstacles] },
  };
}

export function wireJson({ bought, sold, ...wire }: ContentWire): WireJson {
  return {
    ...wire,
    rateDown: Math.round(wire.rateDown),
    rateUp: Math.round(wire.rateUp),
    bought: bought && tradeJson(bought),
    sold: sold && { ...tradeJson(sold), turn: sold.turn, lostBytes: sold.lostBytes },
  };
}

function tradeJson({ account, pricePerGiB, amount, unpaidBytes, windowBytes }: WireTrade) {
  return { account, pricePerGiB: `${pricePerGiB}`, amount: `${amount}`, unpaidBytes, windowBytes };
}

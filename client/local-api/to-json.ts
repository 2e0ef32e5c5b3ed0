import type { ContentView } from "../contents/content-view.ts";
import type { ContentJson } from "./schemas.ts";

export function contentJson(view: ContentView): ContentJson {
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
    outlook: { ...outlook, obstacles: [...outlook.obstacles] },
  };
}

import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { WireMoney } from "../exchange.ts";
import type { PeerRun } from "../run-peer.ts";
import type { WireTraffic } from "../torrent/content/content.ts";
import type { Contents } from "./contents.ts";

/** One connection of a content: what it carries, and what is bought and sold over it. */
export interface ContentWire extends Omit<WireTraffic, "wireId">, WireMoney {
  /** The other end speaks Floodgate. With strangers nothing is traded. */
  readonly isPaid: boolean;
  /** Pieces with a wrong hash that the account has sent, and that it left unpaid, in all runs. */
  readonly badPieces: number;
  readonly defaults: number;
}

/** An account with which this home trades no more for now. */
export interface Ban {
  readonly account: Address;
  /** Seconds since 1970. */
  readonly until: number;
  readonly badPieces: number;
  readonly defaults: number;
}

type Run = Pick<PeerRun, "peer" | "store">;

const NO_MONEY: WireMoney = { bought: null, sold: null };

/** Busiest first. None while the content rests. */
export function wiresOf(
  { store }: Pick<Run, "store">,
  contents: Pick<Contents, "running" | "peerOf">,
  infoHash: InfoHash,
): ContentWire[] {
  const peer = contents.peerOf(infoHash);
  const wires = contents.running(infoHash)?.wires() ?? [];
  return wires
    .map(({ wireId, ...traffic }) => {
      const money = wireId === null ? NO_MONEY : peer.wireMoney(wireId);
      const account = money.bought?.account ?? money.sold?.account;
      const { badPieces, defaults } = account ? store.findStanding(account) : { badPieces: 0, defaults: 0 };
      return { ...traffic, ...money, isPaid: wireId !== null, badPieces, defaults };
    })
    .sort((a, b) => b.bytesDown + b.bytesUp - a.bytesDown - a.bytesUp);
}

export function bansOf(store: Pick<PeerRun["store"], "listBanned">, nowSec: number): Ban[] {
  return store
    .listBanned(nowSec)
    .map(({ bannedUntil, account, badPieces, defaults }) => ({ account, until: bannedUntil, badPieces, defaults }));
}

import type { InfoHash } from "../../protocol/base/ids.ts";
import type { PeerRun } from "../run-peer.ts";
import type { ContentView } from "./content-view.ts";
import type { HeldContent } from "./held-content.ts";
import { readContentSettings } from "./settings.ts";

/** What displays show of contents that a peer holds. */

/** Of all together. Rates are bytes a second, protocol included. */
export interface AllRates {
  readonly count: number;
  readonly rateDown: number;
  readonly rateUp: number;
  readonly wires: number;
}

export function viewOf({ store }: Pick<PeerRun, "store">, content: HeldContent): ContentView {
  const { record, state, problem, trackerProblem, peer } = content;
  const { infoHash, title, pricePerGiB, sharePercent, pieceLength, place, path, settings } = record;
  const resting = { bytesDone: content.bytesKept, sizeBytes: content.sizeWanted, rateDown: 0, rateUp: 0, peers: 0 };
  return {
    ...{ infoHash, title, pricePerGiB, sharePercent, pieceLength, place, path, state, problem, trackerProblem },
    ...(content.content?.progress() ?? resting),
    ...store.moneyOf(infoHash),
    settings: readContentSettings(settings),
    spendLeft: peer.spendLeft(infoHash),
    outlook: peer.outlook(infoHash),
  };
}

/** Those that move bytes now, or still want some. */
export function busyOf(held: Iterable<HeldContent>): InfoHash[] {
  return [...held].flatMap(({ record: { infoHash }, state, content }) => {
    const { rateDown = 0, rateUp = 0 } = content?.progress() ?? {};
    return state === "downloading" || state === "checking" || rateDown + rateUp > 0 ? [infoHash] : [];
  });
}

export function ratesOf(held: readonly HeldContent[]): AllRates {
  let [rateDown, rateUp, wires] = [0, 0, 0];
  for (const { content } of held) {
    const progress = content?.progress();
    rateDown += progress?.rateDown ?? 0;
    rateUp += progress?.rateUp ?? 0;
    wires += progress?.peers ?? 0;
  }
  return { count: held.length, rateDown: Math.round(rateDown), rateUp: Math.round(rateUp), wires };
}

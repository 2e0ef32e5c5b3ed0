import type WebTorrent from "webtorrent";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import { closeWires, openWires } from "../wire/limit-wires.ts";
import { Pace, type PaceClock } from "../wire/pace.ts";
import type { Paces } from "../wire/pace-wire.ts";
import { shareWires } from "../wire/share-wires.ts";

/** Of all contents together; bytes a second, protocol included. Null: no limit. */
export interface TransferLimits {
  readonly up: number | null;
  readonly down: number | null;
}

/** Of one content. */
export interface ContentRates extends TransferLimits {
  /** Most wires; null: as many as any content. */
  readonly wires: number | null;
}

/** What holds for one content, whether it runs or rests. */
export interface ContentLimits extends Paces {
  wires: number | null;
}

const NO_RATES: ContentRates = { up: null, down: null, wires: null };
/** webtorrent's word for it. */
const NO_LIMIT = -1;

/** What the contents of one engine may move, and how many wires they may have. */
export class AllLimits {
  readonly #client: WebTorrent;
  readonly #clock: PaceClock;
  readonly #contents = new Map<InfoHash, ContentLimits>();
  /** Of one content that has no limit of its own, and of all. */
  readonly #wiresOfOne: number;
  #wiresOfAll: number;

  constructor(client: WebTorrent, wires: { readonly ofOne: number; readonly ofAll: number }, clock: PaceClock) {
    this.#client = client;
    this.#clock = clock;
    this.#wiresOfOne = wires.ofOne;
    this.#wiresOfAll = wires.ofAll;
  }

  /** Those of a content that is new here, or was here before. */
  of(infoHash: InfoHash, { up, down, wires } = NO_RATES): ContentLimits {
    const known = this.#contents.get(infoHash);
    if (known) return known;
    const limits = { up: new Pace(up, this.#clock), down: new Pace(down, this.#clock), wires };
    this.#contents.set(infoHash, limits);
    return limits;
  }

  remove(infoHash: InfoHash): void {
    this.#contents.delete(infoHash);
  }

  /** Of one content, from now on. */
  set(infoHash: InfoHash, { up, down, wires }: ContentRates): void {
    const limits = this.#contents.get(infoHash);
    if (!limits) return;
    limits.up.setRate(up);
    limits.down.setRate(down);
    limits.wires = wires;
    this.#closeSurplus();
  }

  setAll({ up, down }: TransferLimits): void {
    this.#client.throttleUpload(up ?? NO_LIMIT);
    this.#client.throttleDownload(down ?? NO_LIMIT);
  }

  setWires(most: number): void {
    this.#wiresOfAll = most;
    this.#closeSurplus();
  }

  /** How many this content may have while the others have theirs. */
  maxWires(infoHash: InfoHash): number {
    const others = this.#client.torrents.filter((torrent) => torrent.infoHash !== infoHash);
    const left = this.#wiresOfAll - others.reduce((sum, torrent) => sum + openWires(torrent).length, 0);
    return Math.max(0, Math.min(this.#ownWires(infoHash), left));
  }

  #ownWires(infoHash: InfoHash): number {
    return this.#contents.get(infoHash)?.wires ?? this.#wiresOfOne;
  }

  #closeSurplus(): void {
    const { torrents } = this.#client;
    const shares = torrents.map((torrent) => ({
      count: openWires(torrent).length,
      most: this.#ownWires(torrent.infoHash),
    }));
    const kept = shareWires(shares, this.#wiresOfAll);
    for (const [index, torrent] of torrents.entries()) closeWires(torrent, kept[index] as number);
  }
}

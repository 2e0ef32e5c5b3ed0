import type { InfoHash } from "../../protocol/base/ids.ts";
import { KINDS, type Kind } from "./peer-table.ts";

const NONE: readonly number[] = [];

/** The peers of one torrent, as lists of slots: one for each kind, seeders and leechers apart. */
export class Swarm {
  readonly id: number;
  readonly infoHash: InfoHash;
  /** How often a peer said that it completed the download (BEP 48 `downloaded`). */
  downloaded = 0;
  readonly #lists: (number[] | undefined)[] = [];

  constructor(id: number, infoHash: InfoHash) {
    this.id = id;
    this.infoHash = infoHash;
  }

  list(kind: Kind, isComplete: boolean): readonly number[] {
    return this.#lists[place(kind, isComplete)] ?? NONE;
  }

  get complete(): number {
    let count = 0;
    for (let kind = 0; kind < KINDS; kind++) count += this.#lists[kind]?.length ?? 0;
    return count;
  }

  get incomplete(): number {
    let count = 0;
    for (let kind = 0; kind < KINDS; kind++) count += this.#lists[KINDS + kind]?.length ?? 0;
    return count;
  }

  /** Returns where it stands. */
  add(slot: number, kind: Kind, isComplete: boolean): number {
    const at = place(kind, isComplete);
    const list = this.#lists[at];
    if (list === undefined) {
      this.#lists[at] = [slot];
      return 0;
    }
    return list.push(slot) - 1;
  }

  /** Returns the slot that now stands at `position`; -1: none. */
  remove(position: number, kind: Kind, isComplete: boolean): number {
    const at = place(kind, isComplete);
    const list = this.#lists[at] as number[];
    const last = list.pop() as number;
    if (list.length === 0) this.#lists[at] = undefined;
    if (position === list.length) return -1;
    list[position] = last;
    return last;
  }

  get isEmpty(): boolean {
    return this.#lists.every((list) => list === undefined);
  }
}

function place(kind: Kind, isComplete: boolean): number {
  return isComplete ? kind : KINDS + kind;
}

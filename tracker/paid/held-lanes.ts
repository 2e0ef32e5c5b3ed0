import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { TrackerGrant } from "../../protocol/http/operator.ts";
import type { HeldLane, HeldLanes } from "../core/lane-policy.ts";

/** About 800 bytes each. */
const MAX_LANES = 200_000;

/** What the authority told of each session's lanes. The longest unasked goes first. */
export class HeldLaneStore {
  readonly #held = new Map<string, HeldLanes>();
  #lanes = 0;

  get(sessionKey: Address, infoHash: InfoHash): HeldLanes | undefined {
    return this.#held.get(sessionKey + infoHash);
  }

  set(sessionKey: Address, infoHash: InfoHash, grant: TrackerGrant, askedAt: number): void {
    const key = sessionKey + infoHash;
    this.#forget(key);
    const held = { lanes: grant.lanes.map(heldLaneOf), shortage: grant.shortage, askedAt };
    this.#held.set(key, held);
    this.#lanes += 1 + held.lanes.length;
    for (const oldest of this.#held.keys()) {
      if (this.#lanes <= MAX_LANES) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#lanes -= 1 + held.lanes.length;
  }
}

function heldLaneOf({ allotment, payeePublicKey }: TrackerGrant["lanes"][number]): HeldLane {
  return {
    payeeKey: allotment.payeeKey as Address,
    expiresAt: allotment.expiresAt,
    text: JSON.stringify({ allotment, payeePublicKey }).slice(0, -1),
  };
}

import { hexToBytes } from "../../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { TrackerGrant } from "../../protocol/http/operator.ts";
import { type HeldLane, type HeldLanes, nextEvenAt } from "../core/lane-policy.ts";
import { OWNER_BYTES } from "../core/peer-table.ts";

/** About 800 bytes each. */
const MAX_LANES = 200_000;

/** What the authority told of each session's lanes. The longest unasked goes first. */
export class HeldLaneStore {
  readonly #held = new Map<string, HeldLanes>();
  #lanes = 0;

  get(sessionKey: Address, infoHash: InfoHash): HeldLanes | undefined {
    return this.#held.get(sessionKey + infoHash);
  }

  /** `wasWanted`: the question had a signed request. */
  set(sessionKey: Address, infoHash: InfoHash, grant: TrackerGrant, now: number, wasWanted: boolean): void {
    const { shortage } = grant;
    const wantedAt = wasWanted ? now : Number.NEGATIVE_INFINITY;
    this.#put(sessionKey + infoHash, {
      lanes: grant.lanes.map(heldLaneOf),
      shares: heldShares(grant),
      shortage,
      evenAt: nextEvenAt(this.get(sessionKey, infoHash), now),
      refreshedAt: now,
      wantedAt,
    });
  }

  /** The lanes that there are now, asked for without a request: what was short still is. */
  refresh(sessionKey: Address, infoHash: InfoHash, grant: TrackerGrant, now: number): void {
    const held = this.get(sessionKey, infoHash);
    if (held === undefined) return;
    const lanes = grant.lanes.map(heldLaneOf);
    this.#put(sessionKey + infoHash, { ...held, lanes, shares: heldShares(grant), refreshedAt: now });
  }

  /** A refresh is on its way. */
  refreshing(sessionKey: Address, infoHash: InfoHash, now: number): void {
    const held = this.get(sessionKey, infoHash);
    if (held !== undefined) this.#held.set(sessionKey + infoHash, { ...held, refreshedAt: now });
  }

  #put(key: string, held: HeldLanes): void {
    this.#forget(key);
    this.#held.set(key, held);
    this.#lanes += 1 + held.lanes.length + held.shares.length;
    for (const oldest of this.#held.keys()) {
      if (this.#lanes <= MAX_LANES) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#lanes -= 1 + held.lanes.length + held.shares.length;
  }
}

function heldLaneOf({ allotment, payeePublicKey }: TrackerGrant["lanes"][number]): HeldLane {
  const owner = new Uint8Array(OWNER_BYTES);
  owner.set(hexToBytes(allotment.payeeKey as Address), 20);
  return {
    owner,
    expiresAt: allotment.expiresAt,
    text: JSON.stringify({ allotment, payeePublicKey }).slice(0, -1),
  };
}

const NO_SHARES: HeldLanes["shares"] = [];

function heldShares({ shares }: TrackerGrant): HeldLanes["shares"] {
  return shares?.map((share) => ({ expiresAt: share.expiresAt, text: JSON.stringify(share) })) ?? NO_SHARES;
}

import { bytesToHex } from "../../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import { formatIp } from "../../protocol/base/ip-address.ts";
import type { TrackerGrant } from "../../protocol/http/operator.ts";
import type { HeldLane, HeldLanes } from "../core/lane-policy.ts";
import { IPV4, WEBSOCKET } from "../core/peer-table.ts";
import type { Swarms } from "../core/swarms.ts";

/** What a paid announce has to do with the payees of its swarm. */
export class GrantTexts {
  readonly #swarms: Swarms;

  constructor(swarms: Swarms) {
    this.#swarms = swarms;
  }

  /**
   * The `floodgate` text of a reply (docs/protocol.md 6.2). A lane to a payee that is not in the
   * swarm is left out: nobody could reach it.
   */
  write(
    infoHash: InfoHash,
    account: Address,
    lanes: readonly HeldLane[],
    shortage: TrackerGrant["shortage"],
    chainNow: number,
    shares: HeldLanes["shares"],
  ): string {
    let text = `{"now":${chainNow},"account":"${account}","lanes":[`;
    let separator = "";
    for (const lane of lanes) {
      if (lane.expiresAt <= chainNow) continue;
      const slot = this.#findPayee(infoHash, lane.owner);
      if (slot < 0) continue;
      const { peers } = this.#swarms;
      const host = formatIp(peers.addresses, slot * 16);
      text += `${separator}${lane.text},"payeeHost":"${host}","payeePort":${peers.voucherPorts[slot]}}`;
      separator = ",";
    }
    text += `],"shortage":${shortage === null ? "null" : `"${shortage}"`}`;
    const live = shares.filter(({ expiresAt }) => expiresAt > chainNow);
    return live.length === 0 ? `${text}}` : `${text},"shares":[${live.map((share) => share.text).join(",")}]}`;
  }

  /**
   * Session keys of peers that take vouchers, are not of `account`, and have no lane in `held`. A
   * lane that has ended by `chainNow` counts for nothing; null: the time is not known.
   */
  payeesOf(slots: readonly number[], account: Address, held: readonly HeldLane[], chainNow: number | null): Address[] {
    const { peers } = this.#swarms;
    const isPaid = (slot: number): boolean =>
      held.some(({ owner, expiresAt }) => expiresAt > (chainNow ?? 0) && peers.hasSessionKey(slot, owner));
    const keys: Address[] = [];
    for (const slot of slots) {
      if (!peers.isOwned(slot) || peers.voucherPorts[slot] === 0 || isPaid(slot)) continue;
      const owner = peers.owner(slot);
      if (bytesToHex(owner.subarray(0, 20)) !== account) keys.push(bytesToHex(owner.subarray(20, 40)));
    }
    return keys;
  }

  /** The payee's slot, whichever front it came by; -1: it is not there, or takes no vouchers. */
  #findPayee(infoHash: InfoHash, owner: Uint8Array): number {
    const { peers } = this.#swarms;
    for (const kind of [IPV4, WEBSOCKET] as const) {
      const slot = this.#swarms.findOwned(infoHash, kind, owner);
      if (slot >= 0 && peers.voucherPorts[slot] !== 0) return slot;
    }
    return -1;
  }
}

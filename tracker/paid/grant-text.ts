import { bytesToHex } from "../../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import { formatIp } from "../../protocol/base/ip-address.ts";
import type { TrackerGrant } from "../../protocol/http/operator.ts";
import type { HeldLane, HeldLanes } from "../core/lane-policy.ts";
import { IPV4, OWNER_BYTES, WEBSOCKET } from "../core/peer-table.ts";
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
  ): string {
    let text = `{"now":${chainNow},"account":"${account}","lanes":[`;
    let separator = "";
    for (const lane of lanes) {
      if (lane.expiresAt <= chainNow) continue;
      const slot = this.#findPayee(infoHash, lane.payeeKey);
      if (slot < 0) continue;
      const { peers } = this.#swarms;
      const host = formatIp(peers.addresses, slot * 16);
      text += `${separator}${lane.text},"payeeHost":"${host}","payeePort":${peers.voucherPorts[slot]}}`;
      separator = ",";
    }
    return `${text}],"shortage":${shortage === null ? "null" : `"${shortage}"`}}`;
  }

  /** Session keys of peers that take vouchers, are not of `account`, and have no lane in `held`. */
  payeesOf(slots: readonly number[], account: Address, held: HeldLanes | undefined): Address[] {
    const { peers } = this.#swarms;
    const keys: Address[] = [];
    for (const slot of slots) {
      if (!peers.isOwned(slot) || peers.voucherPorts[slot] === 0) continue;
      const owner = peers.owner(slot);
      const key = bytesToHex(owner.subarray(20, 40));
      if (held?.lanes.some(({ payeeKey }) => payeeKey === key)) continue;
      if (bytesToHex(owner.subarray(0, 20)) !== account) keys.push(key);
    }
    return keys;
  }

  /** The payee's slot, whichever front it came by; -1: it is not there, or takes no vouchers. */
  #findPayee(infoHash: InfoHash, payeeKey: Address): number {
    const { peers } = this.#swarms;
    const owner = new Uint8Array(OWNER_BYTES);
    for (let i = 0; i < 20; i++) owner[20 + i] = Number.parseInt(payeeKey.slice(2 + 2 * i, 4 + 2 * i), 16);
    for (const kind of [IPV4, WEBSOCKET] as const) {
      const slot = this.#swarms.findOwned(infoHash, kind, owner);
      if (slot >= 0 && peers.voucherPorts[slot] !== 0) return slot;
    }
    return -1;
  }
}

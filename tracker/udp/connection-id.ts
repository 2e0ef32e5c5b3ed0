import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** Good for two to four minutes, as BEP 15 asks of servers: two at least. */
const EPOCH_MS = 120_000;

/**
 * Connection ids of BEP 15 without a table: an HMAC of the peer's address and the epoch. Only whom
 * our packets reach can know one, so nobody announces for another address, or has us flood it.
 */
export class ConnectionIds {
  readonly #key: KeyObject;

  /** `secret`: random bytes, new with each start. */
  constructor(secret: Uint8Array) {
    this.#key = createSecretKey(secret);
  }

  /** `now`: milliseconds of a clock that never goes back. */
  issue(address: Uint8Array, now: number): bigint {
    return this.#id(address, Math.floor(now / EPOCH_MS));
  }

  isGood(id: bigint, address: Uint8Array, now: number): boolean {
    const epoch = Math.floor(now / EPOCH_MS);
    return id === this.#id(address, epoch) || id === this.#id(address, epoch - 1);
  }

  #id(address: Uint8Array, epoch: number): bigint {
    const input = Buffer.alloc(address.length + 6);
    input.set(address);
    input.writeUIntBE(Math.max(0, epoch), address.length, 6);
    return createHmac("sha256", this.#key).update(input).digest().readBigUInt64BE(0);
  }
}

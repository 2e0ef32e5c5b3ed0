import { afterEach, beforeEach, expect, test } from "vitest";
import type { PaidWire } from "../../../client/exchange.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { FakePayment } from "./fake-payment.ts";
import { LAST, PIECE, PIECES, Swarm } from "./swarm.ts";

/**
 * A payee whose slot goes to another payer chokes an honest payer in the middle of a download. None
 * of that may look like a default.
 */

let swarm: Swarm;
beforeEach(async () => {
  swarm = await new Swarm().start();
});
afterEach(() => swarm.stop());

/**
 * Remembers how many bytes of each piece were let through and left. It chokes while the last block
 * of the tenth complete piece has still to leave.
 */
class ChokingPayment extends FakePayment {
  readonly #sentBytes = new Map<number, number>();
  #isDone = false;

  get complete(): number[] {
    const lengthOf = (piece: number): number => (piece === PIECES - 1 ? LAST : PIECE);
    return [...this.#sentBytes].filter(([piece, bytes]) => bytes >= lengthOf(piece)).map(([piece]) => piece);
  }

  override decideRequest(wireId: string, piece: number, offset: number, length: number) {
    const decision = super.decideRequest(wireId, piece, offset, length);
    if (decision === "serve") this.#count(piece, length);
    if (!this.#isDone && this.complete.length === 10) {
      this.#isDone = true;
      queueMicrotask(() => this.wires.get(wireId)?.choke());
    }
    return decision;
  }

  override blockUnsent(_wireId: string, piece: number, _offset: number, length: number): void {
    this.#count(piece, -length);
  }

  #count(piece: number, bytes: number): void {
    this.#sentBytes.set(piece, (this.#sentBytes.get(piece) ?? 0) + bytes);
  }
}

test("each piece that a payee let through in full before it choked arrives, and is paid to it", async () => {
  const payment = new ChokingPayment(8);
  const first = await swarm.seed(1, payment);
  const leecher = await swarm.download(2);
  await leecher.until(() => leecher.payment.verified.length >= 10);
  // The rest comes from another source.
  await swarm.seed(3);
  await leecher.content.complete;
  expect(swarm.isCopy(leecher.path)).toBe(true);
  const paid = leecher.payment.verified.filter(
    ({ wireId }) => leecher.payment.remotes.get(wireId) === first.sessionKey,
  );
  expect(new Set(paid.map(({ piece }) => piece))).toEqual(new Set(payment.complete));
  expect(paid.length).toBeGreaterThanOrEqual(10);
  expect(paid.length).toBeLessThan(PIECES);
  expect(leecher.payment.verified).toHaveLength(PIECES);
});

/** Learns whose wire it is while it is told of it, and bans its owner at once. */
class BanningPayment extends FakePayment {
  readonly closed = Promise.withResolvers<string>();
  ban: (remoteKey: Address) => void = () => undefined;

  override wireOpened(wire: PaidWire): boolean {
    super.wireOpened(wire);
    this.ban(wire.remoteKey);
    return true;
  }

  override wireClosed(wireId: string): void {
    super.wireClosed(wireId);
    this.closed.resolve(wireId);
  }
}

test("a wire whose owner is banned while payment is told of it does not stay there", async () => {
  const payment = new BanningPayment(8);
  const seller = await swarm.seed(1, payment);
  payment.ban = (remoteKey) => seller.engine.port.ban(remoteKey);
  await swarm.download(2);
  await payment.closed.promise;
  expect(payment.wires.size).toBe(0);
});

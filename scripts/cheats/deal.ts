import type { GrantedLane } from "../../client/payment/payer/grant.ts";
import type { StreamEvents, VoucherNode, VoucherStream } from "../../client/payment/voucher-node.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import { type Amount, bytesCovered, owed } from "../../protocol/base/units.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import { hashVoucher } from "../../protocol/signed/voucher.ts";
import type { Message } from "../../protocol/wire/voucher-stream.ts";
import { type Person, PRICE } from "./arena.ts";

/** Called for each piece that came: pays, or does not. */
export type Pay = (deal: Deal) => void;

/**
 * A cheat's dealings with one payee: the authority's lanes, the wires, the stream, and what the
 * payee said that it stored.
 */
export class Deal {
  readonly payeeKey: Address;
  /** Whole pieces that came from this payee. */
  verifiedBytes = 0;
  /** Resolves when the payee takes a first lane. */
  readonly begun: Promise<void>;
  /** Streams that the payee broke off. */
  aborts = 0;
  readonly refusals: string[] = [];
  readonly #person: Person;
  readonly #lanes = new Map<number, GrantedLane>();
  readonly #tokens = new Map<string, Uint8Array>();
  readonly #offered = new Set<string>();
  readonly #acked = new Map<number, Amount>();
  readonly #signed = new Map<number, Amount>();
  readonly #begin = Promise.withResolvers<void>();
  /** Lanes whose payee has said that it serves nothing more on them. */
  readonly #closed = new Set<number>();
  /** Vouchers on the open stream. The payee answers each: `ack` or, when too late, `closed`. */
  readonly #unanswered = new Map<number, number>();
  #accept = Promise.withResolvers<void>();
  #answer = Promise.withResolvers<void>();
  #end = Promise.withResolvers<void>();
  #stream: VoucherStream | null = null;
  #isDialing = false;

  constructor(payeeKey: Address, person: Person) {
    this.payeeKey = payeeKey;
    this.#person = person;
    this.begun = this.#begin.promise;
  }

  /** Resolves when the payee has taken a lane on the stream that is open, or is to be opened. */
  get accepted(): Promise<void> {
    return this.#accept.promise;
  }

  /** The stream that is open, or the next one, has ended. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /** Resolves when the payee has answered every voucher, or the stream is over. */
  async answered(): Promise<void> {
    while (this.#stream && this.#isWaiting()) await this.#answer.promise;
  }

  get newestLane(): number | null {
    return [...this.#lanes.keys()].at(-1) ?? null;
  }

  get lanes(): SignedAllotment[] {
    return [...this.#lanes.values()].map(({ allotment }) => allotment);
  }

  /** Its lanes share one credit: the newest tells it. */
  get creditBytes(): number {
    return this.lanes.at(-1)?.credit ?? 0;
  }

  /** The total that the payee holds vouchers for. */
  get stored(): Amount {
    return [...this.#acked.values()].reduce((sum, amount) => sum + amount, 0n);
  }

  get due(): Amount {
    return owed(this.verifiedBytes, PRICE);
  }

  /** One base unit is the rounding of the running total. */
  get unpaidBytes(): number {
    const paid = this.stored === 0n ? 0 : bytesCovered(this.stored + 1n, PRICE);
    return Math.max(0, this.verifiedBytes - paid);
  }

  granted(lane: GrantedLane): void {
    if (!this.#lanes.has(lane.allotment.lane)) this.#lanes.set(lane.allotment.lane, lane);
    this.#offer();
  }

  wireOpened(id: string, token: Uint8Array): void {
    this.#tokens.set(id, token);
    this.#offer();
  }

  wireClosed(id: string): void {
    this.#tokens.delete(id);
  }

  /** Opens the stream, if there is something to buy on it, and offers what was not taken yet. */
  dial(node: VoucherNode): void {
    this.#offer();
    const lane = [...this.#lanes.values()].at(-1);
    if (this.#stream || this.#isDialing || !lane || this.#tokens.size === 0) return;
    this.#isDialing = true;
    node
      .dial(lane.payeePublicKey, [{ host: lane.payeeHost, port: lane.payeePort }])
      .catch(() => undefined)
      .finally(() => {
        this.#isDialing = false;
      });
  }

  opened(stream: VoucherStream): StreamEvents {
    this.#stream = stream;
    this.#unanswered.clear();
    this.#offered.clear();
    this.#offer();
    return {
      message: (message) => this.#receive(message),
      closed: (error) => {
        this.#stream = null;
        if (error) this.aborts++;
        this.#tellAnswer();
        this.#accept = Promise.withResolvers();
        this.#end.resolve();
        this.#end = Promise.withResolvers();
      },
    };
  }

  send(message: Message): void {
    this.#stream?.send(message);
  }

  /** Pays up to this total over all lanes, in their order, as far as their caps go. */
  payUpTo(total: Amount): void {
    let left = total - [...this.#signed.values()].reduce((sum, amount) => sum + amount, 0n);
    for (const { lane, cap } of this.lanes) {
      const before = this.#signed.get(lane) ?? 0n;
      const part = left < cap - before ? left : cap - before;
      if (part <= 0n) continue;
      left -= part;
      this.#signed.set(lane, before + part);
      this.sendVoucher(lane, before + part);
    }
  }

  /** A voucher of the cheat's own session key, whatever it promises, and in whose name. */
  sendVoucher(lane: number, amount: Amount, payer: Address = this.#person.account): void {
    const { privateKey } = this.#person.identity;
    const payee = this.lanes[0]?.payee;
    if (!payee) return;
    const digest = hashVoucher(this.#person.network.separator, { payer, payee, lane, amount });
    this.send({ type: "voucher", lane, amount, signature: sign(digest, privateKey) });
    if (this.#stream) this.#unanswered.set(lane, (this.#unanswered.get(lane) ?? 0) + 1);
  }

  #offer(): void {
    for (const [id, token] of this.#tokens) {
      for (const allotment of this.lanes) {
        const key = `${id} ${allotment.lane}`;
        if (!this.#stream || this.#offered.has(key)) continue;
        this.#offered.add(key);
        this.send({ type: "offer", allotment, wireToken: token });
      }
    }
  }

  #isWaiting(): boolean {
    return [...this.#unanswered.values()].some((count) => count > 0);
  }

  #answered(lane: number): void {
    this.#unanswered.set(lane, (this.#unanswered.get(lane) ?? 0) - 1);
  }

  #tellAnswer(): void {
    this.#answer.resolve();
    this.#answer = Promise.withResolvers();
  }

  #receive(message: Message): void {
    if (message.type === "accept") {
      this.#begin.resolve();
      this.#accept.resolve();
      this.#closed.delete(message.lane);
    }
    if (message.type === "accept" || message.type === "ack") this.#acked.set(message.lane, message.amount);
    if (message.type === "ack") this.#answered(message.lane);
    if (message.type === "closed") {
      // The first one is no answer: a voucher that was on its way is still taken.
      if (this.#closed.has(message.lane)) this.#answered(message.lane);
      this.#closed.add(message.lane);
    }
    this.#tellAnswer();
    if (message.type !== "refuse") return;
    this.refusals.push(message.reason);
    // The payee may not have seen the wire yet.
    this.#offered.clear();
  }
}

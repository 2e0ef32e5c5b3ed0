import {
  type BatchPayment,
  emptyLaneState,
  type LaneBook,
  type LaneState,
  paidId,
  pairId,
} from "../facts/lane-book.ts";

/** For histories that fit into memory: tests and recordings. */
export class MemoryLaneBook implements LaneBook {
  readonly #state: LaneState = emptyLaneState();
  readonly #payments = new Map<string, BatchPayment>();

  isUsed: LaneBook["isUsed"] = (payer, lane) => this.#state.usedLanes.has(pairId(payer, lane));

  use: LaneBook["use"] = (payer, lane) => {
    this.#state.usedLanes.add(pairId(payer, lane));
  };

  setBatchPayment: LaneBook["setBatchPayment"] = (payer, lane, payment) => {
    const id = pairId(payer, lane);
    this.#state.usedLanes.add(id);
    this.#payments.set(id, payment);
  };

  batchPayment: LaneBook["batchPayment"] = (payer, lane) => this.#payments.get(pairId(payer, lane)) ?? null;

  setPaid: LaneBook["setPaid"] = (payer, lane, payee, record) => {
    this.#state.paid.set(paidId(payer, lane, payee), record);
  };

  paid: LaneBook["paid"] = (payer, lane, payee) => this.#state.paid.get(paidId(payer, lane, payee)) ?? null;

  setOutcomeHash: LaneBook["setOutcomeHash"] = (batch, hash) => {
    this.#state.outcomeHashes.set(batch, hash);
  };

  outcomeHash: LaneBook["outcomeHash"] = (batch) => this.#state.outcomeHashes.get(batch) ?? null;

  useDepositId: LaneBook["useDepositId"] = (from, id) => {
    this.#state.depositIds.add(pairId(from, id));
  };

  isDepositIdUsed: LaneBook["isDepositIdUsed"] = (from, id) => this.#state.depositIds.has(pairId(from, id));

  /** Everything at once, whatever the block. */
  changedSince: LaneBook["changedSince"] = () => [this.#state];
}

import type { BatchRecord } from "../facts/batch-record.ts";
import type { ChainEvent, EventOf } from "../facts/events.ts";
import type { TransactionFacts } from "../facts/facts.ts";
import type { Address } from "../facts/primitives.ts";
import type { Observer } from "../replay/observer.ts";
import type { Run } from "../replay/run.ts";
import type { Movement } from "./movement.ts";

type Change = Pick<Movement, "kind" | "account" | "amount"> & Partial<Movement>;

type Place = Pick<TransactionFacts, "block" | "time"> & { readonly hash: string | null };

/**
 * Tells every change of a balance in the order of the chain. It tells what the replay did, not what
 * events say: an account's movements always sum to its replayed balance, even where the contract
 * did otherwise.
 */
export function followMoney(tell: (movement: Movement) => void): Observer {
  const money = new Money(tell);
  let batchFees = 0n;
  return {
    beforeBlock: money.open,
    // Where nothing happened at all.
    finish: money.open,
    rowJudged(_run, facts, { batch, group: { payer }, row: { payee, lane, amount }, isPaid, fee }) {
      if (!isPaid) return;
      batchFees += fee;
      money.move(facts, { kind: "payment", account: payer, amount: -amount, counterparty: payee, batch, lane });
      money.move(facts, {
        kind: "earning",
        account: payee,
        amount: amount - fee,
        fee,
        counterparty: payer,
        batch,
        lane,
      });
    },
    batchSettled(run, facts, batch, record) {
      if (batch === null) {
        money.settledUnseen(facts, record);
        batchFees = record.settled.fee;
      }
      money.move(facts, { kind: "fees", account: run.state.feeRecipient, amount: batchFees, batch: record.number });
      batchFees = 0n;
    },
    afterEvent(run, facts, event) {
      if (event.kind === "Claimed") money.claimed(run, facts, event);
      const change = changeOf(event);
      if (change !== null) money.move(facts, change);
    },
  };
}

/** What a deposit or an exit moves; null for all other events. */
function changeOf(event: ChainEvent): Change | null {
  switch (event.kind) {
    case "Deposited":
      return { kind: "deposit", account: event.account, amount: event.amount, counterparty: event.from };
    case "Withdrawn":
      return { kind: "withdrawal", account: event.account, amount: -event.amount, counterparty: event.to };
    case "Released":
      return { kind: "release", account: event.account, amount: -event.amount, counterparty: event.to };
    default:
      return null;
  }
}

/** The balances as they were told so far. */
class Money {
  readonly #tell: (movement: Movement) => void;
  readonly #balances = new Map<Address, bigint>();
  #isOpen = false;

  constructor(tell: (movement: Movement) => void) {
    this.#tell = tell;
  }

  move(at: Place, change: Change): void {
    const { account, amount } = change;
    if (amount === 0n) return;
    this.#balances.set(account, (this.#balances.get(account) ?? 0n) + amount);
    const { block, time, hash: tx } = at;
    this.#tell({ fee: 0n, fromBond: 0n, counterparty: null, batch: null, lane: null, ...change, block, time, tx });
  }

  readonly open = (run: Run, block: number, time: number): void => {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const [account, { balance }] of run.state.accounts)
      this.move({ block, time, hash: null }, { kind: "opening", account, amount: balance });
  };

  claimed(run: Run, facts: TransactionFacts, { payer, payee, lane }: EventOf<"Claimed">): void {
    const [taken, given] = [this.#untold(run, payer), this.#untold(run, payee)];
    const fromBond = given + taken;
    this.move(facts, { kind: "claim-payment", account: payer, amount: taken, counterparty: payee, lane });
    this.move(facts, { kind: "claim-earning", account: payee, amount: given, fromBond, counterparty: payer, lane });
  }

  /** A batch whose calldata could not be read: its events are all there is. */
  settledUnseen(facts: TransactionFacts, { number: batch, debited, credited }: BatchRecord): void {
    for (const { account, amount } of debited) this.move(facts, { kind: "payment", account, amount: -amount, batch });
    for (const { account, amount } of credited) this.move(facts, { kind: "earning", account, amount, batch });
  }

  /** How the replay has moved this account since it was last told of. */
  #untold(run: Run, account: Address): bigint {
    return (run.state.accounts.get(account)?.balance ?? 0n) - (this.#balances.get(account) ?? 0n);
  }
}

import type { BatchRecord } from "../facts/batch-record.ts";
import type { ChainEvent, EventOf } from "../facts/events.ts";
import type { Address, TransactionFacts } from "../facts/facts.ts";
import type { JudgedRow, Observer } from "../replay/observer.ts";
import type { Run } from "../replay/run.ts";
import type { Movement } from "./movement.ts";

type Change = Pick<Movement, "kind" | "account" | "amount"> & Partial<Movement>;

/**
 * Tells every change of a balance in the order of the chain. It tells what the replay did, not what events say: an account's movements always sum
 * to its replayed balance, even where the contract did otherwise (and has findings).
 */
export function followMoney(tell: (movement: Movement) => void): Observer {
  const balances = new Map<Address, bigint>();
  let [isOpen, batchFees] = [false, 0n];

  const move = (at: Pick<TransactionFacts, "block" | "time"> & { readonly hash: string | null }, change: Change) => {
    const { account, amount } = change;
    if (amount === 0n) return;
    balances.set(account, (balances.get(account) ?? 0n) + amount);
    const { block, time, hash: tx } = at;
    tell({ fee: 0n, fromBond: 0n, counterparty: null, batch: null, lane: null, ...change, block, time, tx });
  };
  /** How the replay has moved this account since it was last told of. */
  const changeOf = (run: Run, account: Address): bigint =>
    (run.state.accounts.get(account)?.balance ?? 0n) - (balances.get(account) ?? 0n);

  const claimed = (run: Run, facts: TransactionFacts, { payer, payee, lane }: EventOf<"Claimed">): void => {
    const [taken, given] = [changeOf(run, payer), changeOf(run, payee)];
    move(facts, { kind: "claim-payment", account: payer, amount: taken, counterparty: payee, lane });
    move(facts, {
      kind: "claim-earning",
      account: payee,
      amount: given,
      fromBond: given + taken,
      counterparty: payer,
      lane,
    });
  };
  const settledUnseen = (facts: TransactionFacts, { number: batch, debited, credited, settled }: BatchRecord): void => {
    for (const { account, amount } of debited) move(facts, { kind: "payment", account, amount: -amount, batch });
    for (const { account, amount } of credited) move(facts, { kind: "earning", account, amount, batch });
    batchFees = settled.fee;
  };

  const open = (run: Run, block: number, time: number): void => {
    if (isOpen) return;
    isOpen = true;
    for (const [account, { balance }] of run.state.accounts)
      move({ block, time, hash: null }, { kind: "opening", account, amount: balance });
  };

  return {
    beforeBlock: open,
    // Where nothing happened at all.
    finish: open,
    rowJudged(_run, facts, { batch, group: { payer }, row: { payee, lane, amount }, isPaid, fee }: JudgedRow) {
      if (!isPaid) return;
      batchFees += fee;
      move(facts, { kind: "payment", account: payer, amount: -amount, counterparty: payee, batch, lane });
      move(facts, { kind: "earning", account: payee, amount: amount - fee, fee, counterparty: payer, batch, lane });
    },
    batchSettled(run, facts, batch, record) {
      if (batch === null) settledUnseen(facts, record);
      move(facts, { kind: "fees", account: run.state.feeRecipient, amount: batchFees, batch: record.number });
      batchFees = 0n;
    },
    afterEvent(run, facts, event: ChainEvent) {
      switch (event.kind) {
        case "Deposited":
          return move(facts, {
            kind: "deposit",
            account: event.account,
            amount: event.amount,
            counterparty: event.from,
          });
        case "Withdrawn":
          return move(facts, {
            kind: "withdrawal",
            account: event.account,
            amount: -event.amount,
            counterparty: event.to,
          });
        case "Released":
          return move(facts, {
            kind: "release",
            account: event.account,
            amount: -event.amount,
            counterparty: event.to,
          });
        case "Claimed":
          return claimed(run, facts, event);
        default:
          return undefined;
      }
    },
  };
}

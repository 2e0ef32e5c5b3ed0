import type { Info } from "../../../protocol/http/public.ts";
import type { Deposits, TimelineLane, Withdrawals } from "../../../protocol/http/timeline.ts";
import { entriesOf } from "../../account/app/money/entries.ts";
import { EntryRow } from "../../account/app/parts/entry-row.tsx";

/** Every state of every kind of amount, as the account's timeline draws it. */

const [ME, OTHER] = [`0x${"ab".repeat(20)}`, `0x${"cd".repeat(20)}`];
const HASH = `0x${"5a".repeat(32)}`;
const AT = 1_796_000_000;
const info = { token: { symbol: "TUSD", decimals: 6 }, claimPeriodSec: 120 } as Info;

const lane = (number: number, more: Partial<TimelineLane>): TimelineLane => ({
  ...{ role: "payee", payer: OTHER, payee: ME, lane: number, infoHash: "ab".repeat(20), title: "Big Buck Bunny" },
  ...{ cap: "9000000", amount: "2345678", paid: "0", fee: "0", place: "accepted", reason: null, waitsFor: null },
  ...{ waitsUntil: AT + 60, allottedAt: AT, acceptedAt: AT - number, expiresAt: AT + 90, batch: null, txHash: null },
  ...more,
});
const LANES: readonly Partial<TimelineLane>[] = [
  { place: "allotted", amount: "0", waitsFor: "voucher", acceptedAt: null },
  { waitsFor: "end" },
  { waitsFor: "statement" },
  { waitsFor: "company" },
  { waitsFor: "claim", amount: "7" },
  { place: "batched", waitsFor: "block" },
  { place: "mined", waitsFor: "confirmations", txHash: HASH },
  { place: "final", paid: "2345678", fee: "23456", batch: 7, txHash: HASH },
  { place: "final", role: "payer", payer: ME, payee: OTHER, paid: "2345678", title: null, batch: 7, txHash: HASH },
  { place: "skipped", paid: "300000", fee: "3000", reason: "UNCOVERED", batch: 7, txHash: HASH },
  { place: "skipped", reason: "DUST" },
];

type Deposit = Deposits["deposits"][number];
const deposit = (state: Deposit["state"], by: Deposit["by"] = "card"): Deposit => ({
  ...{ id: `${by}-${state}`, amount: "5000000", state, reason: state === "declined" ? "use another card" : null },
  ...{ txHash: state === "credited" ? HASH : null, by, from: by === "chain" ? OTHER : null, createdAt: AT - 100 },
});
const DEPOSITS: readonly Deposit["state"][] = [
  ...(["charging", "charged", "sent", "credited", "declined", "failed", "refunding", "refunded"] as const),
];

type Withdrawal = Withdrawals["withdrawals"][number];
const withdrawal = (state: Withdrawal["state"], withdrawableAt: number | null): Withdrawal => ({
  ...{ id: `${state}-${withdrawableAt}`, to: OTHER, amount: "1000000", state, withdrawableAt, reason: null },
  ...{ txHash: state === "paid" ? HASH : null, createdAt: AT - 200 },
});
const WITHDRAWALS: readonly Withdrawal["state"][] = ["requesting", "waiting", "paying", "paid", "replaced", "failed"];

const entries = entriesOf(
  LANES.map((more, i) => lane(i + 1, more)),
  [...DEPOSITS.map((state) => deposit(state)), deposit("credited", "chain")],
  [
    ...WITHDRAWALS.map((state) => withdrawal(state, AT + 240)),
    ...(["releasing", "paid"] as const).map((state) => withdrawal(state, null)),
  ],
);
export function Entries() {
  return (
    <ol class="entries">
      {entries.map((entry) => (
        <EntryRow key={entry.kind + entry.key} entry={entry} info={info} />
      ))}
    </ol>
  );
}

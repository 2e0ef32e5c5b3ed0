import type { CheckName } from "../../../audit/checks.ts";
import type { CallOf } from "../../../audit/facts/calls.ts";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import type { TokenTransfer, TransactionFacts } from "../../../audit/facts/facts.ts";
import { callBeside, eventsOf, flipBit, STRANGER, withCalls, withEvents, withTransaction } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about, ofCall, ofEvent, ofTransaction, twice } from "./tell.ts";

type Exit = "Withdrawn" | "Released" | "BondWithdrawn";
type Relayed = CallOf<"requestWithdrawalFor" | "withdrawNowFor">;

const RELEASE = ["withdrawNow", "withdrawNowFor"] as const;
const ANOTHER_ID = `0x${"1d".repeat(32)}`;
const MORE_THAN_ANYBODY_HAS = 2n ** 80n;

const without = (facts: TransactionFacts): TransactionFacts => ({ ...facts, transfers: [] });

/** Money that comes and goes. */
export const EXIT_KINDS: readonly Kind[] = [
  tooEarly("a withdrawal before its delay is over", "Withdrawn", "WithdrawalRequested", "withdrawal"),
  tooEarly("a withdrawal of the bond before its delay is over", "BondWithdrawn", "BondWithdrawalRequested", "bond"),
  moved("an amount of a withdrawal", "Withdrawn", "withdrawal", { amount: 1n }, "were asked for and left"),
  moved("a recipient of a withdrawal", "Withdrawn", "withdrawal", { to: STRANGER }, "no call explains that"),
  moved("an amount of a release", "Released", "release-consent", { amount: 1n }),
  moved("a recipient of a release", "Released", "release-consent", { to: STRANGER }),
  moved(
    "an amount of a withdrawal of the bond",
    "BondWithdrawn",
    "bond",
    { amount: 1n },
    "were asked for and left of it",
  ),
  twice("a withdrawal made twice", "Withdrawn", ["withdraw", "withdrawFor"], "withdrawal"),
  twice("a release used twice", "Released", RELEASE, "release", "; the next was"),
  twice("a wallet's InstantWithdrawal used twice", "Released", ["withdrawNowFor"], "release-consent", "uses nonce"),
  twice(
    "a wallet's Withdrawal used twice",
    "WithdrawalRequested",
    ["requestWithdrawalFor"],
    "withdrawal-request",
    "uses nonce",
  ),
  ofTransaction(
    "a wallet's Withdrawal after its deadline",
    "WithdrawalRequested",
    ["requestWithdrawalFor"],
    "withdrawal-request",
    ({ facts }, call) => [{ ...facts, time: (call as Relayed).withdrawal.deadline + 1 }],
    "came after its deadline",
  ),
  ofTransaction(
    "a release after its deadline",
    "Released",
    RELEASE,
    "release",
    ({ facts }, call) => {
      const { deadline } =
        call.kind === "withdrawNow" ? call : { deadline: (call as CallOf<"withdrawNowFor">).releaseDeadline };
      return [{ ...facts, time: deadline + 1 }];
    },
    "came after its deadline",
  ),
  ofEvent(
    "a number of a release",
    "Released",
    "release",
    ({ item }) => [{ ...item, nonce: item.nonce + 1 }],
    ({ item: { nonce } }) => `has number ${nonce + 1}; the next was ${nonce}`,
  ),
  ofEvent(
    "an allotter that a release names",
    "Released",
    "release",
    ({ item }) => [{ ...item, allotter: STRANGER }],
    "names allotter",
  ),
  ofEvent(
    "a release of an allotter retired just before",
    "Released",
    "release",
    ({ item }) => [{ kind: "AllotterRetired", allotter: item.allotter, retiredAt: 1 }, item],
    "which was no current allotter",
  ),
  ofEvent(
    "a release above the balance",
    "Released",
    "release",
    ({ item: { account, to }, item }) => [{ kind: "Withdrawn", account, to, amount: MORE_THAN_ANYBODY_HAS }, item],
    "is above its balance of",
  ),
  ofCall(
    "a forged release",
    RELEASE,
    "release",
    ({ item }, random) => ({ ...item, releaseSignature: flipBit(item.releaseSignature, random) }),
    "which was no current allotter",
  ),
  ofCall(
    "a release that the account did not ask for",
    ["withdrawNow"],
    "release-consent",
    ({ item }) => ({ ...item, sender: STRANGER }),
    "no call of the account, or with its signature",
  ),
  ofCall("a byte of a wallet's InstantWithdrawal", ["withdrawNowFor"], "release-consent", forge, "not by the wallet"),
  ofCall("a byte of a wallet's Withdrawal", ["requestWithdrawalFor"], "withdrawal-request", forge, "not by the wallet"),
  ofCall(
    "a nonce of a wallet's Withdrawal",
    ["requestWithdrawalFor"],
    "withdrawal-request",
    ({ item }) => ({ ...item, withdrawal: { ...item.withdrawal, nonce: item.withdrawal.nonce + 1n } }),
    "uses nonce",
  ),
  ofCall(
    "a withdrawal that a stranger asks for",
    ["requestWithdrawal"],
    "withdrawal-request",
    ({ item }) => ({ ...item, sender: STRANGER }),
    "no call explains",
  ),
  ofEvent(
    "a withdrawal's delay",
    "WithdrawalRequested",
    "withdrawal-request",
    ({ item }, random) =>
      item.amount > 0n ? [{ ...item, withdrawableAt: item.withdrawableAt - 1 - random.below(200) }] : null,
    "with the delay it would be",
  ),
  about(
    "a withdrawal asked for above the balance",
    "withdrawal-request",
    (recording) => eventsOf(recording, "WithdrawalRequested").filter(({ item }) => item.amount > 0n),
    (recording, place) => {
      const call = callBeside(recording, place, ["requestWithdrawal"], ({ amount }) => amount === place.item.amount);
      if (call === null) return null;
      const amount = MORE_THAN_ANYBODY_HAS;
      const asked = withEvents(recording, place, [{ ...place.item, amount }]);
      return withCalls(asked, call, [{ ...call.item, amount }]);
    },
    `asked back ${MORE_THAN_ANYBODY_HAS} of a balance of`,
  ),
  about(
    "tokens that leave without a withdrawal",
    "token-flow",
    ({ history }) => history.map((_, tx) => tx),
    (recording, tx, random) => {
      const theft: TokenTransfer = { from: recording.rules.contract, to: STRANGER, amount: random.between(1n, 999n) };
      return withTransaction(recording, tx, (facts) => [{ ...facts, transfers: [...facts.transfers, theft] }]);
    },
    `left to ${STRANGER}`,
  ),
  about(
    "a deposit whose tokens did not come",
    "token-flow",
    (recording) => eventsOf(recording, "Deposited", "BondDeposited"),
    (recording, { tx }) => withTransaction(recording, tx, (facts) => [without(facts)]),
    "were credited, but 0 arrived",
  ),
  ofTransaction(
    "a release without tokens",
    "Released",
    RELEASE,
    "token-flow",
    ({ facts }) => [without(facts)],
    "0 left to",
  ),
  ofEvent("an account of a deposit", "Deposited", "deposit", ({ item }) => [{ ...item, account: STRANGER }]),
  ofEvent(
    "a number of a deposit",
    "Deposited",
    "deposit",
    ({ item }) => [{ ...item, id: ANOTHER_ID }],
    "no call explains",
  ),
  about(
    "a numbered deposit counted twice",
    "deposit-id",
    (recording) => eventsOf(recording, "Deposited").filter(({ item }) => BigInt(item.id) > 0n),
    (recording, { tx }) => withTransaction(recording, tx, (facts) => [facts, facts]),
    "was credited, though",
  ),
  about(
    "a deposit into the contract's own account",
    "deposit",
    (recording) => eventsOf(recording, "Deposited"),
    (recording, place) => withEvents(recording, place, [{ ...place.item, account: recording.rules.contract }]),
    "went where nobody could ever use it",
  ),
  ofEvent("a depositor", "Deposited", "deposit", ({ item }) => [{ ...item, from: STRANGER }], "no call explains"),
  ofEvent("an amount of a deposit", "Deposited", "deposit", ({ item }, random) => {
    return [{ ...item, amount: item.amount + random.between(1n, 1_000n) }];
  }),
  ofEvent(
    "a deposit of which one unit did not come",
    "Deposited",
    "token-flow",
    ({ item }) => [{ ...item, amount: item.amount + 1n }],
    ({ item: { amount } }) => `deposits of ${amount + 1n} were credited, but ${amount} arrived`,
  ),
  ofEvent(
    "a deposit while deposits were paused",
    "Deposited",
    "deposit",
    ({ item }) => [{ kind: "Paused", account: STRANGER }, item],
    "came while deposits were paused",
  ),
];

function forge<C extends { readonly signature: string }>(
  { item }: { readonly item: C },
  random: Parameters<typeof flipBit>[1],
): C {
  return { ...item, signature: flipBit(item.signature, random) };
}

/** The clock of the exit's block is put back. */
function tooEarly(
  name: string,
  exit: "Withdrawn" | "BondWithdrawn",
  request: "WithdrawalRequested" | "BondWithdrawalRequested",
  check: CheckName,
): Kind {
  return about(
    name,
    check,
    (recording) => eventsOf(recording, exit),
    (recording, { tx, item }, random) => {
      const requests = eventsOf(recording, request).filter((place) => place.tx < tx);
      const asked = requests.findLast(
        (place) => !("account" in item && "account" in place.item) || place.item.account === item.account,
      );
      const due = asked?.item.withdrawableAt ?? 0;
      return withTransaction(recording, tx, (facts) => [{ ...facts, time: due - 1 - random.below(100) }]);
    },
    "s before the delay was over",
  );
}

/** The event says otherwise, and the tokens went as it says. */
function moved(
  name: string,
  kind: Exit,
  check: CheckName,
  change: { readonly amount: bigint } | { readonly to: string },
  says = "",
): Kind {
  return about(
    name,
    check,
    (recording) => eventsOf(recording, kind),
    (recording, { tx, at, item }) => {
      const next = "to" in change ? change : { amount: item.amount + change.amount };
      return withTransaction(recording, tx, (facts) => [
        {
          ...facts,
          events: facts.events.toSpliced(at, 1, { ...item, ...next } as ChainEvent),
          transfers: facts.transfers.map((transfer) => ({ ...transfer, ...next })),
        },
      ]);
    },
    says,
  );
}

import type { CheckName } from "../../../audit/checks.ts";
import type { ChainEvent } from "../../../audit/facts/events.ts";
import type { TokenTransfer } from "../../../audit/facts/facts.ts";
import { callBeside, eventsOf, flipBit, STRANGER, withCalls, withEvents, withTransaction } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { ofCall, ofEvent } from "./tell.ts";

type Exit = "Withdrawn" | "Released" | "BondWithdrawn";

/** Money that comes and goes. */
export const EXIT_KINDS: readonly Kind[] = [
  tooEarly("a withdrawal before its delay is over", "Withdrawn", "WithdrawalRequested", "withdrawal"),
  tooEarly("a withdrawal of the bond before its delay is over", "BondWithdrawn", "BondWithdrawalRequested", "bond"),
  moved("an amount of a withdrawal", "Withdrawn", "withdrawal", { amount: 1n }),
  moved("a recipient of a withdrawal", "Withdrawn", "withdrawal", { to: STRANGER }),
  moved("an amount of a release", "Released", "release-consent", { amount: 1n }),
  moved("a recipient of a release", "Released", "release-consent", { to: STRANGER }),
  moved("an amount of a withdrawal of the bond", "BondWithdrawn", "bond", { amount: 1n }),
  twice("a withdrawal made twice", "Withdrawn", "withdrawal"),
  twice("a release used twice", "Released", "release"),
  ofEvent("a number of a release", "Released", "release", ({ item }) => [{ ...item, nonce: item.nonce + 1 }]),
  ofEvent("an allotter that a release names", "Released", "release", ({ item }) => [{ ...item, allotter: STRANGER }]),
  ofCall("a forged release", ["withdrawNow", "withdrawNowFor"], "release", ({ item }, random) => {
    return { ...item, releaseSignature: flipBit(item.releaseSignature, random) };
  }),
  ofCall("a release that the account did not ask for", ["withdrawNow"], "release-consent", ({ item }) => {
    return { ...item, sender: STRANGER };
  }),
  ofCall("a byte of a wallet's Withdrawal, released", ["withdrawNowFor"], "release-consent", ({ item }, random) => {
    return { ...item, signature: flipBit(item.signature, random) };
  }),
  ofCall("a byte of a wallet's Withdrawal", ["requestWithdrawalFor"], "withdrawal-request", ({ item }, random) => {
    return { ...item, signature: flipBit(item.signature, random) };
  }),
  ofCall("a nonce of a wallet's Withdrawal", ["requestWithdrawalFor"], "withdrawal-request", ({ item }) => {
    return { ...item, withdrawal: { ...item.withdrawal, nonce: item.withdrawal.nonce + 1n } };
  }),
  ofEvent("a withdrawal's delay", "WithdrawalRequested", "withdrawal-request", ({ item }, random) => {
    return item.amount > 0n ? [{ ...item, withdrawableAt: item.withdrawableAt - 1 - random.below(200) }] : null;
  }),
  {
    name: "a withdrawal asked for above the balance",
    tell(recording, random) {
      for (const place of random.shuffled(eventsOf(recording, "WithdrawalRequested"))) {
        const call = callBeside(recording, place, ["requestWithdrawal"]);
        if (call === null || place.item.amount === 0n) continue;
        const amount = 2n ** 80n;
        const asked = withEvents(recording, place, [{ ...place.item, amount }]);
        return { recording: withCalls(asked, call, [{ ...call.item, amount }]), checks: ["withdrawal-request"] };
      }
      return null;
    },
  },
  {
    name: "tokens that leave without a withdrawal",
    tell(recording, random) {
      const theft: TokenTransfer = { from: recording.rules.contract, to: STRANGER, amount: random.between(1n, 999n) };
      const robbed = withTransaction(recording, random.below(recording.history.length), (facts) => [
        { ...facts, transfers: [...facts.transfers, theft] },
      ]);
      return { recording: robbed, checks: ["token-flow"] };
    },
  },
  {
    name: "a deposit whose tokens did not come",
    tell(recording, random) {
      const places = eventsOf(recording, "Deposited", "BondDeposited");
      if (places.length === 0) return null;
      const without = withTransaction(recording, random.pick(places).tx, (facts) => [{ ...facts, transfers: [] }]);
      return { recording: without, checks: ["token-flow"] };
    },
  },
  ofEvent("an account of a deposit", "Deposited", "deposit", ({ item }) => [{ ...item, account: STRANGER }]),
  ofEvent("an amount of a deposit", "Deposited", "deposit", ({ item }, random) => {
    return [{ ...item, amount: item.amount + random.between(1n, 1_000n) }];
  }),
  ofEvent("a deposit while deposits were paused", "Deposited", "deposit", ({ item }) => [
    { kind: "Paused", account: STRANGER },
    item,
  ]),
];

/** The clock of the exit's block is put back. */
function tooEarly(
  name: string,
  exit: "Withdrawn" | "BondWithdrawn",
  request: "WithdrawalRequested" | "BondWithdrawalRequested",
  check: CheckName,
): Kind {
  return {
    name,
    tell(recording, random) {
      const exits = eventsOf(recording, exit);
      if (exits.length === 0) return null;
      const { tx, item } = random.pick(exits);
      const requests = eventsOf(recording, request).filter((place) => place.tx < tx);
      const asked = requests.findLast(
        (place) => !("account" in item && "account" in place.item) || place.item.account === item.account,
      );
      const due = asked?.item.withdrawableAt ?? 0;
      const early = withTransaction(recording, tx, (facts) => [{ ...facts, time: due - 1 - random.below(100) }]);
      return { recording: early, checks: [check] };
    },
  };
}

/** The event says otherwise, and the tokens went as it says. */
function moved(
  name: string,
  kind: Exit,
  check: CheckName,
  change: { readonly amount: bigint } | { readonly to: string },
): Kind {
  return {
    name,
    tell(recording, random) {
      const places = eventsOf(recording, kind);
      if (places.length === 0) return null;
      const { tx, at, item } = random.pick(places);
      const next = "to" in change ? change : { amount: item.amount + change.amount };
      const changed = withTransaction(recording, tx, (facts) => [
        {
          ...facts,
          events: facts.events.toSpliced(at, 1, { ...item, ...next } as ChainEvent),
          transfers: facts.transfers.map((transfer) => ({ ...transfer, ...next })),
        },
      ]);
      return { recording: changed, checks: [check] };
    },
  };
}

function twice(name: string, kind: Exit, check: CheckName): Kind {
  return {
    name,
    tell(recording, random) {
      const places = eventsOf(recording, kind);
      if (places.length === 0) return null;
      const again = withTransaction(recording, random.pick(places).tx, (facts) => [facts, facts]);
      return { recording: again, checks: [check] };
    },
  };
}

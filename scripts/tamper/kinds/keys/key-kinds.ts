import { getAddress } from "viem";
import type { CheckName } from "../../../../audit/checks.ts";
import type { WithdrawalTerms } from "../../../../audit/facts/calls.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import type { BatchGroup } from "../../../../protocol/contract/batch.ts";
import { createPapers } from "../../play/papers.ts";
import type { Key } from "../../play/people.ts";
import { SENDERS } from "../../play/perform.ts";
import type { Recording } from "../../recording.ts";
import { paidRows, rowOf } from "../batch-edit.ts";
import { claimOf } from "../claims/claim-places.ts";
import {
  callBeside,
  eventsOf,
  flipBit,
  ownerBefore,
  STRANGER,
  withCalls,
  withEvents,
  withTransaction,
} from "../edit.ts";
import type { Kind } from "../kind.ts";
import { about, ofCall, ofEvent } from "../tell.ts";

/** Keys used before or after their time, or never given. */
export const KEY_KINDS: readonly Kind[] = [
  lateAllotter("an allotter's key in a claim, long after its retirement", "claim-allotment", (recording, tx, time) =>
    eventsOf(recording, "Claimed").flatMap((event) => {
      const isLate = (): boolean =>
        claimOf(recording, event).item.allotment.expiresAt > time + recording.rules.allotmentPeriod;
      return event.tx > tx && isLate() ? event.item.allotter : [];
    }),
  ),
  lateAllotter("an allotter's key in a release, after its retirement", "release", (recording, tx) =>
    eventsOf(recording, "Released").flatMap((event) => (event.tx > tx ? event.item.allotter : [])),
  ),
  {
    name: "a session's key, used after its end",
    tell(recording, random) {
      const sessions = eventsOf(recording, "SessionAuthorized").flatMap((event) => {
        const call = callBeside(recording, event, ["authorizeSession"]);
        const isOnly = (key: string): boolean =>
          eventsOf(recording, "SessionAuthorized", "SessionRevoked").filter(({ item }) => item.sessionKey === key)
            .length === 1;
        return call && isOnly(event.item.sessionKey) ? { event, call } : [];
      });
      for (const { event, call } of random.shuffled(sessions)) {
        const row = paidRows(recording).findLast(
          ({ batch, group }) => batch.groups[group]?.sessionKey === event.item.sessionKey.toLowerCase(),
        );
        if (!row || rowOf(row).amount === 0n) continue;
        const expiresAt = row.place.facts.time - recording.rules.claimPeriod - 1;
        const shorter = withEvents(recording, event, [{ ...event.item, expiresAt }]);
        return { recording: withCalls(shorter, call, [{ ...call.item, expiresAt }]), checks: ["row-session"] };
      }
      return null;
    },
  },
  ofCall(
    "a byte of a wallet's authorization",
    ["authorizeSessionFor"],
    "session-authorization",
    ({ item }, random) => ({ ...item, signature: flipBit(item.signature, random) }),
    "not by the wallet",
  ),
  about(
    "a session that a stranger authorized",
    "session-authorization",
    (recording) => eventsOf(recording, "SessionAuthorized"),
    (recording, event) => {
      const call = callBeside(recording, event, ["authorizeSession"], ({ limit }) => limit === event.item.limit);
      // A second call for the same key would explain the event in part.
      const isOnly = call?.facts.calls?.filter(({ kind }) => kind === call.item.kind).length === 1;
      return call && isOnly ? withCalls(recording, call, [{ ...call.item, sender: STRANGER }]) : null;
    },
    "was authorized by no call",
  ),
  ofCall(
    "a revocation that nobody called for",
    ["revokeSession"],
    "session-authorization",
    () => [],
    "was revoked, but not by its wallet",
  ),
  ofEvent(
    "a limit of a session",
    "SessionAuthorized",
    "session-authorization",
    ({ item }) => [{ ...item, limit: item.limit ^ 1n }],
    "did not get the limit and end that its wallet gave",
  ),
  ofEvent("an end of a session", "SessionAuthorized", "session-authorization", ({ item }, random) => [
    { ...item, expiresAt: item.expiresAt + 1 + random.below(1_000) },
  ]),
  ofEvent(
    "an end of a revoked session",
    "SessionRevoked",
    "session-authorization",
    ({ item }) => [{ ...item, expiresAt: item.expiresAt + 1 }],
    ({ item: { expiresAt } }) => `was revoked to end at ${expiresAt + 1}, not ${expiresAt}`,
  ),
  {
    name: "a row of a session that had been revoked, and had ended",
    tell(recording, random) {
      for (const { place, batch, group } of random.shuffled(paidRows(recording))) {
        const { payer, sessionKey } = batch.groups[group] as BatchGroup;
        const endsAt = place.facts.time - 1;
        const revoked = withRevocation(recording, place.tx, { account: payer, sessionKey }, endsAt);
        if (revoked !== null)
          return { recording: revoked, checks: ["row-session"], says: "was never authorized, or had ended" };
      }
      return null;
    },
  },
  {
    name: "a revoked session that paid for an allotment beyond its end",
    tell(recording, random) {
      const claims = eventsOf(recording, "Claimed").filter(({ item }) => item.amount > item.fromBond);
      for (const claim of random.shuffled(claims)) {
        const { payer: account, sessionKey, expiresAt } = claimOf(recording, claim).item.allotment;
        const revoked = withRevocation(recording, claim.tx, { account, sessionKey }, expiresAt - 1);
        // The bond answers, as far as it reaches.
        if (revoked !== null) return { recording: revoked, checks: ["claim-bond", "claim-terms"] };
      }
      return null;
    },
  },
  ofCall(
    "a request for later, signed as one for at once",
    ["requestWithdrawalFor"],
    "withdrawal-request",
    ({ item }, _random, recording) => ({
      ...item,
      signature: signedAs("instantWithdrawal", recording, item.withdrawal),
    }),
    "not by the wallet",
  ),
  ofCall(
    "a request for at once, signed as one for later",
    ["withdrawNowFor"],
    "release-consent",
    ({ item }, _random, recording) => ({ ...item, signature: signedAs("withdrawal", recording, item.withdrawal) }),
    "not by the wallet",
  ),
  ofEvent(
    "a time of a retirement",
    "AllotterRetired",
    "allotters",
    ({ item }) => [{ ...item, retiredAt: item.retiredAt + 1 }],
    "at another time than the block's",
  ),
  ofEvent(
    "a retired key that comes back",
    "AllotterRetired",
    "allotters",
    ({ item }) => [item, { kind: "AllotterSet", allotter: item.allotter, bondBudget: 2_000_000n, effectiveAt: 0 }],
    "became an allotter again after its retirement",
  ),
];

/**
 * Before this transaction the wallet revoked the session, so early that it ended at `endsAt`. Null:
 * it was revoked in truth.
 */
function withRevocation(
  recording: Recording,
  tx: number,
  session: { readonly account: string; readonly sessionKey: string },
  endsAt: number,
): Recording | null {
  const [account, sessionKey] = [getAddress(session.account), getAddress(session.sessionKey)];
  if (eventsOf(recording, "SessionRevoked").some(({ item }) => item.sessionKey === sessionKey)) return null;
  return withTransaction(recording, tx, (facts) => [
    {
      ...facts,
      time: endsAt - recording.rules.allotmentPeriod,
      events: [{ kind: "SessionRevoked", account, sessionKey, expiresAt: endsAt }],
      calls: [{ kind: "revokeSession", sender: account, sessionKey }],
      transfers: [],
    },
    facts,
  ]);
}

/** The wallet's signature under the other name. */
function signedAs(
  kind: "withdrawal" | "instantWithdrawal",
  { rules }: Recording,
  { account, to, ...terms }: WithdrawalTerms,
): string {
  const wallet = SENDERS.find(({ address }) => address === account.toLowerCase()) as Key;
  const papers = createPapers(rules.contract.toLowerCase() as Address);
  return papers[kind]({ ...terms, account: wallet.address, to: to.toLowerCase() as Address }, wallet);
}

/** The owner retired the key as soon as it was set, and it was used all the same. */
function lateAllotter(
  name: string,
  check: CheckName,
  usersOf: (recording: Recording, tx: number, time: number) => readonly string[],
): Kind {
  return {
    name,
    tell(recording, random) {
      const set = eventsOf(recording, "AllotterSet").filter(
        ({ tx, item, facts }, i, all) =>
          all.findIndex((other) => other.item.allotter === item.allotter) === i &&
          usersOf(recording, tx, facts.time).includes(item.allotter),
      );
      if (set.length === 0) return null;
      const { tx, item } = random.pick(set);
      const { allotter } = item;
      const early = withTransaction(withoutKey(recording, allotter, tx), tx, (facts) => {
        const retirement = { ...facts, transfers: [] };
        const sender = ownerBefore(recording, tx + 1);
        return [
          facts,
          {
            ...retirement,
            events: [{ kind: "AllotterRetired", allotter, retiredAt: facts.time }],
            calls: [{ kind: "retireAllotter", sender, allotter }],
          },
        ];
      });
      return { recording: early, checks: [check] };
    },
  };
}

/** Removes what the owner did with this key after that transaction. */
function withoutKey(recording: Recording, key: string, after: number): Recording {
  const history = recording.history.map((facts, tx) =>
    tx <= after
      ? facts
      : {
          ...facts,
          events: facts.events.filter(
            (event) => !((event.kind === "AllotterSet" || event.kind === "AllotterRetired") && event.allotter === key),
          ),
          calls:
            facts.calls?.filter(
              (call) => !((call.kind === "setAllotter" || call.kind === "retireAllotter") && call.allotter === key),
            ) ?? null,
        },
  );
  return { ...recording, history };
}

import type { Address } from "../../../../protocol/base/ids.ts";
import { allotterKey, type Key } from "../../play/people.ts";
import type { Recording } from "../../recording.ts";
import { papersOf, signAllotment } from "../bundle-places.ts";
import { payingClaims } from "../claims/claim-places.ts";
import { callBeside, callsOf, eventsOf, withCalls } from "../edit.ts";
import { ofHeld } from "../held-edit.ts";
import type { Kind } from "../kind.ts";
import { about } from "../tell.ts";

/** The authority's second keys, used before the contract names them, and its first ones after. */

const NEXT = allotterKey(2);
const FIRST = allotterKey(1);
/** How far the authority's view may be behind, seconds: more than the audit allows. */
const LAG = 60;

/** What the contract did with an allotter's key first. Null: nothing. */
function timeOf(recording: Recording, kind: "AllotterSet" | "AllotterRetired", { address }: Key) {
  return eventsOf(recording, kind).find(({ item }) => item.allotter.toLowerCase() === address) ?? null;
}

function isBeforeNext(recording: Recording, tx: number): boolean {
  const set = timeOf(recording, "AllotterSet", NEXT);
  return set !== null && tx < set.tx;
}

export const ROTATION_KINDS: readonly Kind[] = [
  about(
    "a batch of an operator that was named only later",
    "operator",
    (recording) =>
      callsOf(recording, "settle").flatMap((place) => {
        const named = eventsOf(recording, "OperatorSet");
        const before = new Set(named.filter(({ tx }) => tx < place.tx).map(({ item }) => item.operator));
        const later = named.filter(({ tx, item }) => tx > place.tx && !before.has(item.operator));
        return later.map(({ item }) => ({ place, sender: item.operator }));
      }),
    (recording, { place, sender }) => withCalls(recording, place, [{ ...place.item, sender }]),
    "; the operator was",
  ),
  about(
    "a release of an allotter that was named only later",
    "release",
    (recording) => eventsOf(recording, "Released").filter(({ tx }) => isBeforeNext(recording, tx)),
    (recording, place) => {
      const { account, to, amount, nonce } = place.item;
      const isThis = (one: { account: string; to: string; amount: bigint }): boolean =>
        one.account === account && one.to === to && one.amount === amount;
      const own = callBeside(recording, place, ["withdrawNow"], (call) => isThis({ ...call, account: call.sender }));
      const relayed = callBeside(recording, place, ["withdrawNowFor"], ({ withdrawal }) => isThis(withdrawal));
      const deadline = own?.item.deadline ?? relayed?.item.releaseDeadline;
      if (deadline === undefined) return null;
      const lower = (address: string): Address => address.toLowerCase() as Address;
      const terms = { account: lower(account), to: lower(to), amount, nonce, deadline };
      const releaseSignature = papersOf(recording).release(terms, NEXT);
      if (own) return withCalls(recording, own, [{ ...own.item, releaseSignature }]);
      return relayed && withCalls(recording, relayed, [{ ...relayed.item, releaseSignature }]);
    },
    "which was no current allotter",
  ),
  about(
    "a claim on an allotment whose key was named only later",
    "claim-allotment",
    (recording) => payingClaims(recording).filter(({ tx }) => isBeforeNext(recording, tx)),
    (recording, place) => {
      const { allotment } = place.item;
      const lower = (address: string): Address => address.toLowerCase() as Address;
      const terms = {
        ...allotment,
        payer: lower(allotment.payer),
        payee: lower(allotment.payee),
        sessionKey: lower(allotment.sessionKey),
        payeeKey: lower(allotment.payeeKey),
        infoHash: allotment.infoHash.slice(2),
      };
      const allotmentSignature = papersOf(recording).allotment(terms, NEXT);
      return withCalls(recording, place, [{ ...place.item, allotmentSignature }]);
    },
    "which was no allotter then",
  ),
  ofHeld(
    "a payee's allotment that had ended before its key was named",
    "held-papers",
    (line, _, recording) => {
      const set = timeOf(recording, "AllotterSet", NEXT);
      if (set === null || line.expiresAt + LAG >= set.facts.time) return null;
      return [{ ...line, allotmentSignature: signAllotment(recording, line, NEXT) }];
    },
    "no allotter of its time signed the allotment",
  ),
  ofHeld(
    "a payee's allotment of a key long retired",
    "held-papers",
    (line, _, recording) => {
      const retired = timeOf(recording, "AllotterRetired", FIRST);
      const isLate = retired && line.expiresAt > retired.facts.time + recording.rules.allotmentPeriod;
      return isLate ? [{ ...line, allotmentSignature: signAllotment(recording, line, FIRST) }] : null;
    },
    "no allotter of its time signed the allotment",
  ),
];

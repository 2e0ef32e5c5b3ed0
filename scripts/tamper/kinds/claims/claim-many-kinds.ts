import { callBeside, callsOf, withCalls } from "../edit.ts";
import type { Kind } from "../kind.ts";
import { about, ofEvent } from "../tell.ts";

/** Selector of an error that the contract has. */
const REASON = "0x11223344";
/** More claims than any call of `claimMany` in a play has. */
const FAR_INDEX = 99;

/** Many claims in one call, of which some are skipped. */
export const CLAIM_MANY_KINDS: readonly Kind[] = [
  ofEvent("a claim that paid, told as skipped", "Claimed", "claim-skipped", ({ item, tx }, _random, recording) => {
    const call = callBeside(recording, { tx }, ["claim"], ({ allotment, index }) => {
      return index !== null && allotment.payer === item.payer && allotment.lane === item.lane;
    });
    const index = call?.item.index ?? null;
    return index === null ? null : [{ kind: "ClaimSkipped", index, reason: REASON }];
  }),
  ofEvent("a skipped claim that is not there", "ClaimSkipped", "claim-skipped", ({ item }) => [
    { ...item, index: FAR_INDEX },
  ]),
  ofEvent(
    "a skipped claim told as paid",
    "ClaimSkipped",
    "claim-voucher",
    ({ item, tx }, _random, recording) => {
      const call = callBeside(recording, { tx }, ["claim"], ({ index }) => index === item.index);
      if (call === null) return null;
      const { allotment, amount } = call.item;
      const { payer, payee, lane } = allotment;
      return [{ kind: "Claimed", payer, payee, lane, amount, totalPaid: amount, fromBond: 0n, allotter: payer }];
    },
    "not by the session key",
  ),
  about(
    "a skipped claim that nobody called for",
    "claim-skipped",
    (recording) =>
      callsOf(recording, "claim").filter(({ item, facts }) =>
        facts.events.some((event) => event.kind === "ClaimSkipped" && event.index === item.index),
      ),
    (recording, place) => withCalls(recording, place, []),
    "but there is none, or it has paid",
  ),
];

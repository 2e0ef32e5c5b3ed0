import { getAddress } from "viem";
import { groupOf, paidRows, rowOf, withRow, withSkipped } from "./batch-edit.ts";
import {
  batchOf,
  headOf,
  isClaimed,
  linesOfKind,
  type PublishedLine,
  type VoucherLine,
  withLine,
} from "./bundle-places.ts";
import { payingClaims } from "./claims/claim-places.ts";
import { eventsOf, flipSignature, withCalls, withEvents, withTransaction } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

/** Lies on the chain that only the bundles show as what they are. */
export const SETTLEMENT_KINDS: readonly Kind[] = [
  about(
    "a claim on another allotment than the published one",
    "lane-given",
    (recording) =>
      payingClaims(recording).filter(({ item: { allotment } }) =>
        linesOfKind<PublishedLine>(recording, "allotment").some(
          ({ line }) => line.payer === allotment.payer.toLowerCase() && line.lane === allotment.lane,
        ),
      ),
    (recording, place) => {
      const { allotment } = place.item;
      return withCalls(recording, place, [{ ...place.item, allotment: { ...allotment, cap: allotment.cap + 1n } }]);
    },
    "shows an allotment with another cap",
  ),
  about(
    "a claim on an allotment that was never published",
    "allotment-published",
    (recording) => linesOfKind<PublishedLine>(recording, "allotment"),
    (recording, place) => {
      const last = headOf(recording, recording.bundles.size - 1);
      const isKnown = isClaimed(recording, place.line) && last.time >= place.line.expiresAt;
      return isKnown ? withLine(recording, place, []) : null;
    },
    "shows is in no bundle up to",
  ),
  about(
    "vouchers whose batch never came",
    "voucher-left-out",
    (recording) => eventsOf(recording, "Settled").slice(0, -1),
    (recording, { tx, item }) => {
      const isOpen = linesOfKind<VoucherLine>(recording, "voucher").some(
        ({ bundle, line }) => batchOf(recording, bundle)?.item.batch === item.batch && !isClaimed(recording, line),
      );
      return isOpen ? withTransaction(recording, tx, () => []) : null;
    },
    "was never settled",
  ),
  about(
    "a skipped row that no claim has overtaken",
    "row-overtaken",
    (recording) => paidRows(recording),
    (recording, row, random) => {
      const { signature, lane } = rowOf(row);
      if (signature === null || isClaimed(recording, { payer: groupOf(row).payer, lane })) return null;
      const bad = withRow(recording, row, { signature: flipSignature(signature, random) });
      return withSkipped(bad, row, "SIGNATURE");
    },
    "was skipped as SIGNATURE, though no claim has used its lane",
  ),
  about(
    "an allotment that outlives its session",
    "allotment-terms",
    (recording) => linesOfKind<PublishedLine>(recording, "allotment"),
    (recording, { line }) => {
      const session = eventsOf(recording, "SessionAuthorized").find(
        ({ item }) => item.sessionKey.toLowerCase() === line.sessionKey,
      );
      return session ? withEvents(recording, session, [{ ...session.item, expiresAt: line.issuedAt }]) : null;
    },
    "outlives its session",
  ),
  about(
    "a release of what live lanes need",
    "allotment-covered",
    (recording) => linesOfKind<PublishedLine>(recording, "allotment"),
    (recording, { line }) => {
      const tx = recording.history.findIndex(({ block }) => block > line.issuedAtBlock);
      const facts = recording.history[tx];
      if (!facts || facts.time >= line.expiresAt) return null;
      const account = getAddress(line.payer);
      const allotter = eventsOf(recording, "AllotterSet")[0]?.item.allotter ?? account;
      const released = { kind: "Released", account, to: account, amount: 2n ** 80n, nonce: 0, allotter } as const;
      return withTransaction(recording, tx, (one) => [{ ...one, events: [...one.events, released] }]);
    },
    "after its release",
  ),
];

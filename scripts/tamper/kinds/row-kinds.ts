import type { Address } from "../../../protocol/base/ids.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import {
  groupOf,
  type PaidRow,
  paidRows,
  rowOf,
  signatureCheckOf,
  withBatch,
  withGroup,
  withRow,
  withSkipped,
} from "./batch-edit.ts";
import { flipSignature, STRANGER } from "./edit.ts";
import type { Kind, Lie } from "./kind.ts";
import { ofEvent } from "./tell.ts";

/** A lie about one row that a batch has paid. */
function ofRow(
  name: string,
  tell: (recording: Recording, at: PaidRow, random: Random) => Recording | Lie | null,
): Kind {
  return {
    name,
    tell(recording, random) {
      for (const at of random.shuffled(paidRows(recording))) {
        const told = tell(recording, at, random);
        if (told === null) continue;
        if ("recording" in told) return told;
        return { recording: told, checks: [signatureCheckOf(at)], says: "its session key did not sign it" };
      }
      return null;
    },
  };
}

/** What the calldata of a batch says that it has paid. */
export const ROW_KINDS: readonly Kind[] = [
  ofRow("a byte of a paid row's signature", (recording, at, random) => {
    const { signature } = rowOf(at);
    return signature && withRow(recording, at, { signature: flipSignature(signature, random) });
  }),
  ofRow("a byte of a statement's signature", (recording, at, random) => {
    const group = groupOf(at);
    if (group.signature === null) return null;
    return withGroup(recording, at, { ...group, signature: flipSignature(group.signature, random) });
  }),
  // Less, so that balance and limit still cover it.
  ofRow("an amount of a paid row", (recording, at) => {
    const { amount } = rowOf(at);
    return amount > 1n ? withRow(recording, at, { amount: amount - 1n }) : null;
  }),
  ofRow("a lane of a paid row", (recording, at, random) => {
    const { rows } = groupOf(at);
    const isLast = at.row === rows.length - 1;
    return isLast ? withRow(recording, at, { lane: rowOf(at).lane + 1_000 + random.below(1_000) }) : null;
  }),
  ofRow("a swapped payee of a paid row", (recording, at, random) => {
    const { batch } = at;
    const { payer } = groupOf(at);
    const { payeeIndex } = rowOf(at);
    const others = batch.payees.flatMap((payee, i) => (payee === payer || i === payeeIndex ? [] : i));
    if (others.length > 0) return withRow(recording, at, { payeeIndex: random.pick(others) });
    const only = batch.payees.length === 1;
    return only ? withBatch(recording, at.place, { ...batch, payees: [STRANGER as Address] }) : null;
  }),
  ofRow("a row that pays the payer itself", (recording, at) => {
    const payeeIndex = at.batch.payees.indexOf(groupOf(at).payer);
    if (payeeIndex === -1) return null;
    return { recording: withRow(recording, at, { payeeIndex }), checks: ["row-payee"] };
  }),
  ofRow("another session key of a paid group", (recording, at) => {
    const group = { ...groupOf(at), sessionKey: STRANGER as Address };
    return { recording: withGroup(recording, at, group), checks: ["row-session"] };
  }),
  ofEvent(
    "a row paid of a session that nobody authorized",
    "SessionAuthorized",
    "row-session",
    ({ item }, _, recording) => {
      const rows = paidRows(recording).filter((row) => groupOf(row).sessionKey === item.sessionKey.toLowerCase());
      const isRevoked = recording.history.some(({ events }) =>
        events.some((event) => event.kind === "SessionRevoked" && event.sessionKey === item.sessionKey),
      );
      return rows.length > 0 && !isRevoked ? [] : null;
    },
    "its session was never authorized",
  ),
  ofRow("a paid row above the payer's balance", (recording, at) => {
    return { recording: withRow(recording, at, { amount: 2n ** 90n }), checks: ["row-covered"] };
  }),
  ofEvent(
    "a row paid above its session's limit",
    "SessionAuthorized",
    "row-covered",
    ({ item }, _, recording) => {
      const row = paidRows(recording).find((one) => groupOf(one).sessionKey === item.sessionKey.toLowerCase());
      return row ? [{ ...item, limit: rowOf(row).amount - 1n }] : null;
    },
    "balance or session limit did not cover it",
  ),
  ofRow("a lane paid twice", (recording, at) => {
    const { batch, place } = at;
    const twice = { ...batch, groups: [...batch.groups, groupOf(at)] };
    return { recording: withBatch(recording, place, twice), checks: ["row-lane"] };
  }),
  ofRow("a paid row left out of the calldata", (recording, at) => {
    const group = groupOf(at);
    if (group.signature !== null || group.rows.length < 2) return null;
    const left = { ...group, rows: group.rows.toSpliced(at.row, 1) };
    return { recording: withGroup(recording, at, left), checks: ["batch-totals"] };
  }),
  ofRow("a good row told as skipped", (recording, at, random) => {
    const reason = random.pick(["PAYEE", "SIGNATURE", "STALE", "SESSION", "UNCOVERED"] as const);
    const says = `was skipped as ${reason}, but could have been paid`;
    return { recording: withSkipped(recording, at, reason), checks: ["row-skipped"], says };
  }),
];

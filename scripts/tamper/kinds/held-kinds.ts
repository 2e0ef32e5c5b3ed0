import type { Hex } from "../../../protocol/base/bytes.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { allotterKey, type Key, signCompact } from "../play/people.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import { bytesOf, type Line, linesOf } from "./bundle-edit.ts";
import { type AllotmentLine, domainOf, isClaimed, linesOfKind, settlementOf, signAllotment } from "./bundle-places.ts";
import { eventsOf, flipBit } from "./edit.ts";
import type { Kind } from "./kind.ts";

interface Receipt {
  readonly amount: string;
  readonly receivedAt: number;
  readonly signature: string;
}

interface HeldLine extends AllotmentLine {
  readonly allotmentSignature: string;
  readonly amount: string;
  readonly voucherSignature: string;
  readonly receipt: Receipt | null;
}

/** Other lines instead of one of what payees hold; null where that would be no lie. */
function ofHeld(
  name: string,
  check: string,
  change: (line: HeldLine, random: Random, recording: Recording) => readonly Line[] | null,
): Kind {
  return {
    name,
    tell(recording, random) {
      const all = linesOf(recording.vouchers) as HeldLine[];
      for (const line of random.shuffled(all)) {
        const lines = change(line, random, recording);
        if (lines === null) continue;
        const vouchers = bytesOf(all.flatMap((one) => (one === line ? lines : [one])));
        return { recording: { ...recording, vouchers }, checks: [check] };
      }
      return null;
    },
  };
}

function ofReceipt(name: string, change: (receipt: Receipt, random: Random) => Receipt): Kind {
  return ofHeld(name, "held-papers", ({ receipt, ...line }, random) => {
    return receipt && [{ ...line, receipt: change(receipt, random) }];
  });
}

function signReceipt(recording: Recording, line: HeldLine, amount: bigint, receivedAt: number, key: Key): Receipt {
  const { payer, payee, lane } = line;
  const digest = hashReceipt(domainOf(recording), { payer, payee, lane, amount, receivedAt });
  return { amount: String(amount), receivedAt, signature: signCompact(key, digest) as Hex };
}

/** The key that T signed with at this time. */
function allotterThen(recording: Recording, time: number): Key {
  const set = eventsOf(recording, "AllotterSet").filter(({ facts }) => facts.time <= time);
  return allotterKey(new Set(set.map(({ item }) => item.allotter)).size);
}

/** How far T's view may be behind, seconds: more than the audit allows. */
const LAG = 60;

/** What payees show: papers that nobody signed, and receipts of T's that it did not honour. */
export const HELD_KINDS: readonly Kind[] = [
  ofReceipt("a forged receipt", (receipt, random) => {
    return { ...receipt, signature: flipBit(receipt.signature, random) };
  }),
  ofReceipt("an amount of a receipt", (receipt) => ({ ...receipt, amount: String(BigInt(receipt.amount) + 1n) })),
  ofReceipt("a time of a receipt", (receipt, random) => {
    return { ...receipt, receivedAt: receipt.receivedAt - 1 - random.below(100) };
  }),
  ofHeld("a receipt of a key long retired", "held-papers", ({ receipt, ...line }, _, recording) => {
    const retired = eventsOf(recording, "AllotterRetired")[0];
    if (!receipt || !retired || receipt.receivedAt <= retired.facts.time + LAG) return null;
    const held = { ...line, receipt };
    return [
      { ...held, receipt: signReceipt(recording, held, BigInt(receipt.amount), receipt.receivedAt, allotterKey(1)) },
    ];
  }),
  ofHeld("a forged voucher of a payee", "held-papers", (line, random) => [
    { ...line, voucherSignature: flipBit(line.voucherSignature, random) },
  ]),
  ofHeld("a forged allotment of a payee", "held-papers", (line, random) => [
    { ...line, allotmentSignature: flipBit(line.allotmentSignature, random) },
  ]),
  ofHeld("a receipt for more than was settled", "receipt", (line, random, recording) => {
    const { receipt, cap } = line;
    const settled = settlementOf(recording, line);
    if (!receipt || !settled || settled.amount >= BigInt(cap) || isClaimed(recording, line)) return null;
    const amount = random.between(settled.amount + 1n, BigInt(cap));
    const key = allotterThen(recording, receipt.receivedAt);
    return [{ ...line, receipt: signReceipt(recording, line, amount, receipt.receivedAt, key) }];
  }),
  ofHeld("a receipt for a lane that T forgot", "receipt", (line, _, recording) => {
    const receivedAt = line.expiresAt - 1;
    const isOver = line.expiresAt + 100 < recording.end.time;
    const isOpen = line.receipt === null && settlementOf(recording, line) === null && !isClaimed(recording, line);
    if (!isOver || !isOpen) return null;
    const key = allotterThen(recording, receivedAt);
    return [{ ...line, receipt: signReceipt(recording, line, BigInt(line.amount), receivedAt, key) }];
  }),
  ofHeld("an allotment that T never published", "allotment-published", (line, random, recording) => {
    const last = linesOfKind(recording, "bundle").at(-1)?.line;
    if (!last || Number(last.time) < line.expiresAt) return null;
    const hidden = { ...line, lane: 5_000 + random.below(1_000), receipt: null };
    const key = allotterThen(recording, line.expiresAt);
    return [line, { ...hidden, allotmentSignature: signAllotment(recording, hidden, key) }];
  }),
  ofHeld("another cap than the published one", "lane-given", (line, random, recording) => {
    const isPublished = linesOfKind<AllotmentLine>(recording, "allotment").some(
      (one) => one.line.payer === line.payer && one.line.lane === line.lane,
    );
    if (!isPublished) return null;
    const other = { ...line, cap: String(BigInt(line.cap) + random.between(1n, 1_000n)) };
    return [{ ...other, allotmentSignature: signAllotment(recording, other, allotterThen(recording, line.expiresAt)) }];
  }),
];

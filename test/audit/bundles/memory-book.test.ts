import fc from "fast-check";
import { expect, test } from "vitest";
import type { BundleBook } from "../../../audit/bundles/bundle-book.ts";
import { createTableBook } from "../../../audit/bundles/bundle-tables.ts";
import type { AllotmentLine, OmittedLine, VoucherLine } from "../../../audit/bundles/format/bundle-format.ts";
import { createMemoryBook } from "../../../audit/bundles/memory/memory-book.ts";
import type { Address, Hex } from "../../../audit/facts/primitives.ts";

const RUNS = 60;
const addressOf = (n: number): Address => `0x${String(n).repeat(40)}` as Address;
const nameOf = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const INFO_HASHES = ["ab".repeat(20), "cd".repeat(20)] as const;

const lane = fc.integer({ min: 0, max: 4 });
const who = fc.integer({ min: 1, max: 3 });
const time = fc.integer({ min: 1, max: 12 });
const amount = fc.bigInt({ min: 0n, max: 20n });

const allotment = fc.record({
  payer: who,
  payee: who,
  lane,
  cap: amount,
  expiresAt: time,
  block: time,
  content: fc.nat(1),
});
const listing = fc.record({ payer: who, lane, amount, reason: fc.constantFrom(null, "DUST", "UNPROFITABLE") });
const bundle = fc.record({
  kind: fc.constant("bundle" as const),
  time,
  isBroken: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  allotments: fc.array(allotment, { maxLength: 5 }),
  listings: fc.array(listing, { maxLength: 5 }),
});
const payment = fc.record({
  kind: fc.constantFrom("settle" as const, "claim" as const, "skip" as const),
  payer: who,
  payee: who,
  lane,
  amount,
});
const step = fc.oneof(
  bundle,
  payment,
  fc.record({ kind: fc.constantFrom("take" as const, "drop" as const), upTo: time, after: fc.nat(3) }),
  fc.record({ kind: fc.constant("batch" as const), file: fc.nat(4) }),
);
type Made<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Bundle = Made<typeof bundle>;
type Payment = Made<typeof payment>;
type Step = Made<typeof step>;

/** Does one step, and returns what the book says of it. */
async function take(book: BundleBook, one: Step, number: number): Promise<unknown> {
  if (one.kind === "bundle")
    return await book.draft(() => write(book, one, number)).catch((error: Error) => error.message);
  if (one.kind === "take") return book.allotments.takeUpTo(one.upTo);
  if (one.kind === "drop") return book.allotments.dropUpTo(one.upTo, one.after);
  if (one.kind === "batch") return book.files.at(one.file) && book.files.setBatch(one.file, number);
  const { payer, payee, lane: on, amount: paid } = one as Payment;
  if (one.kind === "skip") return book.payments.skip(addressOf(payer), on, addressOf(payee), number);
  return book.payments[one.kind as "settle" | "claim"](addressOf(payer), on, addressOf(payee), paid);
}

async function write(
  book: BundleBook,
  { time: at, isBroken, allotments, listings }: Bundle,
  number: number,
): Promise<unknown> {
  const header = {
    kind: "bundle",
    version: 1,
    chainId: 1,
    contract: addressOf(9),
    previous: nameOf(number - 1),
  } as const;
  const draft = book.files.addDraft(nameOf(number), { ...header, block: at, time: at });
  for (const [i, one] of allotments.entries()) {
    const [payer, payee] = [addressOf(one.payer), addressOf(one.payee)];
    const terms = { payer, payee, sessionKey: payer, payeeKey: payee, lane: one.lane, cap: String(one.cap) };
    const rest = {
      pricePerGiB: "7",
      credit: 1,
      infoHash: INFO_HASHES[one.content] as string,
      expiresAt: one.expiresAt,
    };
    const issued = { signature: "0x5a" as Hex, issuedAtBlock: one.block, issuedAt: one.block };
    const line: AllotmentLine = { kind: "allotment", ...terms, ...rest, ...issued };
    book.allotments.add(draft, i + 2, line, payee);
  }
  const isNew = listings.map(({ payer, lane: on, amount: sum, reason }) => {
    const voucher = {
      payer: addressOf(payer),
      lane: on,
      amount: String(sum),
      signature: "0x5a" as Hex,
      receivedAt: at,
    };
    const line = reason === null ? { kind: "voucher", ...voucher } : { kind: "omitted", ...voucher, reason };
    return book.listed.add(draft, line as VoucherLine | OmittedLine);
  });
  book.listed.addStatement(draft, {
    ...{ kind: "statement", payer: addressOf(1), sessionKey: addressOf(2), signature: "0x5a", lanes: [number] },
  });
  if (isBroken) throw new Error("it is broken");
  return [isNew, book.files.count(), book.files.append(draft)];
}

/** All that a book can be asked. */
function ask({ files, allotments, listed, payments }: BundleBook): unknown {
  const keyOf = (one: { payer: Address; lane: number; seq?: number }): string => `${one.payer} ${one.lane} ${one.seq}`;
  const sorted = <T extends { payer: Address; lane: number }>(all: readonly T[]): T[] =>
    all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const said: unknown[] = [files.last(), files.lastNamed(), files.count(), allotments.count(), allotments.firstNoted()];
  said.push(sorted(listed.unsettled()));
  for (let n = 0; n <= 6; n++) {
    said.push(
      files.find(nameOf(n)),
      files.isFollowed(nameOf(n)),
      files.at(n),
      [...allotments.of(n)],
      [...listed.of(n)],
    );
    said.push(listed.lists(n), listed.statementsOf(n), sorted(listed.dustFrom(BigInt(n), n)));
  }
  for (let at = 0; at <= 13; at++) {
    said.push(files.firstSince(at, "any"), files.firstSince(at, "batch"), sorted(allotments.live(at, at, 2)));
    for (const n of [1, 2, 3]) {
      said.push(allotments.liveOf(addressOf(n), at, 1), allotments.lastLane(addressOf(n), at));
      for (const hash of INFO_HASHES) said.push(allotments.onContent(addressOf(n), `0x${hash}`, at));
    }
  }
  for (const n of [1, 2, 3])
    for (let on = 0; on <= 4; on++) {
      const payer = addressOf(n);
      said.push(allotments.find(payer, on), listed.ofLane(payer, on), payments.of(payer, on));
      for (let file = 1; file <= 4; file++) said.push(listed.find(file, payer, on), listed.lastBefore(file, payer, on));
    }
  return said;
}

test("a book in memory says what a book in tables says, whatever bundles and chain have told", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const [tables, memory] = [createTableBook(), createMemoryBook()];
      for (const [i, one] of steps.entries())
        expect(await take(memory, one, i + 1)).toEqual(plain(await take(tables, one, i + 1)));
      expect(plain(ask(memory))).toEqual(plain(ask(tables)));
      const [first] = tables.allotments.of(1);
      if (first === undefined) return;
      for (const book of [tables, memory]) book.allotments.drop(first);
      expect(plain(ask(memory))).toEqual(plain(ask(tables)));
    }),
    { numRuns: RUNS },
  );
});

/** Without what only tables keep. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { isJudged: _judged, ...rest } = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, plain(one)]));
}

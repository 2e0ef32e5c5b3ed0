import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMirror, type Mirror } from "../../../../authority/chain/mirror/mirror.ts";
import type { MirrorEvent } from "../../../../authority/chain/mirror/mirror-events.ts";
import { createMirrorReads } from "../../../../authority/chain/mirror/mirror-reads.ts";
import { deriveFromEvents } from "../../../../authority/deriving.ts";
import { openStore, type Store } from "../../../../authority/store/database.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { accountOf } from "../../support/context.ts";
import { FakeSource, FIRST } from "./fake-source.ts";

const PEOPLE = [1, 2, 3].map(accountOf) as [Address, Address, Address];
const SESSION = (account: Address): Address => `0x5e${account.slice(4)}`;
const ID = `0x${"00".repeat(32)}` as const;

/** What the people can do. Numbers are taken modulo what there is, so that each is possible. */
type Move = readonly [
  kind: "deposit" | "pay" | "claim" | "request" | "withdraw" | "release",
  who: number,
  to: number,
  part: number,
];
const move: fc.Arbitrary<Move> = fc.tuple(
  fc.constantFrom("deposit", "pay", "claim", "request", "withdraw", "release"),
  fc.nat(2),
  fc.nat(2),
  fc.integer({ min: 1, max: 100 }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ mine: fc.array(move, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ reorganize: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ follow: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ fail: fc.integer({ min: 1, max: 3 }) }) },
);

/** Events of a move on this chain; none if it is impossible. */
function eventsOf(source: FakeSource, [kind, who, to, part]: Move, before: readonly MirrorEvent[]): MirrorEvent[] {
  const number = FIRST + source.blocks.length;
  const earlier = source.blocks.flatMap(({ events }) => events);
  const state = new FakeSource();
  state.mine([...earlier, ...before]);
  const { accounts, withdrawing, terms } = state.stateAt(FIRST);
  const [account, payee] = [PEOPLE[who] as Address, PEOPLE[to] as Address];
  const balance = accounts.get(account)?.balance ?? 0n;
  const amount = (balance * BigInt(part)) / 100n;
  const block = number;
  if (kind === "deposit") {
    const sessionKey = SESSION(account);
    const authorized = { type: "sessionAuthorized", account, sessionKey, limit: 10n ** 9n, expiresAt: 9_999 } as const;
    const deposited = { type: "deposited", account, from: payee, amount: BigInt(part), id: ID, ...PLACE } as const;
    return [
      { block, ...deposited },
      { block, ...authorized },
    ];
  }
  if (kind === "withdraw") {
    const asked = withdrawing.get(account) ?? 0n;
    return asked === 0n ? [] : [{ block, type: "withdrawn", account, amount: asked }];
  }
  if (amount === 0n) return [];
  if (kind === "request")
    return [{ block, type: "withdrawalRequested", account, to: account, amount, withdrawableAt: 5 }];
  if (kind === "release") return [{ block, type: "released", account, amount, nonce: 0 }];
  if (account === payee) return [];
  if (kind === "claim") {
    const paid = { amount, totalPaid: amount, fromBond: 0n, allotter: payee } as const;
    return [{ block, type: "claimed", payer: account, payee, lane: part, ...paid }];
  }
  const batch = terms.batchCount + 1n;
  return [
    { block, type: "debited", entries: [{ account, amount }] },
    { block, type: "credited", entries: [{ account: payee, amount }] },
    { block, type: "settled", batch, bundleHash: ID, total: amount, fee: 0n },
  ];
}

/** The source gives each event its own. */
const PLACE = { txHash: ID, logIndex: 0 } as const;

function mine(source: FakeSource, moves: readonly Move[]): void {
  const events: MirrorEvent[] = [];
  for (const one of moves) events.push(...eventsOf(source, one, events));
  source.mine(events);
}

let home: string;
let store: Store;
let source: FakeSource;
let mirror: Mirror;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "floodgate-mirror-"));
  source = new FakeSource();
  source.mine([]);
  store = await openStore(home);
  await open();
});
afterEach(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});

async function open(): Promise<void> {
  const log = pino({ level: "silent" });
  mirror = await createMirror({ source, store, firstBlock: FIRST, derive: deriveFromEvents, log });
}

/** What the mirror says of everybody, and what the chain's events up to its tip come to. */
async function compare(): Promise<void> {
  const tip = mirror.tip;
  const reads = createMirrorReads({ store, now: () => tip?.timestamp ?? 0 });
  const { accounts, withdrawing, sessions } = source.stateAt(tip?.number ?? 0);
  for (const account of PEOPLE) {
    const { balance, withdrawing: asked } = await reads.readAccount(account);
    const key = SESSION(account);
    const { limit, spent } = await reads.readSession(account, key);
    const session = sessions.get(`session:${account}:${key}`);
    expect({ balance, asked, limit, spent, nonce: await reads.readWithdrawalNonce(account) }).toEqual({
      balance: accounts.get(account)?.balance ?? 0n,
      asked: withdrawing.get(account) ?? 0n,
      limit: session?.limit ?? 0n,
      spent: session?.spent ?? 0n,
      nonce: accounts.get(account)?.nonce ?? 0n,
    });
  }
  const found = await store.db.selectFrom("chainDeposits").select(["block", "logIndex", "account", "amount"]).execute();
  expect(found.map(({ amount, ...rest }) => ({ ...rest, amount: BigInt(amount) }))).toEqual(
    source.depositsUpTo(tip?.number ?? 0),
  );
}

async function clear(): Promise<void> {
  for (const table of ["mirror", "mirrorBlocks", "undo", "chainDeposits"] as const)
    await store.db.deleteFrom(table).execute();
  source.blocks = [];
  source.mine([]);
  await open();
}

describe("whatever the chain takes back", () => {
  test("everybody has what the chain that is left says, and no more", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await clear();
        for (const one of steps) {
          if ("mine" in one) mine(source, one.mine);
          if ("reorganize" in one) source.reorganize(one.reorganize);
          if ("fail" in one) source.failing = one.fail;
          if ("follow" in one) await mirror.follow().catch(() => undefined);
        }
        source.failing = 0;
        for (let more = 0; more < 3; more++) source.mine([]);
        await mirror.follow();
        expect(mirror.tip?.number).toBe(Math.max(FIRST, FIRST + source.blocks.length - 3));
        await compare();
      }),
      { numRuns: 60 },
    );
  });

  test("a long way that was missed is caught up with in ranges, and then taken back block by block", async () => {
    for (let block = 0; block < 40; block++)
      mine(source, [
        ["deposit", block % 3, 0, 50],
        ["pay", block % 3, (block + 1) % 3, 10],
      ]);
    await mirror.follow();
    await compare();
    source.reorganize(30);
    for (let block = 0; block < 12; block++) mine(source, [["pay", block % 3, (block + 1) % 3, 20]]);
    await mirror.follow();
    expect(mirror.tip?.number).toBe(FIRST + source.blocks.length - 3);
    await compare();
  });

  test("a chain that is only shorter for now takes nothing back", async () => {
    for (let block = 0; block < 10; block++) mine(source, [["deposit", 0, 0, 5]]);
    await mirror.follow();
    const { tip } = mirror;
    const all = source.blocks;
    source.blocks = all.slice(0, 6);
    await mirror.follow();
    expect(mirror.tip).toEqual(tip);
    source.blocks = all;
    await mirror.follow();
    expect(mirror.tip).toEqual(tip);
  });
});

describe("a node that leaves events out", () => {
  test("is distrusted, and nobody's balance changes by what it says", async () => {
    mine(source, [["deposit", 0, 0, 50]]);
    for (let block = 0; block < 3; block++) source.mine([]);
    await mirror.follow();
    const { tip } = mirror;
    mine(source, [["deposit", 1, 0, 50]]);
    for (let block = 0; block < 2; block++) source.mine([]);
    source.hidden = ({ type }) => type === "deposited";
    await expect(mirror.follow()).rejects.toMatchObject({ code: "RPC_UNAVAILABLE" });
    expect(source.distrusted).toBe(1);
    expect(mirror.tip?.number).toBeLessThan((tip?.number ?? 0) + 3);
    source.hidden = () => false;
    await mirror.follow();
    await compare();
  });

  test("and was believed before: all is read anew", async () => {
    source.hidden = ({ type }) => type === "deposited";
    mine(source, [["deposit", 1, 0, 50]]);
    mine(source, [["deposit", 2, 0, 50]]);
    for (let block = 0; block < 20; block++) source.mine([]);
    for (let time = 0; time < 4; time++) await mirror.follow().catch(() => undefined);
    source.hidden = () => false;
    for (let time = 0; time < 8; time++) await mirror.follow().catch(() => undefined);
    await mirror.follow();
    await compare();
  });
});

test("what a session has spent follows from events alone, and begins with its first authorization", async () => {
  mine(source, [["deposit", 0, 0, 100]]);
  mine(source, [["pay", 0, 1, 10]]);
  const account = PEOPLE[0];
  const second = `0x5f${account.slice(4)}` as Address;
  const authorized = { type: "sessionAuthorized", account, sessionKey: second, limit: 50n, expiresAt: 9_999 } as const;
  source.mine([{ block: 0, ...authorized }]);
  mine(source, [["claim", 0, 1, 50]]);
  source.mine([{ block: 0, ...authorized, limit: 60n }]);
  for (let block = 0; block < 2; block++) source.mine([]);
  source.isPruned = true;
  await mirror.follow();

  const reads = createMirrorReads({ store, now: () => 0 });
  expect(await reads.readSession(account, SESSION(account))).toMatchObject({ spent: 55n });
  expect(await reads.readSession(account, second)).toMatchObject({ limit: 60n, spent: 45n });
  await compare();
});

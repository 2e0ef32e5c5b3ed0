import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outbox } from "../../authority/chain/transactions/outbox.ts";
import type { Charges } from "../../authority/funding/charges.ts";
import { createRounds, type Rounds } from "../../authority/rounds.ts";
import { enqueueTransaction, findTransaction } from "../../authority/store/tables/transactions.ts";
import { InvariantError } from "../../protocol/base/errors.ts";
import { TestAuthority } from "./support/context.ts";
import { CONTRACT } from "./support/fake-chain.ts";
import { serve } from "./support/serve.ts";

let authority: TestAuthority;
let rounds: Rounds;
let fatal: unknown[];
beforeEach(async () => {
  authority = await new TestAuthority().start();
  fatal = [];
});
afterEach(async () => {
  await rounds.stop();
  await authority.stop();
});

function start(parts: { outbox?: Outbox; finish?: Charges["finish"]; watchBond?: () => Promise<void> }): void {
  rounds = createRounds(
    authority.context,
    {
      outbox: parts.outbox ?? authority.outbox(),
      charges: {
        expect: () => () => undefined,
        charge: async () => undefined,
        finish: parts.finish ?? (async () => undefined),
      },
      watchAllowance: async () => undefined,
      watchBond: parts.watchBond ?? (async () => undefined),
      watchKeys: async () => undefined,
      watchSwarms: async () => undefined,
      retain: async () => undefined,
    },
    (error) => fatal.push(error),
  );
  rounds.start();
}

/** Waits for the part under test to have run this often. */
function counter(): { count: () => Promise<void>; reaches: (times: number) => Promise<void> } {
  let runs = 0;
  let reached: () => void = () => undefined;
  let goal = Number.POSITIVE_INFINITY;
  return {
    count: async () => {
      if (++runs >= goal) reached();
    },
    reaches: (times) => {
      goal = times;
      return new Promise((resolve) => {
        reached = resolve;
        if (runs >= goal) resolve();
        rounds.wake();
      });
    },
  };
}

describe("what hangs or fails in one part of a round", () => {
  test("a card network that never answers keeps nobody from being paid on-chain", async () => {
    const { db } = authority.context.store;
    await enqueueTransaction(db, { actionId: "fund:1", kind: "fund", recipient: CONTRACT, data: "0x01" });
    const stepped = counter();
    const outbox = authority.outbox();
    const card = Promise.withResolvers<void>();
    start({
      finish: () => card.promise,
      outbox: {
        step: async () => {
          await outbox.step();
          authority.chain.mine();
          await stepped.count();
          rounds.wake();
        },
      },
    });
    await stepped.reaches(6);
    expect((await findTransaction(db, "fund:1"))?.state).toBe("final");
    card.resolve();
  });

  test.each([
    ["the node", () => authority.chain.broken.set("poll", -1)],
    ["the transactions", () => authority.chain.broken.set("simulate", -1)],
  ])("%s away: the other parts go on", async (_, cut) => {
    const { db } = authority.context.store;
    await enqueueTransaction(db, { actionId: "fund:1", kind: "fund", recipient: CONTRACT, data: "0x01" });
    cut();
    const watched = counter();
    start({ watchBond: watched.count });
    await watched.reaches(3);
    expect(fatal).toEqual([]);
  });

  test("a node that is away is told by /v1/health and /readyz, until it is back", async () => {
    const server = await serve(authority.context);
    const ask = async (url: string) => (await server.inject(url)).json();
    authority.chain.broken.set("poll", -1);
    const [watched, polled] = [counter(), counter()];
    const { poll } = authority.chain;
    authority.chain.poll = () => poll().then(polled.count);
    start({ watchBond: watched.count });
    await watched.reaches(2);
    expect(await ask("/v1/health")).toMatchObject({ status: "degraded" });
    expect(await ask("/readyz")).toMatchObject({
      isReady: false,
      problems: [{ part: "chain", problem: "the test has cut the line" }],
    });
    authority.chain.broken.clear();
    // The first answer has been told when the second comes.
    await polled.reaches(2);
    expect(await ask("/v1/health")).toMatchObject({ status: "ok" });
    await server.close();
  });

  test("a store that refuses one part ends nothing", async () => {
    const watched = counter();
    start({
      watchBond: watched.count,
      outbox: {
        step: () => Promise.reject(Object.assign(new Error("disk is full"), { code: "SQLITE_FULL" })),
      },
    });
    await watched.reaches(3);
    expect(fatal).toEqual([]);
  });

  test("a broken rule of the books ends the authority, and nothing else does", async () => {
    const broken = new InvariantError("BATCH_TOTAL", "books and chain differ");
    const seen = counter();
    start({
      watchBond: async () => {
        await seen.count();
        throw broken;
      },
    });
    await seen.reaches(1);
    await rounds.stop();
    expect(fatal).toEqual([broken]);
  });
});

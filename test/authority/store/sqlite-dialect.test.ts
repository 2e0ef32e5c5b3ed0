import Database from "better-sqlite3";
import { Kysely, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSqliteDialect } from "../../../authority/store/sqlite-dialect.ts";
import { WriteLock } from "../../../authority/store/write-lock.ts";

/** A log whose syncs end when the test says so. */
class TestWal {
  failure: unknown = null;
  committed = 0;
  readonly waiting: PromiseWithResolvers<void>[] = [];

  grew(): void {
    this.committed++;
  }

  durable(): Promise<void> {
    const sync = Promise.withResolvers<void>();
    this.waiting.push(sync);
    return sync.promise;
  }

  get isBehind(): boolean {
    return this.failure === null;
  }

  finish(error?: Error): void {
    this.failure = error ?? null;
    for (const { resolve, reject } of this.waiting.splice(0)) error ? reject(error) : resolve();
  }
}

let wal: TestWal;
let db: Kysely<{ words: { word: string } }>;
let reported: (string | null)[];
let log: string[];
beforeEach(async () => {
  const sqlite = new Database(":memory:");
  sqlite.exec("create table words (word text primary key)");
  wal = new TestWal();
  reported = [];
  log = [];
  const onWrite = (error: Error | null): void => void reported.push(error?.message ?? null);
  db = new Kysely({ dialect: createSqliteDialect({ sqlite, lock: new WriteLock(), wal, onWrite }) });
});
afterEach(() => db.destroy());

const insert = (word: string) => db.insertInto("words").values({ word }).execute();
const words = async (): Promise<string[]> =>
  (await db.selectFrom("words").selectAll().execute()).map(({ word }) => word);
const note = (name: string) => (): void => void log.push(name);

/** Resolves when so many wait for the disk. */
async function waiting(count: number): Promise<void> {
  while (wal.waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
}

describe("a write", () => {
  test("resolves only when it is on the disk, and so do all that may have seen it, after it", async () => {
    const work = [
      insert("one").then(note("one")),
      insert("two").then(note("two")),
      words().then(note("read")),
      db
        .transaction()
        .execute((trx) => trx.selectFrom("words").selectAll().execute())
        .then(note("transaction")),
    ];
    await waiting(4);
    expect([log, wal.committed]).toEqual([[], 2]);
    wal.finish();
    await Promise.all(work);
    expect(log.slice(0, 2)).toEqual(["one", "two"]);
  });

  test("is refused as STORE_BROKEN when the sync fails, and so are all later ones; reads go on", async () => {
    const first = insert("one");
    await waiting(1);
    wal.finish(new Error("the disk is gone"));
    await expect(first).rejects.toMatchObject({ code: "STORE_BROKEN" });
    await expect(insert("two")).rejects.toMatchObject({ code: "STORE_BROKEN" });
    await expect(db.transaction().execute((trx) => trx.selectFrom("words").execute())).rejects.toMatchObject({
      code: "STORE_BROKEN",
    });
    expect(await words()).toEqual(["one"]);
    expect(reported.at(-1)).toContain("check the disk");
  });
});

test("transactions never see each other half done, and a failed one leaves nothing", async () => {
  wal.durable = async () => undefined;
  const one = db.transaction().execute(async (trx) => {
    await trx.insertInto("words").values({ word: "one" }).execute();
    await trx.insertInto("words").values({ word: "two" }).execute();
    throw new Error("changed my mind");
  });
  const seen = words();
  const two = db.transaction().execute((trx) => trx.insertInto("words").values({ word: "three" }).execute());
  await expect(one).rejects.toThrow("changed my mind");
  await two;
  expect([await seen, await words()]).toEqual([[], ["three"]]);
  await expect(insert("three")).rejects.toMatchObject({ code: "SQLITE_CONSTRAINT_PRIMARYKEY" });
});

test("a full disk refuses writes as STORE_FULL, whatever they do, and takes them when there is room", async () => {
  wal.durable = async () => undefined;
  const big = "x".repeat(9_000);
  await sql`pragma max_page_count = 3`.execute(db);
  await expect(insert(big)).rejects.toMatchObject({ code: "STORE_FULL" });
  const inTransaction = db.transaction().execute(async (trx) => {
    await trx.insertInto("words").values({ word: "small" }).execute();
    await trx.insertInto("words").values({ word: big }).execute();
  });
  await expect(inTransaction).rejects.toMatchObject({ code: "STORE_FULL" });
  expect([await words(), reported.at(-1)]).toEqual([[], expect.stringContaining("full")]);

  await sql`pragma max_page_count = 1000`.execute(db);
  await insert(big);
  expect([await words(), reported.at(-1)]).toEqual([[big], null]);
});

test("writers that queue up let the event loop go on between them", async () => {
  wal.durable = async () => undefined;
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const work = (): Promise<unknown> =>
    db.transaction().execute((trx) => {
      const end = performance.now() + 2;
      while (performance.now() < end);
      return trx.selectFrom("words").selectAll().execute();
    });
  await Promise.all(Array.from({ length: 40 }, work));
  isOver = true;
  expect(turns).toBeGreaterThan(5);
});

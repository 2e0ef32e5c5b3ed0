import Database from "better-sqlite3";
import { beforeEach, describe, expect, test } from "vitest";
import { WriteQueue } from "../../../client/store/write-queue.ts";

/** A disk that finishes a sync when the test says so. */
class Disk {
  readonly syncs: PromiseWithResolvers<void>[] = [];

  readonly sync = (): Promise<void> => {
    const sync = Promise.withResolvers<void>();
    this.syncs.push(sync);
    return sync.promise;
  };
}

let db: Database.Database;
let disk: Disk;
let queue: WriteQueue;
let durable: string[];
beforeEach(() => {
  db = new Database(":memory:");
  db.exec("CREATE TABLE words (word TEXT)");
  disk = new Disk();
  queue = new WriteQueue(db, disk.sync);
  durable = [];
});

const write = (word: string): Promise<void> =>
  queue.add(() => void db.prepare("INSERT INTO words VALUES (?)").run(word)).synced.then(() => void durable.push(word));
const words = (): unknown[] => db.prepare("SELECT word FROM words").pluck().all();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a write", () => {
  test("can be read at once, and is durable only when the disk has synced it", async () => {
    const written = write("one");
    queue.flush();
    expect(words()).toEqual(["one"]);
    await turn();
    expect(durable).toEqual([]);
    disk.syncs[0]?.resolve();
    await written;
    expect(durable).toEqual(["one"]);
  });

  test("that is committed while the disk is busy waits for the next sync, together with all others", async () => {
    const first = write("one");
    queue.flush();
    const later = [write("two"), write("three")];
    queue.flush();
    const last = write("four");
    queue.flush();
    expect(disk.syncs.length).toBe(1);
    disk.syncs[0]?.resolve();
    await first;
    await turn();
    expect([durable, disk.syncs.length]).toEqual([["one"], 2]);
    disk.syncs[1]?.resolve();
    await Promise.all([...later, last]);
    expect([durable, disk.syncs.length]).toEqual([["one", "two", "three", "four"], 2]);
  });

  test("that need not be synced is done when it is committed, without a sync", async () => {
    await queue.addUnsynced(() => void db.exec("INSERT INTO words VALUES ('one')"));
    expect([words(), disk.syncs.length]).toEqual([["one"], 0]);
  });

  test("tells when it is committed, before the disk has it", async () => {
    const { committed, synced } = queue.add(() => void db.exec("INSERT INTO words VALUES ('one')"));
    await committed;
    expect([words(), disk.syncs.length]).toEqual([["one"], 1]);
    disk.syncs[0]?.resolve();
    await synced;
  });

  test("shares a transaction with the others of its turn", async () => {
    const written = [write("one"), write("two")];
    await turn();
    expect([words(), disk.syncs.length]).toEqual([["one", "two"], 1]);
    disk.syncs[0]?.resolve();
    await Promise.all(written);
  });
});

describe("after a failure", () => {
  const failed = expect.objectContaining({ code: "STORE_FAILED" });

  test("of a sync, every write that was not durable is rejected, and every later one", async () => {
    const written = [write("one")];
    queue.flush();
    written.push(write("two"));
    queue.flush();
    written.push(write("three"));
    disk.syncs[0]?.reject(new Error("EIO"));
    await Promise.all(written.map((one) => expect(one).rejects.toEqual(failed)));
    await expect(write("four")).rejects.toEqual(failed);
    expect(durable).toEqual([]);
  });

  test("of a transaction, none of its writes is kept", async () => {
    const written = [write("one"), queue.add(() => void db.exec("no SQL")).synced];
    queue.flush();
    await Promise.all(written.map((one) => expect(one).rejects.toEqual(failed)));
    expect([words(), disk.syncs.length]).toEqual([[], 0]);
  });
});

test("committed writes are durable once the database was closed, whatever the disk does", async () => {
  void write("one");
  queue.flush();
  const later = write("two");
  queue.flush();
  queue.settle();
  await later;
  expect(durable).toEqual(["two"]);
});

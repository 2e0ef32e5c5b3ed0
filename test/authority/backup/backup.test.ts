import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backUp, restore } from "../../../authority/backup/backup.ts";
import { verifyStore } from "../../../authority/store/copies/verify.ts";
import { openStore, type Store } from "../../../authority/store/database.ts";
import { claimNetwork } from "../../../authority/store/tables/network.ts";
import { MEMORY_ROOM } from "../../support/memory-room.ts";

const DIE_AT = join(import.meta.dirname, "die-at-file.ts");
const COPY = join(import.meta.dirname, "copy.ts");
const HELD = { "operator-secret": "a".repeat(64), "token-secret": "b".repeat(64), "torrents/aa/one.torrent": "one" };

let directory: string;
let store: Store;
const place = (name: string): string => join(directory, name);
beforeEach(async () => {
  directory = mkdtempSync(join(MEMORY_ROOM, "floodgate-backup-"));
  mkdirSync(place("home/torrents/aa"), { recursive: true });
  for (const [name, text] of Object.entries(HELD)) writeFileSync(place(`home/${name}`), text);
  store = await openStore(place("home"));
  await claimNetwork(store.db, "31337:0xc0");
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Of all files but the store's. */
function filesIn(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (name) => statSync(join(root, name)).isFile() && !/sqlite/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), "utf8")]));
}

/** Whether the process was killed on the way. */
async function dieAt(step: number, moment: "before" | "after", ...args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--import", DIE_AT, COPY, ...args], {
    env: { ...process.env, FLOODGATE_CRASH_STEP: String(step), FLOODGATE_CRASH_MOMENT: moment },
    stdio: "ignore",
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  expect([code, signal]).toEqual(signal === null ? [0, null] : [null, "SIGKILL"]);
  return signal === "SIGKILL";
}

/** Less than it has. */
const SOME_STEPS = 6;

/** Each step of the work, until it comes through; a third of them in `npm test`. */
async function killAtEachStep(args: string[], check: () => Promise<void>): Promise<number> {
  const every = process.env.FLOODGATE_DEEP ? 1 : 3;
  for (let step = 1; ; step += every) {
    for (const moment of process.env.FLOODGATE_DEEP ? (["before", "after"] as const) : (["after"] as const)) {
      if (!(await dieAt(step, moment, ...args))) return step;
      await check();
    }
  }
}

describe("kill -9 at the steps", () => {
  test("of a backup: it is whole or not there, the authority goes on, and the next one is whole", async () => {
    const [home, out] = [place("home"), place("backup")];
    const steps = await killAtEachStep(["backup", home, out], async () => {
      if (readdirSync(directory).includes("backup")) {
        expect([verifyStore(out).isCopy, filesIn(out)]).toEqual([true, HELD]);
        rmSync(out, { recursive: true });
      }
      await store.db.updateTable("network").set({ id: 1 }).execute();
    });
    expect(steps).toBeGreaterThan(SOME_STEPS);
    rmSync(out, { recursive: true });
    expect(await backUp(home, out)).toMatchObject({ isCopy: true });
    expect(filesIn(out)).toEqual(HELD);
  });

  test("of a restore: the same again brings everything, and no half of a file stays", async () => {
    const [backup, home] = [place("backup"), place("new")];
    await backUp(place("home"), backup);
    const again = async (): Promise<void> => {
      if (readdirSync(home).includes("authority.sqlite")) verifyStore(home);
      else await restore(backup, home);
      expect([verifyStore(home).isCopy, filesIn(home)]).toEqual([true, HELD]);
      rmSync(home, { recursive: true });
    };
    const steps = await killAtEachStep(["restore", backup, home], async () => {
      mkdirSync(home, { recursive: true });
      await again();
    });
    expect(steps).toBeGreaterThan(SOME_STEPS);
    await again();
  });
});

test("a restore keeps the secrets of its home, and refuses one with a store", async () => {
  const [backup, home] = [place("backup"), place("new")];
  await backUp(place("home"), backup);
  mkdirSync(home);
  writeFileSync(join(home, "operator-secret"), "mine");
  await restore(backup, home);
  expect(filesIn(home)).toEqual({ ...HELD, "operator-secret": "mine" });
  await expect(restore(backup, home)).rejects.toMatchObject({ code: "HOME_NOT_EMPTY" });
  await expect(backUp(place("home"), backup)).rejects.toMatchObject({ code: "BACKUP_EXISTS" });
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { clearAuthority, setAccountAside } from "../../../cli/up/set-aside.ts";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { InProcessRunner } from "../../../scripts/devnet/in-process-runner.ts";
import { findFreePort } from "../../../scripts/devnet/ports.ts";

const PASSPHRASE = { FLOODGATE_PASSPHRASE: "correct horse" };

const root = mkdtempSync(join(tmpdir(), "floodgate-up-"));
const home = join(root, "home");
const environment = { ...PASSPHRASE, FLOODGATE_HOME: home };
const runner = new InProcessRunner(environment);
afterAll(async () => {
  await runner.stopAll();
  rmSync(root, { recursive: true });
});

test("one command starts a network, and others need no address after it", async () => {
  const trackerPort = await findFreePort();
  const up = runner.start(["up", "--chain-port", "0", "--port", "0", "--tracker-port", String(trackerPort)]);
  const { authority, contract } = await up.event("ready");
  const card = ["--deposit", "5", "--card", "4242424242424242"];
  await runner.run(["wallet", "new"]);
  expect(await runner.run(["register", ...card])).toMatchObject({ event: "done", balance: "5000000" });

  const path = join(root, "film.bin");
  writeFileSync(path, Buffer.alloc(5 * 2 ** 20, 7));
  const { infoHash } = await runner.run(["publish", path, "--price", "1"]);
  const seed = runner.start(["seed", String(infoHash), "--file", path]);
  await seed.event("ready");

  // Another person on this machine.
  const bob = ["--home", join(root, "bob")];
  await runner.run(["wallet", "new", ...bob]);
  await runner.run(["register", ...card, ...bob]);
  const done = await runner.run(["get", String(infoHash), "--out", join(root, "out"), ...bob]);
  expect(done).toMatchObject({ event: "done", paid: "4882" });
  expect(await runner.run(["bond", "status"])).toMatchObject({ amount: "100000000" });
  // The seeder still runs.
  expect(await runner.run(["claim", "--all", "--dry-run"])).toMatchObject({ event: "done" });
  const { vouchers } = await runner.run(["vouchers", "ls"]);
  expect((vouchers as { amount: string }[]).reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(4882);

  await seed.stop();
  await up.stop();
  expect(await up.exited()).toBe(0);
  expect(up.lastLine).toMatchObject({ event: "stopped" });
  const gone = await runInProcess(["search"], environment);
  expect(gone.stderr).toMatch(/AUTHORITY_UNREACHABLE/);
  expect([authority, contract]).toEqual([expect.stringMatching(/^http/), expect.stringMatching(/^0x/)]);
});

test("the account of the devnet before is set aside, and its wallet stays", async () => {
  const old = join(root, "old");
  mkdirSync(old);
  for (const name of ["wallet.json", "session.json", "network.json", "peer.sqlite"])
    writeFileSync(join(old, name), name);
  expect(await setAccountAside(old)).toBe(join(old, "before-1"));
  expect(readdirSync(old).toSorted()).toEqual(["before-1", "wallet.json"]);
  expect(readdirSync(join(old, "before-1")).toSorted()).toEqual(["network.json", "peer.sqlite", "session.json"]);
  expect(await setAccountAside(old)).toBeNull();
});

test("a folder that is not of `floodgate up` is left alone", async () => {
  const other = join(root, "other");
  mkdirSync(other);
  await expect(clearAuthority(other, null)).rejects.toMatchObject({ code: "FILE_EXISTS" });
  expect(existsSync(other)).toBe(true);
  await clearAuthority(other, { authority: "", rpc: "", contract: "", authorityHome: other });
  expect(existsSync(other)).toBe(false);
});

import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { identityOf } from "../../../client/wallet/session.ts";
import { readSession, writeSession } from "../../../client/wallet/session-file.ts";
import type { Line } from "../../../scripts/devnet/command.ts";
import { type Customer, clientOf } from "../../../scripts/devnet/customers.ts";
import { startWorld, type World } from "../../support/world.ts";
import { runCliProcess } from "../support/cli-process.ts";

let world: World;
let customer: Customer;
beforeAll(async () => {
  world = await startWorld();
  customer = await world.customer("alice", "5.00");
});
afterAll(() => world[Symbol.asyncDispose]());

/** No command gets a passphrase here. */
async function run(...args: string[]): Promise<{ exitCode: number | null; line: Line; stderr: string }> {
  const { exitCode, stdout, stderr } = await runCliProcess([...args, "--home", customer.home, "--json"]);
  return { exitCode, line: JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}"), stderr };
}

const sessionOf = async (home: string) => {
  const session = await readSession(home);
  if (!session) throw new Error(`no session in ${home}`);
  return session;
};

test("logout ends the token at the authority and in the home, says what is left, and may be repeated", async () => {
  const before = await sessionOf(customer.home);
  const thief = await clientOf(world.network, customer.home);
  expect((await thief.account()).balance).toBe("5000000");

  const { sessionKey } = identityOf(before);
  const done = {
    ...{ event: "done", account: customer.account, sessionKey },
    ...{ limit: "5000000", authorizedUntil: before.authorizedUntil },
  };
  expect(await run("logout")).toEqual({ exitCode: 0, line: { ...done, wasLoggedIn: true }, stderr: "" });
  await expect(thief.account()).rejects.toMatchObject({ code: "TOKEN_REVOKED" });
  expect(await sessionOf(customer.home)).toEqual({
    ...before,
    ...{ accessToken: "", announceToken: "", accessExpiresAt: 0 },
  });
  expect(await run("balance")).toMatchObject({ exitCode: 4, line: { error: { code: "PASSPHRASE_MISSING" } } });

  expect(await run("logout")).toEqual({ exitCode: 0, line: { ...done, wasLoggedIn: false }, stderr: "" });
  const { stdout } = await runCliProcess(["logout", "--home", customer.home]);
  const end = new Date(1_000 * before.authorizedUntil).toISOString().slice(0, 19);
  expect(stdout).toContain("this device was logged out already\n");
  expect(stdout.toLowerCase()).toContain(`its key ${sessionKey} may sign vouchers for 5.000000 tusd in all until `);
  expect(stdout).toContain(end);
  expect(stdout).toContain(new URL("/account", world.network.apiUrl).href);

  // Killed when the authority had ended the token, and the home still had it.
  await writeSession(customer.home, before);
  expect(await run("logout")).toEqual({ exitCode: 0, line: { ...done, wasLoggedIn: true }, stderr: "" });
  expect((await sessionOf(customer.home)).accessToken).toBe("");

  expect(await world.runner.run(["balance", "--home", customer.home])).toMatchObject({ balance: "5000000" });
  expect((await sessionOf(customer.home)).accessToken).not.toBe("");
});

test("a home whose peer runs, or whose authority is away, keeps its token", async () => {
  const path = world.randomFile("film.bin", 5 * 1024 * 1024);
  const home = ["--home", customer.home];
  const { infoHash } = await world.runner.run(["publish", path, "--price", "1.00", ...home]);
  const seed = world.runner.start(["seed", String(infoHash), "--file", path, ...home]);
  await seed.event("ready");
  const before = await sessionOf(customer.home);
  expect(await run("logout")).toMatchObject({ exitCode: 3, line: { error: { code: "HOME_IN_USE" } } });
  await seed.stop();

  await world.network.authority.kill();
  expect(await run("logout")).toMatchObject({ exitCode: 5, line: { error: { code: "AUTHORITY_UNREACHABLE" } } });
  expect(await sessionOf(customer.home)).toEqual(before);
  await world.network.restartAuthority();
  expect(await run("logout")).toMatchObject({ exitCode: 0, line: { wasLoggedIn: true } });
});

test("a home that nobody has registered has nothing to log out", async () => {
  const wallet = join(world.directory, "wallet-only");
  cpSync(join(customer.home, "wallet.json"), join(wallet, "wallet.json"));
  const { exitCode, stderr } = await runCliProcess(["logout", "--home", wallet]);
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringMatching(/^error: no account is registered .+ \(NOT_REGISTERED\)\n$/),
  ]);
});

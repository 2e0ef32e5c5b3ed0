import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AccountHome } from "../../../client/account/home.ts";
import { openNodeHome } from "../../../client/account/node-home.ts";
import { INFO, SESSION } from "./fakes.ts";

let directory: string;
let home: AccountHome;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "floodgate-home-"));
  home = openNodeHome(directory, { file: undefined, environment: "correct horse", prompt: null });
});
afterEach(() => rmSync(directory, { recursive: true }));

const { chainId, contract, token } = INFO;
const NETWORK = { apiUrl: "http://127.0.0.1:8600/", chainId, contract, token };

test("a home keeps network, session and deposit in files for its owner alone", async () => {
  const deposit = { idempotencyKey: "k", amount: "5" };
  await Promise.all([home.network.write(NETWORK), home.session.write(SESSION), home.deposit.write(deposit)]);

  expect(await home.network.read()).toMatchObject(NETWORK);
  expect(await home.session.read()).toMatchObject({ ...SESSION, privateKey: expect.any(Uint8Array) });
  expect(await home.deposit.read()).toEqual(deposit);
  for (const file of ["network.json", "session.json", "deposit.json"])
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
});

test("a home forgets what it is told to forget", async () => {
  await home.deposit.write({ idempotencyKey: "k", amount: "5" });
  await home.deposit.remove();
  await home.deposit.remove();
  expect(await home.deposit.read()).toBeNull();
});

test("an empty home holds nothing, and no wallet", async () => {
  expect([await home.network.read(), await home.session.read(), await home.deposit.read()]).toEqual([null, null, null]);
  await expect(home.unlock()).rejects.toMatchObject({ code: "WALLET_MISSING" });
});

test("a network file of another version is refused, not overwritten", async () => {
  await home.network.write(NETWORK);
  const file = join(directory, "network.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version: 2 }));
  await expect(home.network.read()).rejects.toMatchObject({ code: "NETWORK_FILE_INVALID" });
});

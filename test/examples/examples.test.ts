import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audit } from "../../examples/audit.ts";
import { get } from "../../examples/get.ts";
import { seed } from "../../examples/seed.ts";
import { owed } from "../../protocol/base/units.ts";
import type { Customer } from "../../scripts/devnet/customers.ts";
import { startWorld, type World } from "../support/world.ts";

const PRICE = 1_000_000n;
const BYTES = 5 * 1024 * 1024;
/** The sessions are fresh, so no example opens a wallet. */
const passphrase = "not needed";

let world: World;
let alice: Customer;
let bob: Customer;
beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer("alice");
  bob = await world.customer("bob");
});
afterAll(() => world[Symbol.asyncDispose]());

test("the examples publish and seed a file, buy it, and find the books right", async () => {
  const file = world.randomFile("film.bin", BYTES);
  const directory = join(world.directory, "downloads");
  const stop = new AbortController();
  const ready = Promise.withResolvers<string>();
  const { signal } = new AbortController();

  const seeding = seed({ home: alice.home, passphrase, file, pricePerGiB: PRICE }, stop.signal, ready.resolve);
  seeding.catch(ready.reject);
  const id = await ready.promise;
  const { paid } = await get({ home: bob.home, passphrase, id, directory }, signal);
  stop.abort();
  const { earned } = await seeding;

  expect(readFileSync(join(directory, "film.bin")).equals(readFileSync(file))).toBe(true);
  expect(paid).toBe(owed(BYTES, PRICE));
  expect(earned).toBe(paid);

  const { apiUrl, operatorHome, rpcUrl, contract } = world.network;
  const secret = join(operatorHome, "operator-secret");
  await world.runner.run(["settle", "--close", "--wait", "--authority", apiUrl, "--secret-file", secret]);
  const report = await audit({ rpcUrl, contract }, signal);

  expect(report.ok, report.text).toBe(true);
  expect(report.text).toMatch(/batches .* paid, 0 skipped/);
});

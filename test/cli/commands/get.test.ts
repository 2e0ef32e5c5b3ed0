import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPeerStore } from "../../../client/store/peer-store.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { formatAmount } from "../../../protocol/base/units.ts";
import type { Line } from "../../../scripts/devnet/command.ts";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { CLI } from "../support/cli-process.ts";
import {
  BYTES,
  environment,
  type Market,
  PAYS,
  type Row,
  refusal,
  refuse,
  startMarket,
  succeed,
} from "../support/market.ts";
import { expectRefusal } from "../support/run-cli.ts";

/** What `get` and `seed` refuse, and how they end when they are stopped. */

const UNKNOWN = "0123456789abcdef0123456789abcdef01234567";

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());

describe("get and seed refuse", () => {
  let out: string;
  let limitedHome: string;
  let dearId: string;
  beforeAll(async () => {
    out = join(market.world.directory, "downloads");
    mkdirSync(out);
    limitedHome = await market.register("limited", "--deposit", "5", "--card", PAYS, "--limit", "0.001");
    const path = market.world.randomFile("dear.bin", BYTES + 1);
    dearId = String((await succeed(["publish", path, "--price", "1000000", "--home", market.rich])).infoHash);
  });
  const get = (what: string, exitCode: number, code: string, says: RegExp, ...options: string[]) =>
    refusal(exitCode, code, says, "get", what, "--out", out, "--home", market.rich, ...options);

  const dear = () => ["get", dearId, "--out", out, "--home", market.rich];
  const limited = () => ["get", market.id, "--out", out, "--home", limitedHome];

  test("a person that does not agree to the cost buys nothing", async () => {
    const asked: string[] = [];
    const args = ["get", dearId, "--out", out, "--max-spend", "1", "--home", market.rich];
    const { exitCode, stdout, stderr } = await runInProcess(args, environment, async (question) => {
      asked.push(question);
      return false;
    });
    expect(stdout).toContain("5.0 MiB to get for 4882.813431 TUSD at most; 5.000000 TUSD in the account");
    expect(asked).toEqual(["Download it?"]);
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining("(PRICE_DECLINED)")]);
  });

  test.each<Row>([
    ["content that is not there", () => get(UNKNOWN, 8, "TORRENT_UNKNOWN", /floodgate search/)],
    [
      "a shortened id that is not there",
      () => get("01234567", 8, "TORRENT_UNKNOWN", /no content starts with 01234567/),
    ],
    ["a stop-loss without a cache", () => get(market.id, 2, "OPTIONS_INCOMPLETE", /needs --cache/, "--stop-loss", "1")],
    [
      "a stop-loss above the budget",
      () => get(market.id, 2, "OPTIONS_CONFLICT", /stops nothing/, "--cache", "1", "--stop-loss", "1.000001"),
    ],
    ["a cache for nothing", () => get(market.id, 2, "AMOUNT_INVALID", /above zero/, "--cache", "0")],
    [
      "a cache to stream from",
      () => get(market.id, 2, "OPTIONS_CONFLICT", /never has the whole, which --stream/, "--cache", "1", "--stream"),
    ],
    [
      "a cache that may lose more than there is",
      () => get(market.id, 6, "BALANCE_TOO_LOW", /floodgate deposit/, "--cache", "100", "--stop-loss", "100"),
    ],
    [
      "a price above the limit",
      () => get(market.id, 6, "PRICE_TOO_HIGH", /1\.000000 TUSD per GiB/, "--max-price", "0.999999"),
    ],
    [
      "an account without money",
      () => {
        const home = join(market.world.directory, "broke");
        cpSync(market.poor, home, { recursive: true });
        return refusal(6, "DEPOSIT_REQUIRED", /pay one in first/, "get", market.id, "--out", out, "--home", home);
      },
    ],
    [
      "an account with less than it costs",
      () => refusal(6, "BALANCE_TOO_LOW", /costs 4882\.813431 TUSD, and the account has 5\.0/, ...dear()),
    ],
    [
      "a device that may spend less than it costs",
      () => refusal(6, "BALANCE_TOO_LOW", /costs 0\.004882 TUSD, and this device may spend 0\.001000/, ...limited()),
    ],
    [
      "a file in the way",
      () => {
        const taken = join(market.world.directory, "taken");
        mkdirSync(taken);
        writeFileSync(join(taken, "film.bin"), Buffer.alloc(BYTES + 1));
        return refusal(3, "FILE_EXISTS", /move it away/, "get", market.id, "--out", taken, "--home", market.rich);
      },
    ],
    [
      "a directory that is a file",
      () =>
        refusal(
          2,
          "DIRECTORY_UNUSABLE",
          /cannot look into/,
          "get",
          market.id,
          "--out",
          market.path,
          "--home",
          market.rich,
        ),
    ],
    [
      "a port that is in use",
      () => {
        const port = new URL(market.world.network.apiUrl).port;
        return get(market.id, 3, "PORT_UNUSABLE", /choose another port/, "--torrent-port", port);
      },
    ],
    [
      "another file",
      () => {
        const other = market.world.randomFile("other.bin", BYTES);
        return refusal(
          7,
          "FILE_MISMATCH",
          /0 of 80 pieces match/,
          "seed",
          market.id,
          "--file",
          other,
          "--home",
          market.rich,
        );
      },
    ],
    [
      "a file that is not there",
      () => refusal(3, "FILE_UNREADABLE", /./, "seed", market.id, "--file", "/no/such/film", "--home", market.rich),
    ],
  ])("%s", refuse);
});

/** What a home has signed for this content, base units: its payees can hold no more. */
function signedBy(home: string): bigint {
  const store = openPeerStore(home);
  const signed = store.listPayerLanes(market.id).reduce((sum, { amount }) => sum + amount, 0n);
  store.close();
  return signed;
}

test("money that a download has reserved leaves after its end, and the rest at once", async () => {
  const home = await market.register("buyer", "--deposit", "5", "--card", PAYS);
  const get = market.world.runner.start(["get", market.id, "--out", join(home, "downloads"), "--home", home]);
  await get.event("first-piece");
  await get.kill();
  const { balance, reserved } = await succeed(["balance", "--home", home]);
  const withdraw = ["withdraw", "--to", market.account, "--now", "--home", home];
  expect(Number(reserved)).toBeGreaterThan(0);
  // What is signed may have reached the authority by now, and then it is owed: it never comes back.
  const all = formatAmount(BigInt(String(balance)) - signedBy(home), 6);
  await expectRefusal({
    ...refusal(6, "RELEASE_REFUSED", /of \d\.\d{6} TUSD can leave now: .*all of it in about \d+ s/, ...withdraw, all),
    environment,
  });
  expect(await succeed([...withdraw, "1"])).toMatchObject({ event: "done", state: "paid", amount: "1000000" });
  expect(await market.world.devnet.tokensOf(parseAddress(market.account))).toBe(1_000_000n);
});

describe("a signal", () => {
  test("ends a download that is not complete with 130, its totals and one error line", async () => {
    const lonely = market.world.randomFile("lonely.bin", BYTES);
    const { infoHash } = await succeed(["publish", lonely, "--price", "1", "--home", market.rich]);
    const home = join(market.world.directory, "impatient");
    cpSync(market.rich, home, { recursive: true });
    const args = ["get", String(infoHash), "--out", join(home, "downloads"), "--home", home, "--json"];
    const child = spawn(process.execPath, [...CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const closed = once(child, "close");
    const errors = text(child.stderr);
    const lines: Line[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(JSON.parse(line));
      if (lines.length === 3) child.kill("SIGINT");
    }
    const message =
      "stopped by SIGINT: 0 B of 5.0 MiB are kept, 0.000000 TUSD was paid; give the command again to go on";
    const error = { code: "INTERRUPTED", message };
    expect(lines[1]).toMatchObject({ event: "quote", bytes: BYTES, cost: "4882", spendable: expect.any(String) });
    expect(lines[2]).toMatchObject({ event: "progress", bytesDone: 0, bytesTotal: BYTES });
    expect(lines.at(-2)).toMatchObject({ event: "progress", bytesDown: 0, paid: "0", bytesUp: 0, earned: "0" });
    expect(lines.at(-1)).toEqual({ error });
    expect(await errors).toBe(`error: ${message} (INTERRUPTED)\n`);
    expect(await closed).toEqual([130, null]);
  });

  test("ends a seeder with 0 and its totals", async () => {
    await market.seed.stop();
    expect(market.seed.lastLine).toMatchObject({
      event: "progress",
      bytesDone: BYTES,
      bytesTotal: BYTES,
      earned: expect.any(String),
    });
    expect(await market.seed.exited()).toBe(0);
  });
});

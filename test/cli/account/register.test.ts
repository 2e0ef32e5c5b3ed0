import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAddress } from "../../../protocol/base/ids.ts";
import type { Command, Line } from "../../../scripts/devnet/command.ts";
import { runInProcess } from "../../support/in-process.ts";
import { startWorld, type World } from "../../support/world.ts";
import { CLI } from "../support/cli-process.ts";
import { type BadInput, expectRefusal } from "../support/run-cli.ts";

/** What the commands refuse while everything runs: money, content, sessions, secrets. */

const BYTES = 5 * 1024 * 1024;
const UNKNOWN = "0123456789abcdef0123456789abcdef01234567";
const PAYS = "4242424242424242";
const environment = { FLOODGATE_PASSPHRASE: "correct horse" };

let world: World;
let rich: string;
/** Registered, and nothing paid in. */
let poor: string;
let account: string;
let path: string;
/** Paid content that `poor` publishes and seeds. */
let id: string;
let seed: Command;

async function succeed(args: readonly string[]): Promise<Line> {
  const { exitCode, stdout, stderr } = await runInProcess([...args, "--json"], environment);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

async function register(name: string, ...payment: string[]): Promise<string> {
  const home = join(world.directory, name);
  await succeed(["wallet", "new", "--home", home]);
  await succeed(["register", "--authority", world.network.apiUrl, "--home", home, ...payment]);
  return home;
}

beforeAll(async () => {
  world = await startWorld();
  [rich, poor] = await Promise.all([register("rich", "--deposit", "5", "--card", PAYS), register("poor")]);
  account = String((await succeed(["wallet", "show", "--home", rich])).address);
  path = world.randomFile("film.bin", BYTES);
  id = String((await succeed(["publish", path, "--price", "1.00", "--home", poor])).infoHash);
  // A seeder needs no deposit.
  seed = world.runner.start(["seed", id, "--file", path, "--home", poor]);
  await seed.event("ready");
});
afterAll(() => world[Symbol.asyncDispose]());

type Row = [name: string, input: () => Omit<BadInput, "environment">];

const refusal = (exitCode: number, code: string, says: RegExp, ...args: string[]): Omit<BadInput, "environment"> => ({
  args,
  exitCode,
  code,
  says,
});
const refuse = (_name: string, input: Row[1]): Promise<void> => expectRefusal({ ...input(), environment });

describe("deposit refuses", () => {
  const deposit = (exitCode: number, code: string, says: RegExp, amount: string, card = PAYS) =>
    refusal(exitCode, code, says, "deposit", amount, "--card", card, "--home", poor);

  test.each<Row>([
    [
      "a card that is declined",
      () => deposit(6, "CARD_DECLINED", /declined.*use another card/, "5", "4000000000000002"),
    ],
    ["a card that the devnet does not know", () => deposit(2, "CARD_INVALID", /test cards/, "5", "4000056655665556")],
    ["nothing", () => deposit(2, "AMOUNT_INVALID", /above zero/, "0.000000")],
    ["more decimals than the token has", () => deposit(2, "AMOUNT_INVALID", /at most 6 decimals/, "0.0000001")],
    ["more than 96 bits", () => deposit(2, "AMOUNT_INVALID", /2\^96-1/, "9".repeat(25))],
    ["more than the authority has", () => deposit(5, "TREASURY_EMPTY", /smaller one, or later/, "2000000")],
  ])("%s", refuse);

  test("nothing of all that was credited, and a charge whose answer is lost is credited once", async () => {
    expect(await succeed(["balance", "--home", poor])).toMatchObject({ balance: "0" });
    const late = await register("late", "--deposit", "3", "--card", "4000000000000119");
    expect(await succeed(["balance", "--home", late])).toMatchObject({ balance: "3000000", free: "3000000" });
  });
});

describe("refused is", () => {
  const small = () => world.randomFile("small.bin", 63 * 64 * 1024);
  const publish = (file: string, exitCode: number, code: string, says: RegExp, ...options: string[]) =>
    refusal(exitCode, code, says, "publish", file, ...options, "--home", rich);
  const withdraw = (amount: string, to: string, exitCode: number, code: string, says: RegExp) =>
    refusal(exitCode, code, says, "withdraw", amount, "--to", to, "--home", rich);
  const asOperator = (exitCode: number, code: string, says: RegExp, ...args: string[]) => {
    const file = join(world.directory, "wrong-secret");
    writeFileSync(file, "ef".repeat(32), { mode: 0o600 });
    return refusal(exitCode, code, says, ...args, "--authority", world.network.apiUrl, "--secret-file", file);
  };

  test.concurrent.each<Row>([
    [
      "a first deposit without a card",
      () =>
        refusal(
          2,
          "OPTIONS_INCOMPLETE",
          /together/,
          "register",
          "--deposit",
          "5",
          "--home",
          rich,
          "--authority",
          world.network.apiUrl,
        ),
    ],
    [
      "a file that is not there",
      () => publish("/no/such/film.mp4", 3, "FILE_UNREADABLE", /cannot read .*check the path/),
    ],
    ["a directory", () => publish(world.directory, 3, "FILE_UNREADABLE", /one file at a time/)],
    ["an empty file", () => publish(world.randomFile("empty.bin", 0), 2, "FILE_EMPTY", /nothing to publish/)],
    [
      "paid content of few pieces",
      () => publish(small(), 2, "FILE_TOO_SMALL", /64 pieces.*with price 0/, "--price", "1"),
    ],
    ["a price below a base unit", () => publish(path, 2, "AMOUNT_INVALID", /6 decimals/, "--price", "0.0000001")],
    [
      "a title with control characters",
      () => publish(path, 2, "TITLE_INVALID", /plain text/, "--title", "a\u001b[2Jb"),
    ],
    ["content of another publisher", () => publish(path, 4, "FORBIDDEN", /by another account/, "--price", "1.00")],
    [
      "another price for the same content",
      () => refusal(2, "PRICE_INVALID", /cannot change/, "publish", path, "--price", "2", "--home", poor),
    ],
    ["a long search", () => refusal(2, "QUERY_TOO_LONG", /200 characters/, "search", "x".repeat(201), "--home", rich)],
    [
      "more than there is",
      () => withdraw("5.000001", account, 6, "BALANCE_TOO_LOW", /has 5\.000000 TUSD, not 5\.000001/),
    ],
    ["a withdrawal of nothing", () => withdraw("0", account, 2, "AMOUNT_INVALID", /above zero/)],
    [
      "a withdrawal to the contract",
      () => withdraw("1", world.network.contract, 2, "WITHDRAWAL_REFUSED", /RecipientInvalid/),
    ],
    ["a settlement with a wrong secret", () => asOperator(4, "OPERATOR_REQUIRED", /operator secret/, "settle")],
    [
      "a tracker with a wrong secret",
      () => asOperator(5, "AUTHORITY_REFUSED", /is the operator secret its own\?/, "tracker", "start", "--port", "0"),
    ],
    [
      "a second authority in one home",
      () =>
        refusal(
          3,
          "HOME_IN_USE",
          /another|in use/,
          ...["authority", "start", "--rpc", world.network.rpcUrl, "--port", "0"],
          ...["--tracker-url", "http://127.0.0.1:1/announce", "--home", world.network.operatorHome],
        ),
    ],
    [
      "a second peer in one home",
      () => refusal(3, "HOME_IN_USE", /choose another --home/, "seed", id, "--file", path, "--home", poor),
    ],
  ])("%s", refuse);
});

describe("without the authority, refused is", () => {
  const rpc = () => ["--rpc", world.network.rpcUrl];
  const exit = (amount: string, exitCode: number, code: string, says: RegExp, ...options: string[]) =>
    refusal(
      exitCode,
      code,
      says,
      ...["withdraw", amount, "--to", account, "--unilateral", ...rpc(), "--home", rich],
      ...options,
    );
  const bond = (exitCode: number, code: string, says: RegExp, ...args: string[]) =>
    refusal(exitCode, code, says, "bond", ...args, ...rpc(), "--contract", world.network.contract);
  const operatorKey = () => join(world.network.operatorHome, "operator.key");

  test.concurrent.each<Row>([
    [
      "a claim while the home's peer runs",
      () => refusal(3, "HOME_IN_USE", /stop it/, "claim", ...rpc(), "--home", poor),
    ],
    [
      "a claim against a contract of another token",
      () => {
        const home = join(world.directory, "other-token");
        cpSync(rich, home, { recursive: true });
        const file = join(home, "network.json");
        const network = JSON.parse(readFileSync(file, "utf8"));
        network.token.address = `0x${"22".repeat(20)}`;
        writeFileSync(file, JSON.stringify(network), { mode: 0o600 });
        return refusal(3, "CHAIN_MISMATCH", /counts another token/, "claim", ...rpc(), "--home", home);
      },
    ],
    [
      "a limit below a base unit",
      () => refusal(2, "AMOUNT_INVALID", /6 decimals/, "claim", ...rpc(), "--min", "0.0000001", "--home", rich),
    ],
    ["an exit with more than there is", () => exit("5.000001", 6, "BALANCE_TOO_LOW", /has 5\.000000 TUSD/)],
    ["an exit with nothing", () => exit("0", 2, "AMOUNT_INVALID", /above zero/)],
    ["an exit without gas", () => exit("1", 6, "GAS_MISSING", /has 0 ETH for gas.*floodgate faucet --to 0x/)],
    [
      "an exit whose gas key is not there",
      () => exit("1", 3, "KEY_FILE_MISSING", /no key file \/no\/such\/key/, "--gas-key-file", "/no/such/key"),
    ],
    [
      "a bond of somebody else",
      () => bond(4, "NOT_OWNER", /belongs to 0xf39fd6/, "deposit", "1", "--key-file", operatorKey()),
    ],
    ["a bond of nothing", () => bond(2, "AMOUNT_INVALID", /above zero/, "deposit", "0")],
    ["a bond of more than the owner has", () => bond(6, "TOKENS_MISSING", /not 1000000\.0/, "deposit", "1000000")],
    [
      "more of the bond than there is",
      () => bond(6, "BOND_TOO_LOW", /is 100\.0+ TUSD, not 100\.0+1 /, "request", "100.000001"),
    ],
    [
      "a bond that nobody asked back",
      () => bond(5, "CONTRACT_REFUSED", /NothingToWithdraw/, "withdraw", "--to", account),
    ],
    [
      "a budget that falls",
      () => {
        const { allotter } = JSON.parse(readFileSync(join(world.network.operatorHome, "deployment.json"), "utf8"));
        return bond(5, "CONTRACT_REFUSED", /BondBudgetTooLow/, "budget", "99", "--allotter", allotter);
      },
    ],
  ])("%s", refuse);
});

describe("a session", () => {
  /** A copy of the rich home that no other test uses, with another session. */
  const withSession = (name: string, change: object): string => {
    const home = join(world.directory, name);
    cpSync(rich, home, { recursive: true });
    const file = join(home, "session.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change }), { mode: 0o600 });
    return home;
  };
  const expired = { accessExpiresAt: 1 };

  test.concurrent("that has expired is renewed with the passphrase, and only with it", async () => {
    const home = withSession("expired", expired);
    const missing = refusal(4, "PASSPHRASE_MISSING", /--passphrase-file/, "balance", "--home", home);
    await expectRefusal(missing);
    await expectRefusal({
      ...refusal(4, "PASSPHRASE_WRONG", /wrong passphrase/, "balance", "--home", home),
      environment: { FLOODGATE_PASSPHRASE: "wrong horse" },
    });
    await succeed(["balance", "--home", home]);
    // The new one is kept.
    expect((await runInProcess(["balance", "--home", home])).exitCode).toBe(0);
  });

  test.concurrent.each<Row>([
    [
      "with a token of nobody is refused",
      () =>
        refusal(
          4,
          "TOKEN_INVALID",
          /log in again/,
          "balance",
          "--home",
          withSession("forged", { accessToken: "AAAA" }),
        ),
    ],
    [
      "of another wallet is refused",
      () => {
        const home = withSession("other", expired);
        cpSync(join(poor, "wallet.json"), join(home, "wallet.json"));
        return refusal(3, "WALLET_INVALID", /is not the registered account/, "balance", "--home", home);
      },
    ],
  ])("%s", refuse);
});

describe("get and seed refuse", () => {
  let out: string;
  beforeAll(() => {
    out = join(world.directory, "downloads");
    mkdirSync(out);
  });
  const get = (what: string, exitCode: number, code: string, says: RegExp, ...options: string[]) =>
    refusal(exitCode, code, says, "get", what, "--out", out, "--home", rich, ...options);

  test.each<Row>([
    ["content that is not there", () => get(UNKNOWN, 8, "TORRENT_UNKNOWN", /floodgate search/)],
    [
      "a shortened id that is not there",
      () => get("01234567", 8, "TORRENT_UNKNOWN", /no content starts with 01234567/),
    ],
    [
      "a price above the limit",
      () => get(id, 6, "PRICE_TOO_HIGH", /1\.000000 TUSD per GiB/, "--max-price", "0.999999"),
    ],
    [
      "an account without money",
      () => {
        const home = join(world.directory, "broke");
        cpSync(poor, home, { recursive: true });
        return refusal(6, "DEPOSIT_REQUIRED", /pay one in first/, "get", id, "--out", out, "--home", home);
      },
    ],
    [
      "a file in the way",
      () => {
        const taken = join(world.directory, "taken");
        mkdirSync(taken);
        writeFileSync(join(taken, "film.bin"), Buffer.alloc(BYTES + 1));
        return refusal(3, "FILE_EXISTS", /move it away/, "get", id, "--out", taken, "--home", rich);
      },
    ],
    [
      "a directory that is a file",
      () => refusal(2, "DIRECTORY_UNUSABLE", /cannot look into/, "get", id, "--out", path, "--home", rich),
    ],
    [
      "a port that is in use",
      () => {
        const port = new URL(world.network.apiUrl).port;
        return get(id, 3, "PORT_UNUSABLE", /choose another port/, "--torrent-port", port);
      },
    ],
    [
      "another file",
      () => {
        const other = world.randomFile("other.bin", BYTES);
        return refusal(7, "FILE_MISMATCH", /0 of 80 pieces match/, "seed", id, "--file", other, "--home", rich);
      },
    ],
    [
      "a file that is not there",
      () => refusal(3, "FILE_UNREADABLE", /./, "seed", id, "--file", "/no/such/film", "--home", rich),
    ],
  ])("%s", refuse);
});

test("money that a download has reserved leaves after its end, and the rest at once", async () => {
  const home = await register("buyer", "--deposit", "5", "--card", PAYS);
  const get = world.runner.start(["get", id, "--out", join(home, "downloads"), "--home", home]);
  await get.event("first-piece");
  await get.kill();
  const { balance, reserved } = await succeed(["balance", "--home", home]);
  const withdraw = ["withdraw", "--to", account, "--now", "--home", home];
  expect(Number(reserved)).toBeGreaterThan(0);
  const all = (Number(balance) / 1e6).toFixed(6);
  await expectRefusal({
    ...refusal(6, "RELEASE_REFUSED", /of \d\.\d{6} TUSD can leave now: .*all of it in about \d+ s/, ...withdraw, all),
    environment,
  });
  expect(await succeed([...withdraw, "1"])).toMatchObject({ event: "done", state: "paid", amount: "1000000" });
  expect(await world.devnet.tokensOf(parseAddress(account))).toBe(1_000_000n);
});

describe("a signal", () => {
  test("ends a download that is not complete with 130, its totals and one error line", async () => {
    const lonely = world.randomFile("lonely.bin", BYTES);
    const { infoHash } = await succeed(["publish", lonely, "--price", "1", "--home", rich]);
    const home = join(world.directory, "impatient");
    cpSync(rich, home, { recursive: true });
    const args = ["get", String(infoHash), "--out", join(home, "downloads"), "--home", home, "--json"];
    const child = spawn(process.execPath, [...CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const closed = once(child, "close");
    const errors = text(child.stderr);
    const lines: Line[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(JSON.parse(line));
      if (lines.length === 1) child.kill("SIGINT");
    }
    const error = { code: "INTERRUPTED", message: "stopped by SIGINT before it was done" };
    expect(lines[0]).toMatchObject({ event: "progress", bytesDone: 0, bytesTotal: BYTES });
    expect(lines.at(-2)).toMatchObject({ event: "progress", bytesDown: 0, paid: "0", bytesUp: 0, earned: "0" });
    expect(lines.at(-1)).toEqual({ error });
    expect(await errors).toBe("error: stopped by SIGINT before it was done (INTERRUPTED)\n");
    expect(await closed).toEqual([130, null]);
  });

  test("ends a seeder with 0 and its totals", async () => {
    await seed.stop();
    expect(seed.lastLine).toMatchObject({
      event: "progress",
      bytesDone: BYTES,
      bytesTotal: BYTES,
      earned: expect.any(String),
    });
    expect(await seed.exited()).toBe(0);
  });
});

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
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

/** What commands about money, torrents, sessions and secrets refuse while everything runs. */

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market[Symbol.asyncDispose]());

describe("deposit refuses", () => {
  const deposit = (exitCode: number, code: string, says: RegExp, amount: string, card = PAYS) =>
    refusal(exitCode, code, says, "deposit", amount, "--card", card, "--home", market.poor);

  test.each<Row>([
    [
      "a card that is declined",
      () => deposit(6, "CARD_DECLINED", /^the card was declined: use another card$/, "5", "4000000000000002"),
    ],
    ["a card that the devnet does not know", () => deposit(2, "CARD_INVALID", /test cards/, "5", "4000056655665556")],
    ["nothing", () => deposit(2, "AMOUNT_INVALID", /above zero/, "0.000000")],
    ["more decimals than the token has", () => deposit(2, "AMOUNT_INVALID", /at most 6 decimals/, "0.0000001")],
    ["more than 96 bits", () => deposit(2, "AMOUNT_INVALID", /2\^96-1/, "9".repeat(25))],
    ["more than the authority has", () => deposit(5, "TREASURY_EMPTY", /smaller one, or later/, "2000000")],
  ])("%s", refuse);

  test("nothing of all that was credited, and a charge whose answer is lost is credited once", async () => {
    expect(await succeed(["balance", "--home", market.poor])).toMatchObject({ balance: "0" });
    const late = await market.register("late", "--deposit", "3", "--card", "4000000000000119");
    expect(await succeed(["balance", "--home", late])).toMatchObject({ balance: "3000000", free: "3000000" });
  });
});

describe("refused is", () => {
  const folder = (name: string, link?: string) => {
    const path = join(market.world.directory, name);
    mkdirSync(path);
    if (link !== undefined) symlinkSync(market.path, join(path, link));
    return path;
  };
  const small = () => market.world.randomFile("small.bin", 63 * 64 * 1024);
  const publish = (file: string, exitCode: number, code: string, says: RegExp, ...options: string[]) =>
    refusal(exitCode, code, says, "publish", file, ...options, "--home", market.rich);
  const withdraw = (amount: string, to: string, exitCode: number, code: string, says: RegExp) =>
    refusal(exitCode, code, says, "withdraw", amount, "--to", to, "--home", market.rich);
  const asOperator = (exitCode: number, code: string, says: RegExp, ...args: string[]) => {
    const file = join(market.world.directory, "wrong-secret");
    writeFileSync(file, "ef".repeat(32), { mode: 0o600 });
    return refusal(exitCode, code, says, ...args, "--authority", market.world.network.apiUrl, "--secret-file", file);
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
          market.rich,
          "--authority",
          market.world.network.apiUrl,
        ),
    ],
    [
      "a file that is not there",
      () => publish("/no/such/film.mp4", 3, "FILE_UNREADABLE", /cannot read .*check the path/),
    ],
    ["a folder of nothing", () => publish(folder("hollow"), 2, "FILE_EMPTY", /nothing to publish/)],
    ["a folder with a link", () => publish(folder("linked", "link"), 2, "LINK_REFUSED", /--links follow/)],
    ["an empty file", () => publish(market.world.randomFile("empty.bin", 0), 2, "FILE_EMPTY", /nothing to publish/)],
    [
      "paid content of few pieces",
      () => publish(small(), 2, "FILE_TOO_SMALL", /larger than 3\.9 MiB.*free with --price 0/, "--price", "1"),
    ],
    [
      "a price below a base unit",
      () => publish(market.path, 2, "AMOUNT_INVALID", /6 decimals/, "--price", "0.0000001"),
    ],
    [
      "a title with control characters",
      () => publish(market.path, 2, "TITLE_INVALID", /plain text/, "--title", "a\u001b[2Jb"),
    ],
    [
      "content of another publisher",
      () => publish(market.path, 4, "FORBIDDEN", /by another account/, "--price", "1.00"),
    ],
    [
      "another price for the same content",
      () => refusal(2, "PRICE_INVALID", /cannot change/, "publish", market.path, "--price", "2", "--home", market.poor),
    ],
    [
      "a long search",
      () => refusal(2, "QUERY_TOO_LONG", /200 characters/, "search", "x".repeat(201), "--home", market.rich),
    ],
    [
      "more than there is",
      () => withdraw("5.000001", market.account, 6, "BALANCE_TOO_LOW", /has 5\.000000 TUSD, not 5\.000001/),
    ],
    ["a withdrawal of nothing", () => withdraw("0", market.account, 2, "AMOUNT_INVALID", /above zero/)],
    [
      "a withdrawal to the contract",
      () => withdraw("1", market.world.network.contract, 2, "WITHDRAWAL_REFUSED", /RecipientInvalid/),
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
          ...["authority", "start", "--rpc", market.world.network.rpcUrl, "--port", "0"],
          ...["--tracker-url", "http://127.0.0.1:1/announce", "--home", market.world.network.operatorHome],
        ),
    ],
    [
      "a second peer in one home",
      () =>
        refusal(
          3,
          "HOME_IN_USE",
          /choose another --home/,
          "seed",
          market.id,
          "--file",
          market.path,
          "--home",
          market.poor,
        ),
    ],
  ])("%s", refuse);
});

describe("without the authority, refused is", () => {
  const rpc = () => ["--rpc", market.world.network.rpcUrl];
  const exit = (amount: string, exitCode: number, code: string, says: RegExp, ...options: string[]) =>
    refusal(
      exitCode,
      code,
      says,
      ...["withdraw", amount, "--to", market.account, "--unilateral", ...rpc(), "--home", market.rich],
      ...options,
    );
  const bond = (exitCode: number, code: string, says: RegExp, ...args: string[]) =>
    refusal(exitCode, code, says, "bond", ...args, ...rpc(), "--contract", market.world.network.contract);
  const operatorKey = () => join(market.world.network.operatorHome, "operator.key");

  test.concurrent.each<Row>([
    [
      "a claim against a contract of another token",
      () => {
        const home = join(market.world.directory, "other-token");
        cpSync(market.rich, home, { recursive: true });
        const file = join(home, "network.json");
        const network = JSON.parse(readFileSync(file, "utf8"));
        network.token.address = `0x${"22".repeat(20)}`;
        writeFileSync(file, JSON.stringify(network), { mode: 0o600 });
        return refusal(3, "CHAIN_MISMATCH", /counts another token/, "claim", ...rpc(), "--home", home);
      },
    ],
    [
      "a limit below a base unit",
      () => refusal(2, "AMOUNT_INVALID", /6 decimals/, "claim", ...rpc(), "--min", "0.0000001", "--home", market.rich),
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
      () => bond(5, "CONTRACT_REFUSED", /NothingToWithdraw/, "withdraw", "--to", market.account),
    ],
    [
      "a budget that falls",
      () => {
        const { allotter } = JSON.parse(
          readFileSync(join(market.world.network.operatorHome, "deployment.json"), "utf8"),
        );
        return bond(5, "CONTRACT_REFUSED", /BondBudgetTooLow/, "budget", "99", "--allotter", allotter);
      },
    ],
  ])("%s", refuse);
});

describe("a session", () => {
  /** A copy of the rich home that no other test uses, with another session. */
  const withSession = (name: string, change: object): string => {
    const home = join(market.world.directory, name);
    cpSync(market.rich, home, { recursive: true });
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
        cpSync(join(market.poor, "wallet.json"), join(home, "wallet.json"));
        return refusal(3, "WALLET_INVALID", /is not the registered account/, "balance", "--home", home);
      },
    ],
  ])("%s", refuse);
});

test("a publish that ends between two of its requests is finished by the same command", async () => {
  const path = market.world.randomFile("cut-off.bin", BYTES);
  const args = ["publish", path, "--price", "1", "--title", "Cut off", "--home", market.rich, "--json"];
  const found = async () => {
    const { torrents } = await succeed(["search", "Cut off", "--home", market.rich]);
    return (torrents as { title: string; listing: object | null }[]).map(({ listing }) => listing !== null);
  };
  const answered: string[] = [];
  const real = globalThis.fetch;
  const cut = vi.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
    const route = `${init?.method ?? "GET"} ${new URL(String(url)).pathname}`;
    if (/listing/.test(route)) throw new TypeError("fetch failed");
    answered.push(route);
    return real(url, init);
  });
  expect((await runInProcess(args, environment)).exitCode).toBe(5);
  cut.mockRestore();
  expect(answered.some((route) => route.startsWith("POST") && route.endsWith("/torrents"))).toBe(true);
  expect(await succeed(args.slice(0, -1))).toMatchObject({ event: "done", title: "Cut off" });
  expect(await found()).toEqual([true]);
});

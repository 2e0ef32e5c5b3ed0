import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runInProcess } from "../../scripts/devnet/in-process.ts";
import { type BadInput, expectRefusal } from "./support/run-cli.ts";

const { version: VERSION } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
const ID = "0123456789abcdef0123456789abcdef01234567";
const ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7";
const RPC = ["--rpc", "http://127.0.0.1:8545"];
const BOND = `${RPC.join(" ")} --contract ${ADDRESS}`;
const AUTHORITY = ["--authority", "http://127.0.0.1:8600"];
const CARD = ["--card", "4242424242424242"];

const COMMANDS = [
  "up",
  "doctor",
  "completion",
  "chain",
  "deploy",
  "authority start",
  "tracker start",
  "wallet new",
  "wallet import",
  "wallet export",
  "wallet show",
  "register",
  "deposit",
  "balance",
  "earnings",
  "withdraw",
  "publish",
  "search",
  "get",
  "seed",
  "settle",
  "vouchers ls",
  "vouchers export",
  "claim",
  "bond status",
  "bond deposit",
  "bond request",
  "bond budget",
  "bond withdraw",
  "audit run",
  "audit export",
  "audit prove",
  "audit verify",
  "faucet",
];

describe("help", () => {
  test.concurrent.each(COMMANDS)("of `%s` shows options and examples, on standard output", async (command) => {
    const { exitCode, stdout, stderr } = await runInProcess([...command.split(" "), "--help"]);
    expect(stdout).toMatch(new RegExp(`^Usage: floodgate ${command} `));
    expect(stdout).toMatch(/--home <directory>/);
    expect(stdout).toMatch(/--json/);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}floodgate ${command}`));
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  test.concurrent("of the program names every command and every exit code", async () => {
    const { exitCode, stdout } = await runInProcess(["--help"]);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command.split(" ")[0]}\\b`, "m"));
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 8, 130])
      expect(stdout).toMatch(new RegExp(`^ {2}${code} {2,}\\w`, "m"));
    expect(exitCode).toBe(0);
  });

  test.concurrent.each([["wallet"], ["authority"], ["tracker"], ["vouchers"], ["bond"]])(
    "is shown for `%s` alone",
    async (...args) => {
      const { exitCode, stdout, stderr } = await runInProcess(args);
      expect(stderr).toMatch(/^Usage: floodgate/);
      expect(stdout).toBe("");
      expect(exitCode).toBe(2);
    },
  );
});

test("without --json an error leaves standard output empty", async () => {
  const { exitCode, stdout, stderr } = await runInProcess(["get", "xyz", "--out", "."]);
  expect(stderr).toMatch(/^error: .* \(USAGE\)\n$/);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});

const usage = (args: string, says: RegExp): BadInput => ({ args: args.split(" "), exitCode: 2, code: "USAGE", says });

describe("a wrong command line is refused", () => {
  test.concurrent.each<BadInput>([
    usage("frobnicate", /unknown command 'frobnicate'/),
    usage("wallet melt", /unknown command 'melt'/),
    usage("balance --frob", /unknown option '--frob'/),
    usage("balance now", /too many arguments/),
    usage(`get ${ID} --outt x`, /unknown option '--outt'.*Did you mean --out\?/),
    usage("audit --rpcc http://127.0.0.1:8545", /unknown option '--rpcc'/),
    usage("audit rnu", /too many arguments/),
    usage("help gte", /unknown command 'gte'.*Did you mean get\?.*see --help/),
    usage("chain --port 65536", /a port from 0 .* to 65535/),
    usage("chain --port 80x", /a port from 0/),
    usage("chain --host nowhere", /an IP address of this machine/),
    usage("chain --chain-id 0", /a whole number from 1 to/),
    usage("deploy", /required option '--rpc <url>'/),
    usage("deploy --rpc 127.0.0.1:8545", /not an http address: write it like/),
    usage("deploy --rpc ftp://127.0.0.1", /not an http address/),
    usage(`deploy ${RPC.join(" ")} --fee-bps 1001`, /a whole number from 0 to 1000/),
    usage(`deploy ${RPC.join(" ")} --fee-bps 1.5`, /a whole number from 0 to 1000/),
    usage(`deploy ${RPC.join(" ")} --allotment-period -1`, /a whole number from 1/),
    usage(`deploy ${RPC.join(" ")} --owner 0x123`, /not an address: write 0x and 40 hex digits/),
    usage(
      `deploy ${RPC.join(" ")} --token ${ADDRESS.replace("E", "e")}`,
      /wrong checksum \(EIP-55\): copy the address again/,
    ),
    usage("authority start --tracker-url http://127.0.0.1:8700/announce", /required option '--rpc <url>'/),
    usage(`authority start ${RPC.join(" ")}`, /required option '--tracker-url <url>'/),
    usage("tracker start", /required option '--authority <url>'/),
    usage(`tracker start ${AUTHORITY.join(" ")} --interval 4`, /a whole number from 5 to 3600/),
    usage("register", /required option '--authority <url>'/),
    usage("register --authority http://user:secret@127.0.0.1", /not an http address/),
    usage(`register ${AUTHORITY.join(" ")} --deposit 5,00 ${CARD.join(" ")}`, /Write digits, like 12\.5/),
    usage(`register ${AUTHORITY.join(" ")} --deposit 5 --card 4242424242424241`, /one of them is wrong/),
    usage("deposit 5", /required option '--card <number>'/),
    usage(`deposit ${CARD.join(" ")}`, /missing required argument 'amount'/),
    usage(`deposit 1e3 ${CARD.join(" ")}`, /Write digits/),
    usage(`deposit -5 ${CARD.join(" ")}`, /Write digits/),
    usage(`deposit 0x10 ${CARD.join(" ")}`, /Write digits/),
    usage("deposit 5 --card 4242", /12 to 19 digits/),
    usage("publish", /missing required argument 'path'/),
    usage("publish film.mp4 --price free", /Write digits/),
    usage("get --out .", /missing required argument 'id'/),
    usage(`get ${ID}`, /required option '--out <directory>'/),
    usage(`get ${ID}0 --out .`, /the id that `floodgate search` shows/),
    usage("get film --out .", /the id that `floodgate search` shows/),
    usage(`get ${ID} --out . --max-spend NaN`, /Write digits/),
    usage(`get ${ID} --out . --max-price 1_000`, /Write digits/),
    usage(`get ${ID} --out . --host localhost`, /an IP address of this machine/),
    usage(`get ${ID} --out . --torrent-port 1.5`, /a port from 0/),
    usage(`seed ${ID} --file film.mp4 --upload-limit 0`, /a whole number from 16/),
    usage(`get ${ID} --out . --stream --stream-port 70000`, /a port from 0/),
    usage(`seed ${ID}`, /required option '--file <path>'/),
    usage("withdraw 1", /required option '--to <address>'/),
    usage("withdraw 1 --to alice.eth", /not an address: write 0x/),
    usage(`withdraw all --to ${ADDRESS}`, /Write digits/),
    usage(`withdraw 1 --to ${ADDRESS} --unilateral --rpc chain`, /not an http address/),
    usage("claim", /required option '--rpc <url>'/),
    usage("claim --rpc ftp://127.0.0.1", /not an http address/),
    usage(`claim ${RPC.join(" ")} --min -1`, /Write digits/),
    usage(`claim ${RPC.join(" ")} all`, /too many arguments/),
    usage("faucet", /required option '--rpc <url>'/),
    usage(`faucet ${RPC.join(" ")}`, /required option '--to <address>'/),
    usage(`faucet ${RPC.join(" ")} --to alice`, /not an address/),
    usage("bond melt", /unknown command 'melt'/),
    usage(`bond status ${RPC.join(" ")}`, /required option '--contract <address>'/),
    usage(`bond status --contract ${ADDRESS}`, /required option '--rpc <url>'/),
    usage(`bond deposit ${BOND}`, /missing required argument 'amount'/),
    usage(`bond deposit all ${BOND}`, /Write digits/),
    usage(`bond request -1 ${BOND}`, /Write digits/),
    usage(`bond budget 1 ${BOND}`, /required option '--allotter <address>'/),
    usage(`bond budget 1 --allotter 0x12 ${BOND}`, /not an address/),
    usage(`bond withdraw ${BOND}`, /required option '--to <address>'/),
    usage(`deploy ${RPC.join(" ")} --bond ten`, /Write digits/),
    usage(`deploy ${RPC.join(" ")} --bond-budget 1e3`, /Write digits/),
    usage("settle", /required option '--authority <url>'/),
    usage(`audit ${RPC.join(" ")}`, /required option '--contract <address>'/),
    usage(`audit ${RPC.join(" ")} --contract ${ID}`, /not an address/),
    usage(`audit ${RPC.join(" ")} --contract ${ADDRESS} --from-block latest`, /a whole number from 0/),
    usage(`audit run ${RPC.join(" ")}`, /required option '--contract <address>'/),
    usage(`audit melt ${BOND}`, /too many arguments/),
    usage(`audit prove ${BOND} --account ${ADDRESS}`, /required option '--out <file>'/),
    usage(`audit prove ${BOND} --lane 7 --out lane.json`, /the payer's address, a slash and the lane's number/),
    usage(`audit prove ${BOND} --lane ${ADDRESS}/4294967296 --out lane.json`, /a slash and the lane's number/),
    usage("audit verify", /missing required argument 'file'/),
    usage(`audit export ${BOND}`, /required option '--account <address>'/),
    usage(`audit export ${BOND} --account ${ADDRESS}`, /required option '--format <format>'/),
    usage(`audit export ${BOND} --account ${ADDRESS} --format pdf`, /Allowed choices are csv, beancount/),
  ])("$args", expectRefusal);
});

describe("a download is refused with", () => {
  const alone = /--stream-port and --stream-file need --stream: add it/;

  test.concurrent.each<BadInput>(
    ["--stream-port 8000", "--stream-file film.mp4"].map((option) => ({
      args: `get ${ID} --out . ${option}`.split(" "),
      exitCode: 2,
      code: "OPTIONS_INCOMPLETE",
      says: alone,
    })),
  )("$args", expectRefusal);
});

describe("a withdrawal is refused with", () => {
  const withdraw = (options: string, code: string, says: RegExp): BadInput => ({
    args: `withdraw 1 --to ${ADDRESS} ${options}`.split(" "),
    exitCode: 2,
    code,
    says,
  });
  const incomplete = /give --unilateral and --rpc together, and --gas-key-file only with them/;

  test.concurrent.each<BadInput>([
    withdraw("--unilateral", "OPTIONS_INCOMPLETE", incomplete),
    withdraw(RPC.join(" "), "OPTIONS_INCOMPLETE", incomplete),
    withdraw("--gas-key-file gas.key", "OPTIONS_INCOMPLETE", incomplete),
    withdraw(`--now --unilateral ${RPC.join(" ")}`, "OPTIONS_CONFLICT", /give one of them/),
  ])("$args", expectRefusal);
});

test("help of a command is its --help, and --version is that of the package", async () => {
  const [asked, help, version] = await Promise.all(
    [["help", "wallet", "new"], ["wallet", "new", "--help"], ["--version"]].map((args) => runInProcess(args)),
  );
  expect(asked).toEqual(help);
  expect(version).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n` });
});

test("required options are marked in the help", async () => {
  expect((await runInProcess(["seed", "--help"])).stdout).toMatch(/--file <path> +the file, or the folder; required/);
});

describe("~ at the start of a path is the user's home", () => {
  test.concurrent.each([["--home=~/none"], ["--home", "~/none"]])("in %s", async (...option) => {
    const environment = { HOME: "/nowhere", XDG_DATA_HOME: "" };
    const { stderr } = await runInProcess(["wallet", "show", ...option], environment);
    expect(stderr).toContain("there is no wallet at /nowhere/none/wallet.json");
  });
});

describe("`floodgate` alone says what to do next", () => {
  const root = mkdtempSync(join(tmpdir(), "floodgate-next-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const next = async (...files: string[]) => {
    for (const file of files) writeFileSync(join(root, file), "");
    const { exitCode, stdout } = await runInProcess([], { FLOODGATE_HOME: root });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Home: ${root}. All commands: floodgate --help`);
    return stdout;
  };

  test("in an empty home, with a wallet, and with an account", async () => {
    expect(await next()).toMatch(/floodgate up .*\n +floodgate wallet new/);
    expect(await next("wallet.json")).toContain("floodgate register --authority URL");
    expect(await next("network-defaults.json")).toContain("floodgate register --deposit 5 --card");
    expect(await next("network.json")).toContain("floodgate get ID --out .");
  });
});

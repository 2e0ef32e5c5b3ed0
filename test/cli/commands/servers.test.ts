import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeAbiParameters } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runInProcess } from "../../support/in-process.ts";
import { type FakeHttp, startFakeHttp, startFakeRpc } from "../support/fake-http.ts";
import { type BadInput, expectRefusal } from "../support/run-cli.ts";

/** Nodes and authorities that are not there, not what they should be, or not the same as before. */

const ADDRESS = `0x${"11".repeat(20)}`;
const GENESIS = `0x${"33".repeat(32)}`;
const NOBODY = "http://127.0.0.1:1";
/** Key of the first account of every devnet. */
const KNOWN_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

const root = mkdtempSync(join(tmpdir(), "floodgate-servers-"));
const home = (name: string, files: Readonly<Record<string, string>> = {}): string[] => {
  mkdirSync(join(root, name), { mode: 0o700 });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, name, file), text, { mode: 0o600 });
  return ["--home", join(root, name)];
};
const keyFile = (name: string, key: string): string => {
  writeFileSync(join(root, name), key, { mode: 0o600 });
  return join(root, name);
};
const block = { number: "0x0", hash: GENESIS, timestamp: "0x1", transactions: [] };

let chain: FakeHttp;
let mainnet: FakeHttp;
let website: FakeHttp;
let authority: FakeHttp;
let other: FakeHttp;
beforeAll(async () => {
  const knows = { eth_chainId: "0x7a69", eth_getBlockByNumber: block, eth_blockNumber: "0x0", eth_getCode: "0x" };
  chain = await startFakeRpc(knows, TOKEN);
  mainnet = await startFakeRpc({ eth_chainId: "0x1", eth_getBlockByNumber: block });
  website = await startFakeHttp(() => ({ type: "text/html", body: "<html>It works!</html>" }));
  authority = await startFakeHttp(() => ({ body: JSON.stringify(INFO) }));
  other = await startFakeHttp((path) => ({ status: 404, type: "text/plain", body: `no ${path}` }));
});
afterAll(async () => {
  await Promise.all([chain, mainnet, website, authority, other].map((server) => server[Symbol.asyncDispose]()));
  rmSync(root, { recursive: true });
});

/** A token called EUR, with 6 decimals, of which nobody has any: answers to symbol, decimals and balanceOf. */
const TOKEN = {
  "0x95d89b41": encodeAbiParameters([{ type: "string" }], ["EUR"]),
  "0x313ce567": encodeAbiParameters([{ type: "uint8" }], [6]),
  "0x70a08231": encodeAbiParameters([{ type: "uint256" }], [0n]),
};

const INFO = {
  version: "0.1.0",
  chainId: 31337,
  contract: ADDRESS,
  deployedAtBlock: 1,
  token: { address: `0x${"22".repeat(20)}`, symbol: "TUSD", decimals: 6 },
  trackerUrl: `${NOBODY}/announce`,
  allotters: [ADDRESS],
  operator: ADDRESS,
  feeBps: 100,
  allotmentPeriodSec: 120,
  claimPeriodSec: 120,
  acceptMarginSec: 10,
  pushIntervalSec: 2,
  bond: { amount: "0", withdrawing: "0", withdrawableAt: 0, budget: "0", spent: "0" },
  payDueSec: 3,
  sessionLifetimeSec: 3600,
  now: 1_800_000_000,
};
const deployment = (change: object = {}): string =>
  JSON.stringify({
    version: 1,
    chainId: 31337,
    genesisHash: GENESIS,
    contract: ADDRESS,
    token: ADDRESS,
    deployedAtBlock: 1,
    operator: ADDRESS,
    allotter: ADDRESS,
    ...change,
  });
const keys = { "operator.key": `0x${"ab".repeat(32)}\n`, "allotter.key": `0x${"cd".repeat(32)}\n` };

const start = (rpc: string, home: readonly string[], rest: Omit<BadInput, "args">, ...more: string[]): BadInput => ({
  args: ["authority", "start", "--rpc", rpc, "--tracker-url", `${NOBODY}/announce`, "--port", "0", ...home, ...more],
  ...rest,
});
const deploy = (rpc: string, home: readonly string[], rest: Omit<BadInput, "args">, ...more: string[]): BadInput => ({
  args: ["deploy", "--rpc", rpc, ...home, ...more],
  ...rest,
});
const audit = (rpc: string, rest: Omit<BadInput, "args">): BadInput => ({
  args: ["audit", "--rpc", rpc, "--contract", ADDRESS],
  ...rest,
});

const { chainId, contract, token } = INFO;
const NETWORK = JSON.stringify({ version: 1, apiUrl: NOBODY, chainId, contract, token });
const withNetwork = (name: string): string[] => home(name, { "network.json": NETWORK });
const claim = (rpc: string, home: readonly string[], rest: Omit<BadInput, "args">): BadInput => ({
  args: ["claim", "--rpc", rpc, ...home],
  ...rest,
});
const faucet = (rpc: string, rest: Omit<BadInput, "args">): BadInput => ({
  args: ["faucet", "--rpc", rpc, "--to", ADDRESS],
  ...rest,
});
const bond = (rpc: string, rest: Omit<BadInput, "args">): BadInput => ({
  args: ["bond", "status", "--rpc", rpc, "--contract", ADDRESS],
  ...rest,
});

describe("a chain", () => {
  const away = { exitCode: 5, code: "RPC_UNAVAILABLE", says: /cannot reach a chain at|does not answer|no chain/ };
  const mismatch = { exitCode: 3, code: "CHAIN_MISMATCH" };

  test.concurrent.each<[string, () => BadInput]>([
    ["that is away stops deploy", () => deploy(NOBODY, home("c1"), away)],
    ["that is a web site stops deploy", () => deploy(website.url, home("c2"), away)],
    ["that is a web site stops audit", () => audit(website.url, { ...away, says: /./ })],
    ["that is away stops audit", () => audit(NOBODY, { ...away, says: /./ })],
    [
      "with another id stops the authority",
      () =>
        start(mainnet.url, home("c3", { "deployment.json": deployment() }), {
          ...mismatch,
          says: /is of chain 31337, but .* is chain 1: give the right --rpc or --deployment/,
        }),
    ],
    [
      "that has restarted stops the authority",
      () =>
        start(chain.url, home("c4", { "deployment.json": deployment({ genesisHash: `0x${"99".repeat(32)}` }) }), {
          ...mismatch,
          says: /a devnet forgets everything when it stops\): deploy again/,
        }),
    ],
    [
      "without the contract stops the authority",
      () =>
        start(chain.url, home("c5", { "deployment.json": deployment(), ...keys }), {
          exitCode: 2,
          code: "CONTRACT_MISSING",
          says: /no contract at 0x1111/,
        }),
    ],
    [
      "without the contract stops audit",
      () => audit(chain.url, { exitCode: 2, code: "CONTRACT_MISSING", says: /check --contract/ }),
    ],
    ["that is away stops claim", () => claim(NOBODY, withNetwork("c9"), away)],
    ["that is away stops a faucet", () => faucet(NOBODY, away)],
    ["that is away stops bond", () => bond(NOBODY, away)],
    [
      "of another id stops claim",
      () =>
        claim(mainnet.url, withNetwork("c10"), {
          ...mismatch,
          says: /is on chain 31337, but .* is chain 1: give the right --rpc or --home/,
        }),
    ],
    [
      "without the contract stops claim",
      () =>
        claim(chain.url, withNetwork("c11"), {
          ...mismatch,
          says: /no Floodgate contract at 0x1111.*a devnet forgets everything/,
        }),
    ],
    [
      "without the contract stops an exit without the authority",
      () => ({
        ...mismatch,
        args: ["withdraw", "1", "--to", ADDRESS, "--unilateral", "--rpc", chain.url, ...withNetwork("c12")],
        says: /no Floodgate contract at 0x1111/,
      }),
    ],
    [
      "without the contract stops bond",
      () => bond(chain.url, { ...mismatch, says: /no Floodgate contract at 0x1111/ }),
    ],
    [
      "with real money has no faucet",
      () => faucet(mainnet.url, { exitCode: 3, code: "DEVNET_ONLY", says: /chain 1 is no devnet: its ether is real/ }),
    ],
    [
      "with real money wants the owner's key for the bond",
      () => ({
        args: ["bond", "deposit", "1", "--rpc", mainnet.url, "--contract", ADDRESS],
        exitCode: 3,
        code: "KEY_FILE_MISSING",
        says: /give --key-file with the owner's key/,
      }),
    ],
    [
      "gets no bond of a token that the owner does not have",
      () =>
        deploy(
          chain.url,
          home("c14"),
          { exitCode: 6, code: "TOKENS_MISSING", says: /has 0\.000000 EUR, not 1\.000000 EUR: send it some/ },
          ...["--token", ADDRESS, "--bond", "1"],
        ),
    ],
    [
      "gets no bond of another owner",
      () =>
        deploy(
          chain.url,
          home("c13"),
          { exitCode: 2, code: "BOND_OWNER", says: /only the owner 0x1111.* puts the bond in/ },
          ...["--owner", ADDRESS, "--bond", "1"],
        ),
    ],
    [
      "with real money wants an operator key of one's own",
      () =>
        deploy(mainnet.url, home("c6"), { exitCode: 3, code: "KEY_FILE_MISSING", says: /give --operator-key-file/ }),
    ],
    [
      "with real money wants a real token",
      () =>
        deploy(
          mainnet.url,
          home("c7"),
          { exitCode: 2, code: "TOKEN_MISSING", says: /give --token/ },
          "--operator-key-file",
          keyFile("own.key", `0x${"ab".repeat(32)}`),
        ),
    ],
    [
      "with real money wants no key that everybody knows",
      () =>
        deploy(
          mainnet.url,
          home("c8"),
          { exitCode: 3, code: "WELL_KNOWN_KEY", says: /is known to everybody/ },
          ...["--operator-key-file", keyFile("known.key", KNOWN_KEY), "--token", ADDRESS],
        ),
    ],
  ])("%s", (_name, input) => expectRefusal(input()));
});

describe("an authority's start is refused", () => {
  const started = { "deployment.json": deployment() };
  const missing = { exitCode: 3, code: "KEY_FILE_MISSING", says: /`floodgate deploy` makes it/ };
  const wrong = { exitCode: 3, code: "KEY_FILE_INVALID", says: /must hold one private key/ };

  test.concurrent.each<[string, () => BadInput]>([
    ["without keys", () => start(chain.url, home("k1", started), missing)],
    [
      "with a key that is too short",
      () => start(chain.url, home("k2", { ...started, ...keys, "operator.key": "0xabab" }), wrong),
    ],
    [
      "with a key of zeros",
      () => start(chain.url, home("k3", { ...started, ...keys, "allotter.key": `0x${"00".repeat(32)}` }), wrong),
    ],
    [
      "with an unknown log level",
      () =>
        start(
          chain.url,
          home("k4", { ...started, ...keys }),
          { exitCode: 3, code: "CONFIG_INVALID", says: /log level: choose one of/ },
          ...["--log-level", "loud"],
        ),
    ],
    [
      "with a tracker address that is none",
      () =>
        start(
          chain.url,
          home("k5", { ...started, ...keys }),
          { exitCode: 3, code: "CONFIG_INVALID", says: /tracker URL: write it like/ },
          ...["--tracker-url", "tracker"],
        ),
    ],
  ])("%s", (_name, input) => expectRefusal(input()));
});

describe("an authority", () => {
  const registered = (change: object): Record<string, string> => {
    const { chainId, contract, token } = INFO;
    return {
      "network.json": JSON.stringify({ version: 1, chainId, contract, token, apiUrl: authority.url, ...change }),
    };
  };
  const search = (home: readonly string[], rest: Omit<BadInput, "args">): BadInput => ({
    args: ["search", ...home],
    ...rest,
  });
  const changed = { exitCode: 3, code: "NETWORK_CHANGED", says: /choose another --home for it/ };

  test.concurrent.each<[string, () => BadInput]>([
    [
      "that is a web site is refused",
      () =>
        search(home("a1", registered({ apiUrl: website.url })), {
          exitCode: 5,
          code: "REPLY_INVALID",
          says: /is it a Floodgate authority of the same version\?/,
        }),
    ],
    [
      "that knows no such route is refused",
      () =>
        search(home("a2", registered({ apiUrl: other.url })), {
          exitCode: 5,
          code: "AUTHORITY_FAILED",
          says: /answered with HTTP 404: is it a Floodgate authority\?/,
        }),
    ],
    [
      "that uses another contract than before is refused",
      () => search(home("a3", registered({ contract: `0x${"66".repeat(20)}` })), changed),
    ],
    ["that uses another chain than before is refused", () => search(home("a4", registered({ chainId: 1 })), changed)],
    [
      "that uses another token than before is refused",
      () => search(home("a5", registered({ token: { ...INFO.token, decimals: 18 } })), changed),
    ],
    [
      "to which the account was never logged in is refused",
      () => ({
        args: ["balance", ...home("a6", registered({}))],
        exitCode: 3,
        code: "NOT_REGISTERED",
        says: /run `floodgate register` again/,
      }),
    ],
    [
      "cannot hand out a damaged session",
      () => ({
        args: ["balance", ...home("a7", { ...registered({}), "session.json": "{}" })],
        exitCode: 3,
        code: "SESSION_INVALID",
        says: /delete it and run `floodgate register` again/,
      }),
    ],
  ])("%s", (_name, input) => expectRefusal(input()));
});

test("a port that is in use stops the tracker", async () => {
  const secretFile = keyFile("secret", "ef".repeat(32));
  const asker = await startFakeHttp(() => ({ body: JSON.stringify({ admitted: false, failureReason: "unknown" }) }));
  const options = ["--secret-file", secretFile, "--port", String(website.port)];
  await expectRefusal({
    args: ["tracker", "start", "--authority", asker.url, ...options],
    exitCode: 3,
    code: "PORT_IN_USE",
    says: /choose another with --port/,
  });
  await asker[Symbol.asyncDispose]();
});

test("a deployment that failed leaves no deployment file behind", async () => {
  expect((await runInProcess(["deploy", "--rpc", website.url, ...home("half")])).exitCode).toBe(5);
  expect(readdirSync(join(root, "half"))).not.toContain("deployment.json");
});

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { type BadInput, expectRefusal } from "../support/run-cli.ts";

/**
 * Homes, keystores, passphrases, key files, deployment files and secrets, wrong in every way: no
 * server runs.
 */

const PASSPHRASE = { FLOODGATE_PASSPHRASE: "correct horse" };
const KEY = `0x${"ab".repeat(32)}`;
/** A port that nothing listens on. */
const NOBODY = "http://127.0.0.1:1";

const root = mkdtempSync(join(tmpdir(), "floodgate-cli-"));
const at = (...parts: string[]): string => join(root, ...parts);
const file = (name: string, text: string, mode = 0o600): string => {
  writeFileSync(at(name), text, { mode });
  return at(name);
};
const home = (name: string, files: Readonly<Record<string, string>>, mode = 0o600): string[] => {
  mkdirSync(at(name), { mode: 0o700 });
  for (const [file, text] of Object.entries(files)) writeFileSync(at(name, file), text, { mode });
  return ["--home", at(name)];
};

const NETWORK = JSON.stringify({
  version: 1,
  apiUrl: NOBODY,
  chainId: 31337,
  contract: `0x${"11".repeat(20)}`,
  token: { address: `0x${"22".repeat(20)}`, symbol: "TUSD", decimals: 6 },
});

let wallet: string[];
let walletJson: string;
beforeAll(async () => {
  wallet = ["--home", at("wallet")];
  const { exitCode, stderr } = await runInProcess(["wallet", "new", ...wallet], PASSPHRASE);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  walletJson = readFileSync(at("wallet", "wallet.json"), "utf8");
});
afterAll(() => {
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true });
});

test("a new wallet is a file for its owner alone, and its address can be shown without the passphrase", async () => {
  expect(statSync(at("wallet")).mode & 0o777).toBe(0o700);
  expect(statSync(at("wallet", "wallet.json")).mode & 0o777).toBe(0o600);
  const { stdout } = await runInProcess(["wallet", "show", ...wallet, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ event: "done", address: expect.stringMatching(/^0x[0-9a-f]{40}$/) });
});

describe("a passphrase", () => {
  const create = (name: string, options: Partial<BadInput>, ...more: string[]): BadInput => ({
    args: ["wallet", "new", ...home(name, {}), ...more],
    exitCode: 3,
    code: "PASSPHRASE_FILE_INVALID",
    says: /one line with the passphrase/,
    ...options,
  });
  const short = { exitCode: 2, code: "PASSPHRASE_TOO_SHORT", says: /at least 8 characters/ };
  const missing = { exitCode: 4, code: "PASSPHRASE_MISSING", says: /--passphrase-file FILE, set FLOODGATE_PASSPHRASE/ };

  test.concurrent.each<[string, () => BadInput]>([
    ["that is too short", () => create("p1", { ...short, environment: { FLOODGATE_PASSPHRASE: "short" } })],
    ["from nowhere", () => create("p2", missing)],
    ["in an empty file", () => create("p3", {}, "--passphrase-file", file("empty", ""))],
    ["in a file of two lines", () => create("p4", {}, "--passphrase-file", file("two", "one\ntwo\n"))],
    [
      "in no file",
      () => create("p5", { says: /cannot read the passphrase file/ }, "--passphrase-file", at("nothing here")),
    ],
    [
      "that is wrong",
      () => ({
        args: ["register", "--authority", NOBODY, ...wallet],
        exitCode: 4,
        code: "PASSPHRASE_WRONG",
        says: /wrong passphrase for .*wallet\.json/,
        environment: { FLOODGATE_PASSPHRASE: "wrong horse" },
      }),
    ],
  ])("%s is refused", (_name, input) => expectRefusal(input()));

  test("that was refused has made no wallet", () => {
    for (const name of ["p1", "p2", "p3", "p4", "p5"])
      expect(() => statSync(at(name, "wallet.json"))).toThrow(/ENOENT/);
  });
});

describe("a home", () => {
  const register = (home: readonly string[], code: string, says: RegExp): BadInput => ({
    args: ["register", "--authority", NOBODY, ...home],
    exitCode: 3,
    code,
    says,
    environment: PASSPHRASE,
  });
  const balance = (home: readonly string[], code: string, says: RegExp, exitCode = 3): BadInput => ({
    args: ["balance", ...home],
    exitCode,
    code,
    says,
    environment: PASSPHRASE,
  });
  const open = (name: string): string[] => {
    const options = home(name, {});
    chmodSync(at(name), 0o777);
    return options;
  };

  test.concurrent.each<[string, () => BadInput]>([
    [
      "with a wallet already",
      () => ({ ...register(wallet, "FILE_EXISTS", /already exists/), args: ["wallet", "new", ...wallet] }),
    ],
    [
      "that is a file",
      () => ({
        ...register([], "HOME_INVALID", /cannot create the directory/),
        args: ["wallet", "new", "--home", join(file("a-file", ""), "home")],
      }),
    ],
    [
      "where nothing can be made",
      () => ({
        ...register([], "HOME_INVALID", /cannot create the directory/),
        args: ["wallet", "new", "--home", "/proc/none/home"],
      }),
    ],
    [
      "that others may write to",
      () => ({ ...register([], "HOME_INVALID", /run `chmod 700/), args: ["wallet", "new", ...open("open")] }),
    ],
    ["without a wallet", () => register(home("h1", {}), "WALLET_MISSING", /create one with `floodgate wallet new`/)],
    [
      "with a wallet that is no keystore",
      () => register(home("h2", { "wallet.json": "{}" }), "WALLET_INVALID", /not a keystore/),
    ],
    [
      "with a wallet that was cut off",
      () => register(home("h3", { "wallet.json": walletJson.slice(0, 200) }), "WALLET_INVALID", /not a keystore/),
    ],
    [
      "with a wallet that others may read",
      () => register(home("h4", { "wallet.json": walletJson }, 0o644), "FILE_PERMISSIONS", /run `chmod 600/),
    ],
    [
      "with a wallet that is a directory",
      () => {
        const options = home("h5", {});
        mkdirSync(at("h5", "wallet.json"), { mode: 0o700 });
        return register(options, "FILE_UNREADABLE", /check that it is a file of yours/);
      },
    ],
    ["that was never registered", () => balance(wallet, "NOT_REGISTERED", /run `floodgate register`/)],
    [
      "that was never registered, and claims,",
      () => ({
        args: ["claim", "--rpc", NOBODY, ...wallet],
        exitCode: 3,
        code: "NOT_REGISTERED",
        says: /run `floodgate register`/,
      }),
    ],
    [
      "with a damaged network file",
      () =>
        balance(home("h6", { "network.json": "{" }), "NETWORK_FILE_INVALID", /delete it and run `floodgate register`/),
    ],
    [
      "whose authority is gone",
      () => balance(home("h7", { "network.json": NETWORK }), "AUTHORITY_UNREACHABLE", /floodgate authority start/, 5),
    ],
  ])("%s is refused", (_name, input) => expectRefusal(input()));
});

describe("a server's file", () => {
  const deployment = (change: object = {}): string =>
    JSON.stringify({
      version: 1,
      chainId: 31337,
      genesisHash: `0x${"33".repeat(32)}`,
      contract: `0x${"11".repeat(20)}`,
      token: `0x${"22".repeat(20)}`,
      deployedAtBlock: 1,
      operator: `0x${"44".repeat(20)}`,
      allotter: `0x${"55".repeat(20)}`,
      ...change,
    });
  const authority = (home: readonly string[], code: string, says: RegExp, exitCode = 3): BadInput => ({
    args: ["authority", "start", "--rpc", NOBODY, "--tracker-url", `${NOBODY}/announce`, "--port", "0", ...home],
    exitCode,
    code,
    says,
  });
  const tracker = (options: readonly string[], code: string, says: RegExp, exitCode = 3): BadInput => ({
    args: ["tracker", "start", "--authority", NOBODY, "--port", "0", ...options],
    exitCode,
    code,
    says,
  });
  const settle = (options: readonly string[], code: string, says: RegExp, exitCode = 3): BadInput => ({
    args: ["settle", "--authority", NOBODY, ...options],
    exitCode,
    code,
    says,
  });
  const secret = "ef".repeat(32);

  test.concurrent.each<[string, () => BadInput]>([
    ["no deployment", () => authority(home("s1", {}), "DEPLOYMENT_MISSING", /run `floodgate deploy` first/)],
    [
      "a deployment that is not there",
      () => authority([...home("s2", {}), "--deployment", at("no.json")], "DEPLOYMENT_MISSING", /check --deployment/),
    ],
    [
      "a deployment that is no JSON",
      () => authority(home("s3", { "deployment.json": "contract" }), "DEPLOYMENT_INVALID", /is not a deployment file/),
    ],
    [
      "a deployment with a wrong address",
      () =>
        authority(
          home("s4", { "deployment.json": deployment({ contract: "0x12" }) }),
          "DEPLOYMENT_INVALID",
          /is not a deployment file/,
        ),
    ],
    [
      "a deployment whose chain is gone",
      () =>
        authority(home("s5", { "deployment.json": deployment() }), "RPC_UNAVAILABLE", /`floodgate chain` starts/, 5),
    ],
    [
      "an operator secret that is not there",
      () => tracker(home("s6", {}), "SECRET_FILE_INVALID", /check --home or --secret-file/),
    ],
    [
      "an operator secret that others may read",
      () => tracker(["--secret-file", file("open-secret", secret, 0o644)], "FILE_PERMISSIONS", /run `chmod 600/),
    ],
    [
      "an operator secret that is a private key",
      () =>
        tracker(
          ["--secret-file", file("key-as-secret", KEY)],
          "SECRET_FILE_INVALID",
          /does not hold an operator secret/,
        ),
    ],
    [
      "a good secret for an authority that is gone",
      () =>
        tracker(["--secret-file", file("secret1", secret)], "AUTHORITY_UNREACHABLE", /cannot reach the authority/, 5),
    ],
    [
      "an operator's secret that was cut off",
      () => settle(["--secret-file", file("cut", secret.slice(1))], "SECRET_FILE_INVALID", /does not hold/),
    ],
    [
      "an operator's secret for an authority that is gone",
      () =>
        settle(["--secret-file", file("secret2", secret)], "AUTHORITY_UNREACHABLE", /cannot reach the authority/, 5),
    ],
  ])("%s is refused", (_name, input) => expectRefusal(input()));
});

test("no refusal repeats a secret", async () => {
  const run = await runInProcess([
    "tracker",
    "start",
    "--authority",
    NOBODY,
    "--secret-file",
    file("secret3", KEY.slice(2)),
  ]);
  expect(run.exitCode).toBe(5);
  expect(run.stdout + run.stderr).not.toContain(KEY.slice(2, 20));
});

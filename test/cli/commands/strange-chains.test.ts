import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { type BadInput, expectRefusal } from "../support/run-cli.ts";
import {
  ADDRESS,
  deployment,
  INFO,
  KNOWN_KEY,
  keys,
  NOBODY,
  type Strangers,
  start,
  startStrangers,
} from "../support/strangers.ts";

/** Chains that are not there, not what they should be, or not the same as before. */

let strange: Strangers;
beforeAll(async () => {
  strange = await startStrangers();
});
afterAll(() => strange[Symbol.asyncDispose]());

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
const withNetwork = (name: string): string[] => strange.home(name, { "network.json": NETWORK });
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
    ["that is away stops deploy", () => deploy(NOBODY, strange.home("c1"), away)],
    ["that is a web site stops deploy", () => deploy(strange.website.url, strange.home("c2"), away)],
    ["that is a web site stops audit", () => audit(strange.website.url, { ...away, says: /./ })],
    ["that is away stops audit", () => audit(NOBODY, { ...away, says: /./ })],
    [
      "with another id stops the authority",
      () =>
        start(strange.mainnet.url, strange.home("c3", { "deployment.json": deployment() }), {
          ...mismatch,
          says: /is of chain 31337, but .* is chain 1: give the right --rpc or --deployment/,
        }),
    ],
    [
      "that has restarted stops the authority",
      () =>
        start(
          strange.chain.url,
          strange.home("c4", { "deployment.json": deployment({ genesisHash: `0x${"99".repeat(32)}` }) }),
          {
            ...mismatch,
            says: /a devnet forgets everything when it stops\): deploy again/,
          },
        ),
    ],
    [
      "without the contract stops the authority",
      () =>
        start(strange.chain.url, strange.home("c5", { "deployment.json": deployment(), ...keys }), {
          exitCode: 2,
          code: "CONTRACT_MISSING",
          says: /no contract at 0x1111/,
        }),
    ],
    [
      "without the contract stops audit",
      () => audit(strange.chain.url, { exitCode: 2, code: "CONTRACT_MISSING", says: /check --contract/ }),
    ],
    ["that is away stops claim", () => claim(NOBODY, withNetwork("c9"), away)],
    ["that is away stops a faucet", () => faucet(NOBODY, away)],
    ["that is away stops bond", () => bond(NOBODY, away)],
    [
      "of another id stops claim",
      () =>
        claim(strange.mainnet.url, withNetwork("c10"), {
          ...mismatch,
          says: /is on chain 31337, but .* is chain 1: give the right --rpc or --home/,
        }),
    ],
    [
      "without the contract stops claim",
      () =>
        claim(strange.chain.url, withNetwork("c11"), {
          ...mismatch,
          says: /no Floodgate contract at 0x1111.*a devnet forgets everything/,
        }),
    ],
    [
      "without the contract stops an exit without the authority",
      () => ({
        ...mismatch,
        args: ["withdraw", "1", "--to", ADDRESS, "--unilateral", "--rpc", strange.chain.url, ...withNetwork("c12")],
        says: /no Floodgate contract at 0x1111/,
      }),
    ],
    [
      "without the contract stops bond",
      () => bond(strange.chain.url, { ...mismatch, says: /no Floodgate contract at 0x1111/ }),
    ],
    [
      "with real money has no faucet",
      () =>
        faucet(strange.mainnet.url, {
          exitCode: 3,
          code: "DEVNET_ONLY",
          says: /chain 1 is no devnet: its ether is real/,
        }),
    ],
    [
      "with real money wants the owner's key for the bond",
      () => ({
        args: ["bond", "deposit", "1", "--rpc", strange.mainnet.url, "--contract", ADDRESS],
        exitCode: 3,
        code: "KEY_FILE_MISSING",
        says: /give --key-file with the owner's key/,
      }),
    ],
    [
      "gets no bond of a token that the owner does not have",
      () =>
        deploy(
          strange.chain.url,
          strange.home("c14"),
          { exitCode: 6, code: "TOKENS_MISSING", says: /has 0\.000000 EUR, not 1\.000000 EUR: send it some/ },
          ...["--token", ADDRESS, "--bond", "1"],
        ),
    ],
    [
      "without the token stops deploy",
      () =>
        deploy(
          strange.mainnet.url,
          strange.home("c17"),
          {
            exitCode: 2,
            code: "CONTRACT_OTHER",
            says: /^there is no ERC-20 token at 0x1{40}: check --token, and --rpc$/,
          },
          ...["--operator-key-file", strange.keyFile("token.key", `0x${"ab".repeat(32)}`), "--token", ADDRESS],
          ...["--owner", `0x${"77".repeat(20)}`, "--claim-period", "172800"],
        ),
    ],
    [
      "gets no bond of another owner",
      () =>
        deploy(
          strange.chain.url,
          strange.home("c13"),
          { exitCode: 2, code: "BOND_OWNER", says: /only the owner 0x1111.* puts the bond in/ },
          ...["--owner", ADDRESS, "--bond", "1"],
        ),
    ],
    [
      "with real money wants an operator key of one's own",
      () =>
        deploy(strange.mainnet.url, strange.home("c6"), {
          exitCode: 3,
          code: "KEY_FILE_MISSING",
          says: /give --operator-key-file/,
        }),
    ],
    [
      "with real money wants a real token",
      () =>
        deploy(
          strange.mainnet.url,
          strange.home("c7"),
          { exitCode: 2, code: "TOKEN_MISSING", says: /give --token/ },
          "--operator-key-file",
          strange.keyFile("own.key", `0x${"ab".repeat(32)}`),
        ),
    ],
    [
      "with real money wants no key that everybody knows",
      () =>
        deploy(
          strange.mainnet.url,
          strange.home("c8"),
          { exitCode: 3, code: "WELL_KNOWN_KEY", says: /is known to everybody/ },
          ...["--operator-key-file", strange.keyFile("known.key", KNOWN_KEY), "--token", ADDRESS],
        ),
    ],
    [
      "with real money wants an owner",
      () =>
        deploy(
          strange.mainnet.url,
          strange.home("c15"),
          { exitCode: 3, code: "OWNER_MISSING", says: /give --owner with a cold key/ },
          ...["--operator-key-file", strange.keyFile("owner.key", `0x${"ab".repeat(32)}`), "--token", ADDRESS],
        ),
    ],
    [
      "with real money wants two days for claims",
      () =>
        deploy(
          strange.mainnet.url,
          strange.home("c16"),
          { exitCode: 2, code: "CLAIM_PERIOD_TOO_SHORT", says: /^a claim period of 86400 s .* 172800 or more/ },
          ...["--operator-key-file", strange.keyFile("claim.key", `0x${"ab".repeat(32)}`), "--token", ADDRESS],
          ...["--owner", ADDRESS, "--claim-period", "86400"],
        ),
    ],
  ])("%s", (_name, input) => expectRefusal(input()));
});

test("a deployment that failed leaves no deployment file behind", async () => {
  expect((await runInProcess(["deploy", "--rpc", strange.website.url, ...strange.home("half")])).exitCode).toBe(5);
  expect(readdirSync(join(strange.root, "half"))).not.toContain("deployment.json");
});

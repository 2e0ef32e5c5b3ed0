import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeDeployData,
  type Hex,
  http,
  keccak256,
  type PublicClient,
  parseAbi,
} from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readIsOwner } from "../../../authority/chain/owner.ts";
import { readArtifact } from "../../../cli/deploy/contracts.ts";
import { addressOf, DEPLOYER, SALT } from "../../../cli/deploy/create2.ts";
import { type DeploymentFile, readDeployment } from "../../../cli/deploy/deployment-file.ts";
import { devnetAccount } from "../../../cli/devnet/devnet-keys.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import { runInProcess } from "../../../scripts/devnet/in-process.ts";
import { judgeCode } from "../../../scripts/verify/standard-json.ts";
import { startWorld, type World } from "../../support/world.ts";

/** What `deploy` puts on a chain, and what it writes down about it. */

/** As Foundry and Safe list it. */
const DEPLOYER_CODE_HASH = "0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989";
const PERSON: Hex = `0x${"cc".repeat(20)}`;
const ownership = parseAbi(["function owner() view returns (address)"]);
const periphery = parseAbi(["function floodgate() view returns (address)"]);
const timelock = parseAbi([
  "function getMinDelay() view returns (uint256)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
]);

let world: World;
let client: ReturnType<typeof createPublicClient>;
let file: DeploymentFile;
beforeAll(async () => {
  world = await startWorld();
  client = createPublicClient({ transport: http(world.network.rpcUrl) });
  file = await readDeployment(join(world.network.operatorHome, "deployment.json"));
});
afterAll(() => world[Symbol.asyncDispose]());

const codeOf = async (address: string) => (await client.getCode({ address: address as Hex })) ?? "0x";
const ownerOf = (contract: string) =>
  client.readContract({ address: contract as Hex, abi: ownership, functionName: "owner" });

async function deployTo(home: string, ...options: string[]): Promise<DeploymentFile> {
  mkdirSync(home, { mode: 0o700, recursive: true });
  const out = join(home, `${options.join("")}.json`.replaceAll("/", ""));
  const args = ["deploy", "--rpc", world.network.rpcUrl, "--home", home, "--out", out, ...options];
  const { exitCode, stderr } = await runInProcess(args);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return readDeployment(out);
}

describe("a deployment", () => {
  test("comes from the well-known deployer, at the address of its code and arguments", async () => {
    expect(keccak256(await codeOf(DEPLOYER))).toBe(DEPLOYER_CODE_HASH);
    const { bytecode } = readArtifact("Floodgate");
    expect(addressOf(`${bytecode}${file.creation?.constructorArguments.slice(2)}`)).toBe(file.contract);
  });

  test("comes with a Depositor and a Lens of its own", async () => {
    const { depositor = "", lens = "" } = file.periphery ?? {};
    const floodgateOf = (address: string) =>
      client.readContract({ address: address as Hex, abi: periphery, functionName: "floodgate" });
    expect((await floodgateOf(depositor)).toLowerCase()).toBe(file.contract);
    expect((await floodgateOf(lens)).toLowerCase()).toBe(file.contract);
    const { abi, bytecode } = readArtifact("Lens");
    expect(addressOf(encodeDeployData({ abi, bytecode, args: [file.contract] }))).toBe(lens);
  });

  test("says how it was made", async () => {
    expect(file.creation).toMatchObject({
      deployer: DEPLOYER,
      salt: SALT,
      codeHash: keccak256(await codeOf(file.contract)),
      immutables: { token: file.token },
      owner: (await ownerOf(file.contract)).toLowerCase(),
      timelock: null,
    });
  });

  test("that is given again finds the contract that is there", async () => {
    const home = join(world.directory, "again");
    const first = await deployTo(home, "--token", file.token);
    const second = await deployTo(home, "--token", file.token, "--fee-bps", "100");
    expect(second).toEqual(first);
    expect((await deployTo(home, "--token", file.token, "--fee-bps", "99")).contract).not.toBe(first.contract);
  });

  test("with a timelock belongs to it, and it to one person", async () => {
    const made = await deployTo(join(world.directory, "timelock"), "--timelock", "600", "--owner", PERSON);
    expect(made.creation?.timelock).toEqual({ delaySec: 600, person: PERSON });
    const address = (await ownerOf(made.contract)).toLowerCase() as Hex;
    expect(made.creation?.owner).toBe(address);
    expect(await client.readContract({ address, abi: timelock, functionName: "getMinDelay" })).toBe(600n);
    const roleOf = (role: Hex, account: string) =>
      client.readContract({ address, abi: timelock, functionName: "hasRole", args: [role, account as Hex] });
    for (const name of ["PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"]) {
      expect(await roleOf(keccak256(new TextEncoder().encode(name)), PERSON), name).toBe(true);
    }
    expect(await roleOf(SALT, PERSON), "administrator").toBe(false);
    expect(await roleOf(SALT, address), "administrator").toBe(true);
    // The desk opens to whoever may propose, and to nobody else.
    const mayOpen = (wallet: string) => readIsOwner(client as PublicClient, made.contract as Hex, wallet as Hex);
    expect(await Promise.all([PERSON, address, devnetAccount(1).address].map(mayOpen))).toEqual([true, true, false]);
    expect(await readIsOwner(client as PublicClient, file.contract as Hex, PERSON)).toBe(false);
    expect(
      await readIsOwner(client as PublicClient, file.contract as Hex, devnetAccount(0).address.toLowerCase() as Hex),
    ).toBe(true);
  });
});

describe("the bond of a contract with a timelock", () => {
  const owner = devnetAccount(0);
  let contract: Hex;
  let token: Hex;
  let itsTimelock: Hex;
  beforeAll(async () => {
    const home = join(world.directory, "bond");
    const made = await deployTo(home, "--timelock", "600", "--owner", owner.address);
    [contract, token] = [made.contract as Hex, made.token as Hex];
    itsTimelock = await ownerOf(contract);
  });

  const run = (...args: string[]) =>
    runInProcess(["bond", ...args, "--rpc", world.network.rpcUrl, "--contract", contract, "--json"]);
  const act = async (...args: string[]) => JSON.parse((await run(...args)).stdout) as Record<string, unknown>;
  const bondOf = async () =>
    (await client.readContract({ address: contract, abi: floodgateAbi, functionName: "bond" })).amount;

  test("waits for the timelock, and is then put in by the same command", async () => {
    const chain = createTestClient({ mode: "hardhat", transport: http(world.network.rpcUrl) });
    const mint = { abi: testDollarAbi, functionName: "mint", args: [itsTimelock, 7_000_000n] } as const;
    const hash = await createWalletClient({ account: owner, transport: http(world.network.rpcUrl) }).writeContract({
      ...mint,
      chain: null,
      address: token,
    });
    await client.waitForTransactionReceipt({ hash });

    const announced = await act("deposit", "5");
    expect(announced).toMatchObject({ event: "announced", timelock: itsTimelock.toLowerCase() });
    const { readyAt } = announced;
    expect(await act("deposit", "5")).toMatchObject({ event: "announced", readyAt, txHash: null });
    expect(await bondOf()).toBe(0n);

    await chain.increaseTime({ seconds: 601 });
    await chain.mine({ blocks: 1 });
    expect(await act("deposit", "5")).toMatchObject({ event: "done" });
    expect(await bondOf()).toBe(5_000_000n);
    expect((await run("deposit", "5")).stderr).toMatch(/has 2\.0.* \(TOKENS_MISSING\)/);
  });

  test("is nobody else's", async () => {
    const { exitCode, stderr } = await run(
      "request",
      "1",
      "--key-file",
      join(world.network.operatorHome, "operator.key"),
    );
    expect([exitCode, stderr]).toEqual([4, expect.stringMatching(/belongs to .* \(NOT_OWNER\)/)]);
  });
});

describe("a check of the code", () => {
  const compiled = () => {
    const path = "artifacts/contracts/Floodgate.sol/Floodgate.json";
    const artifact = JSON.parse(readFileSync(join(import.meta.dirname, "../../..", path), "utf8"));
    return {
      creation: artifact.bytecode,
      runtime: artifact.deployedBytecode,
      immutables: Object.values(artifact.immutableReferences).flat() as { start: number; length: number }[],
    };
  };
  const judge = (change: Partial<DeploymentFile>, code: Hex, chainId = file.chainId) =>
    judgeCode({ ...file, ...change }, chainId, code, compiled());

  test("finds nothing wrong with a fresh deployment", async () => {
    expect(judge({}, await codeOf(file.contract))).toEqual([]);
  });

  test("finds each lie", async () => {
    const code = await codeOf(file.contract);
    const other = `${code.slice(0, -2)}${code.endsWith("00") ? "01" : "00"}` as Hex;
    const { creation } = file;
    if (!creation) throw new Error("the file does not say how the contract was made");
    const lengthened = { ...creation, constructorArguments: `${creation.constructorArguments}00` };
    expect(judge({}, other)).toEqual([
      "the deployed code is not what the sources give",
      "the deployed code has another hash than the deployment file says",
    ]);
    expect(judge({ creation: lengthened }, code)).toEqual([expect.stringMatching(/give the address 0x\w{40}, not 0x/)]);
    expect(judge({ creation: { ...creation, salt: `0x${"01".repeat(32)}` } }, code)).toEqual([
      expect.stringMatching(/another deployer or salt/),
    ]);
    expect(judge({}, "0x")).toEqual([expect.stringMatching(/no contract at/)]);
    expect(judge({}, code, 1)).toEqual([expect.stringMatching(/the node of chain 1$/)]);
  });
});

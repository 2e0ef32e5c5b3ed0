import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import {
  type Abi,
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeDeployData,
  getContractAddress,
  type Hex,
  http,
  keccak256,
  type PrivateKeyAccount,
  type PublicClient,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ChainError, FloodgateError, InputError, invariant } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { ensureDeployer, place } from "./create2.ts";

/** Builds the contracts and puts them on a chain. */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONTRACTS = {
  Floodgate: "Floodgate.sol",
  OwnerTimelock: "periphery/OwnerTimelock.sol",
  Depositor: "periphery/Depositor.sol",
  Lens: "periphery/Lens.sol",
  TestDollar: "mocks/TestDollar.sol",
  BackdoorProxy: "mocks/BackdoorProxy.sol",
} as const;
/** Uniswap's Permit2 has this address on each chain that has it. */
const PERMIT2 = parseAddress("0x000000000022d473030f116ddee9f6b43ac78ba3");
const POLLING_INTERVAL_MS = 100;
const RECEIPT_TIMEOUT_MS = 120_000;

export interface DeployParameters {
  readonly rpcUrl: string;
  /** Pays the gas. It gets no rights. */
  readonly deployer: Hex | PrivateKeyAccount;
  /** ERC-20 that the contract counts in; a new TestDollar if absent. */
  readonly token?: Address | undefined;
  /** Longest life of an allotment. */
  readonly allotmentPeriodSec: number;
  /** Time to claim after an allotment has expired. */
  readonly claimPeriodSec: number;
  readonly owner: Address;
  /** Puts a timelock of this delay, seconds, between `owner` and the contract; none if absent. */
  readonly timelockSec?: number | undefined;
  readonly operator: Address;
  readonly allotter: Address;
  /** What claims on the allotter's allotments may take from the bond in all, base units. */
  readonly bondBudget: Amount;
  readonly feeRecipient: Address;
  /** Basis points, at most 1,000. */
  readonly feeBps: number;
}

/** What programs need to find the contract, and to notice that a chain is another one. */
export interface Deployment {
  readonly chainId: number;
  /** Two devnets share a chain id, never a genesis block. */
  readonly genesisHash: Hex;
  readonly token: Address;
  readonly floodgate: Address;
  readonly depositor: Address;
  readonly lens: Address;
  /** Block of the contract's creation: no event is older. */
  readonly blockNumber: number;
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
  /** The contract's own: the timelock, if there is one. */
  readonly owner: Address;
  /** Of the deployed code, immutables included. */
  readonly codeHash: Hex;
  /** ABI-encoded, as they follow the creation code. */
  readonly constructorArguments: Hex;
}

export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
  /** With zeros where the constructor writes immutables. */
  readonly deployedBytecode: Hex;
  /** Places of the immutables in it, bytes, by the compiler's number of their declaration. */
  readonly immutableReferences: Readonly<
    Record<string, readonly { readonly start: number; readonly length: number }[]>
  >;
  readonly inputSourceName: string;
  /** Names the file in artifacts/build-info/ with the compiler's input. */
  readonly buildInfoId: string;
}

/**
 * Deploys the contract with its periphery, and a TestDollar unless a token is given; returns when
 * all are mined. The contracts' addresses follow from their code and parameters (create2.ts), so a
 * deployment that was stopped continues with what is there.
 * @throws {ChainError} DEPLOY_FAILED; {InputError} DEPLOYER_MISSING
 */
export async function deployFloodgate(parameters: DeployParameters): Promise<Deployment> {
  await ensureContracts();
  const account =
    typeof parameters.deployer === "string" ? privateKeyToAccount(parameters.deployer) : parameters.deployer;
  const transport = http(parameters.rpcUrl);
  const publicClient = createPublicClient({ transport, pollingInterval: POLLING_INTERVAL_MS });
  const [chainId, genesis, firstNonce] = await Promise.all([
    publicClient.getChainId(),
    publicClient.getBlock({ blockNumber: 0n }),
    publicClient.getTransactionCount({ address: account.address, blockTag: "pending" }),
  ]);
  const chain = defineChain({
    id: chainId,
    name: "Floodgate's chain",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [parameters.rpcUrl] } },
  });
  const wallet = createWalletClient({ account, chain, transport });

  const creationOf = (contract: keyof typeof CONTRACTS, args: readonly unknown[]): Hex => {
    const { abi, bytecode } = readArtifact(contract);
    return encodeDeployData({ abi, bytecode, args });
  };
  const waitFor = async (hash: Hex): Promise<void> => {
    const { status } = await publicClient.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
    if (status !== "success") throw new ChainError("DEPLOY_FAILED", `the chain reverted the deployment ${hash}`);
  };

  await ensureDeployer(publicClient, parameters.rpcUrl, chainId);
  // The constructor looks for the token's code, which gas estimation sees only once it is mined.
  let token = parameters.token;
  if (token === undefined) {
    token = parseAddress(getContractAddress({ from: account.address, nonce: BigInt(firstNonce) }));
    await waitFor(await wallet.sendTransaction({ data: creationOf("TestDollar", []), nonce: firstNonce }));
  }
  const { timelockSec } = parameters;
  const owner =
    timelockSec === undefined
      ? parameters.owner
      : (await place(publicClient, wallet, account, [creationOf("OwnerTimelock", [timelockSec, parameters.owner])]))[0]
          .address;
  const config = {
    token,
    allotmentPeriod: parameters.allotmentPeriodSec,
    claimPeriod: parameters.claimPeriodSec,
    owner,
    operator: parameters.operator,
    allotter: parameters.allotter,
    bondBudget: parameters.bondBudget,
    feeRecipient: parameters.feeRecipient,
    feeBps: parameters.feeBps,
  };
  const creation = creationOf("Floodgate", [config]);
  const [placed] = await place(publicClient, wallet, account, [creation]);
  const [depositor, lens] = await place(publicClient, wallet, account, [
    creationOf("Depositor", [placed.address, PERMIT2]),
    creationOf("Lens", [placed.address]),
  ]);
  const code = await publicClient.getCode({ address: placed.address });

  return {
    chainId,
    genesisHash: genesis.hash,
    token,
    floodgate: placed.address,
    depositor: depositor.address,
    lens: lens.address,
    blockNumber: placed.blockNumber ?? (await firstEventBlock(publicClient, placed.address)),
    allotmentPeriodSec: parameters.allotmentPeriodSec,
    claimPeriodSec: parameters.claimPeriodSec,
    owner,
    codeHash: keccak256(code ?? "0x"),
    constructorArguments: `0x${creation.slice(readArtifact("Floodgate").bytecode.length)}`,
  };
}

/** The block of the contract's creation: its constructor emits events. */
async function firstEventBlock(client: PublicClient, address: Address): Promise<number> {
  const [first] = await client.getLogs({ address, fromBlock: 0n, toBlock: "latest" });
  invariant(first !== undefined, "RECEIPT_MISSING", "the contract has no events");
  return Number(first.blockNumber);
}

/** @throws {InputError} ARTIFACT_MISSING */
export function readArtifact(contract: keyof typeof CONTRACTS): Artifact {
  try {
    return JSON.parse(readFileSync(artifactPath(contract), "utf8")) as Artifact;
  } catch (cause) {
    throw new InputError("ARTIFACT_MISSING", `${contract} is not built: run hardhat build`, { cause });
  }
}

/**
 * Builds the contracts unless the last build is newer than their sources. @throws {FloodgateError}
 * BUILD_FAILED
 */
export async function ensureContracts(): Promise<void> {
  if (areArtifactsStale()) await buildContracts();
}

/**
 * Compiles contracts/ with Hardhat, in a process of its own.
 * @throws {FloodgateError} BUILD_FAILED
 */
export async function buildContracts(): Promise<void> {
  const cli = join(ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");
  const child = spawn(execPath, [cli, "build", "--no-tests"], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) {
    throw new FloodgateError("BUILD_FAILED", `the contracts do not compile:\n${Buffer.concat(output).toString()}`);
  }
}

function artifactPath(contract: keyof typeof CONTRACTS): string {
  return join(ROOT, "artifacts", "contracts", CONTRACTS[contract], `${contract}.json`);
}

/**
 * Whether an artifact is absent, or the last build is older than any source or the compiler's
 * settings.
 */
function areArtifactsStale(): boolean {
  const folder = join(ROOT, "contracts");
  // An installed package holds what was built, and no sources.
  if (!existsSync(folder)) return false;
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sol"))
    .map((name) => join(folder, name));
  const newest = Math.max(...[...sources, join(ROOT, "hardhat.config.ts")].map(modifiedAt));
  // Hardhat writes its cache after each build, but an artifact only when it has changed.
  const builtAt = modifiedAt(join(ROOT, "cache", "compile-cache.json"));
  const names = Object.keys(CONTRACTS) as (keyof typeof CONTRACTS)[];
  return builtAt < newest || names.some((name) => modifiedAt(artifactPath(name)) === 0);
}

/** Milliseconds; 0 for a file that does not exist. */
function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

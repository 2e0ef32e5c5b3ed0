import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
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
  type PrivateKeyAccount,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ChainError, FloodgateError, InputError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";

/** Builds the contracts and puts them on a chain. */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONTRACTS = { Floodgate: "Floodgate.sol", TestDollar: "mocks/TestDollar.sol" } as const;
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
  /** Block of the contract's creation: no event is older. */
  readonly blockNumber: number;
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
}

export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/**
 * Deploys the contract, and a TestDollar unless a token is given; returns when both are mined.
 * @throws {ChainError} DEPLOY_FAILED
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

  const send = (contract: keyof typeof CONTRACTS, args: readonly unknown[], nonce: number): Promise<Hex> => {
    const { abi, bytecode } = readArtifact(contract);
    return wallet.sendTransaction({ data: encodeDeployData({ abi, bytecode, args }), nonce });
  };
  const waitFor = async (hash: Hex): Promise<TransactionReceipt> => {
    const receipt = await publicClient.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
    if (receipt.status === "success" && receipt.contractAddress) return receipt;
    throw new ChainError("DEPLOY_FAILED", `the deployment ${hash} was reverted by the chain`);
  };

  // The constructor looks for the token's code, which gas estimation sees only once it is mined.
  let nonce = firstNonce;
  let token = parameters.token;
  if (token === undefined) {
    token = getContractAddress({ from: account.address, nonce: BigInt(nonce) }).toLowerCase() as Address;
    await waitFor(await send("TestDollar", [], nonce++));
  }
  const config = {
    token,
    allotmentPeriod: parameters.allotmentPeriodSec,
    claimPeriod: parameters.claimPeriodSec,
    owner: parameters.owner,
    operator: parameters.operator,
    allotter: parameters.allotter,
    bondBudget: parameters.bondBudget,
    feeRecipient: parameters.feeRecipient,
    feeBps: parameters.feeBps,
  };
  const receipt = await waitFor(await send("Floodgate", [config], nonce));

  return {
    chainId,
    genesisHash: genesis.hash,
    token: token.toLowerCase() as Address,
    floodgate: (receipt.contractAddress as Address).toLowerCase() as Address,
    blockNumber: Number(receipt.blockNumber),
    allotmentPeriodSec: parameters.allotmentPeriodSec,
    claimPeriodSec: parameters.claimPeriodSec,
  };
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

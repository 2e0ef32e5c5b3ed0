import { readFileSync } from "node:fs";
import { join } from "node:path";
import hre from "hardhat";
import solc from "solc";
import {
  type Abi,
  type Chain,
  createTestClient,
  defineChain,
  type Hex,
  http,
  type PublicActions,
  publicActions,
  type TestClient,
  type WalletActions,
  walletActions,
} from "viem";

/**
 * A chain in this process that mines each transaction at once, for calls greater than a devnet's
 * blocks.
 */
export interface CrossCheckChain extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly client: TestClient<"hardhat"> & PublicActions & WalletActions;
  readonly chain: Chain;
}

/** Calls a function of the deployed CrossCheckHarness. */
export type Harness = (functionName: string, args: readonly unknown[]) => Promise<unknown>;

export const CHAIN_ID = 31_337;
const ROOT = join(import.meta.dirname, "..", "..", "..");
const SOURCE = "test/contracts/support/CrossCheckHarness.sol";
const GAS = 2_000_000_000n;

export async function startChain(): Promise<CrossCheckChain> {
  const server = await hre.network.createServer(
    {
      network: "default",
      override: { chainId: CHAIN_ID, hardfork: "cancun", blockGasLimit: GAS, allowUnlimitedContractSize: true },
    },
    "127.0.0.1",
    0,
  );
  const { address, port } = await server.listen();
  const rpcUrl = `http://${address}:${port}`;
  const chain = defineChain({
    id: CHAIN_ID,
    name: "cross-check",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const client = createTestClient({ mode: "hardhat", chain, transport: http(), pollingInterval: 10 })
    .extend(publicActions)
    .extend(walletActions);
  return { rpcUrl, client, chain, [Symbol.asyncDispose]: () => server.close() };
}

export async function deployHarness({ client, chain }: CrossCheckChain): Promise<Harness> {
  compiled ??= compileHarness();
  const { abi, bytecode } = compiled;
  const [account] = await client.getAddresses();
  if (!account) throw new Error("the chain has no account");
  const hash = await client.deployContract({ abi, bytecode, account, chain, gas: 10_000_000n });
  const { contractAddress: address } = await client.waitForTransactionReceipt({ hash });
  if (!address) throw new Error("the harness was not deployed");
  return (functionName, args) => client.readContract({ address, abi, functionName, args });
}

/** Files that share a process compile it once. */
let compiled: { readonly abi: Abi; readonly bytecode: Hex } | null = null;

/** In memory, without via-IR: no other test may be building artifacts at the same time. */
function compileHarness(): { abi: Abi; bytecode: Hex } {
  const input = {
    language: "Solidity",
    sources: { [SOURCE]: { content: readFileSync(join(ROOT, SOURCE), "utf8") } },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion: "cancun",
      outputSelection: { [SOURCE]: { CrossCheckHarness: ["abi", "evm.bytecode.object"] } },
    },
  };
  const contents = (path: string) => ({
    contents: readFileSync(join(ROOT, path.startsWith("@") ? "node_modules" : "", path), "utf8"),
  });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: contents }));
  const contract = output.contracts?.[SOURCE]?.CrossCheckHarness;
  if (!contract) throw new Error(JSON.stringify(output.errors, null, 2));
  return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` };
}

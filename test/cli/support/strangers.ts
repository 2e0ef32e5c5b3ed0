import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeAbiParameters } from "viem";
import { type FakeHttp, startFakeHttp, startFakeRpc } from "./fake-http.ts";
import type { BadInput } from "./run-cli.ts";

/** Nodes and authorities that are not there, not what they should be, or not the same as before. */

export const ADDRESS = `0x${"11".repeat(20)}`;
const GENESIS = `0x${"33".repeat(32)}`;
export const NOBODY = "http://127.0.0.1:1";
/** Key of the first account of every devnet. */
export const KNOWN_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

export interface Strangers extends AsyncDisposable {
  /** A devnet without the contract. */
  readonly chain: FakeHttp;
  readonly mainnet: FakeHttp;
  readonly website: FakeHttp;
  readonly authority: FakeHttp;
  /** Knows no route. */
  readonly other: FakeHttp;
  readonly root: string;
  /** Makes a home with these files; returns the option that names it. */
  home(name: string, files?: Readonly<Record<string, string>>): string[];
  keyFile(name: string, key: string): string;
}

export async function startStrangers(): Promise<Strangers> {
  const root = mkdtempSync(join(tmpdir(), "floodgate-servers-"));
  const block = { number: "0x0", hash: GENESIS, timestamp: "0x1", transactions: [] };
  const knows = { eth_chainId: "0x7a69", eth_getBlockByNumber: block, eth_blockNumber: "0x0", eth_getCode: "0x" };
  const chain = await startFakeRpc(knows, TOKEN);
  const mainnet = await startFakeRpc({ eth_chainId: "0x1", eth_getBlockByNumber: block });
  const website = await startFakeHttp(() => ({ type: "text/html", body: "<html>It works!</html>" }));
  const authority = await startFakeHttp(() => ({ body: JSON.stringify(INFO) }));
  const other = await startFakeHttp((path) => ({ status: 404, type: "text/plain", body: `no ${path}` }));
  return {
    ...{ chain, mainnet, website, authority, other, root },
    home(name, files = {}) {
      mkdirSync(join(root, name), { mode: 0o700 });
      for (const [file, text] of Object.entries(files)) writeFileSync(join(root, name, file), text, { mode: 0o600 });
      return ["--home", join(root, name)];
    },
    keyFile(name, key) {
      writeFileSync(join(root, name), key, { mode: 0o600 });
      return join(root, name);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([chain, mainnet, website, authority, other].map((server) => server[Symbol.asyncDispose]()));
      rmSync(root, { recursive: true });
    },
  };
}

/**
 * A token called EUR, with 6 decimals, of which nobody has any: answers to symbol, decimals and
 * balanceOf.
 */
const TOKEN = {
  "0x95d89b41": encodeAbiParameters([{ type: "string" }], ["EUR"]),
  "0x313ce567": encodeAbiParameters([{ type: "uint8" }], [6]),
  "0x70a08231": encodeAbiParameters([{ type: "uint256" }], [0n]),
};

export const INFO = {
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
export const deployment = (change: object = {}): string =>
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
export const keys = { "operator.key": `0x${"ab".repeat(32)}\n`, "allotter.key": `0x${"cd".repeat(32)}\n` };

/** `authority start` against this node. */
export const start = (
  rpc: string,
  home: readonly string[],
  rest: Omit<BadInput, "args">,
  ...more: string[]
): BadInput => ({
  args: ["authority", "start", "--rpc", rpc, "--tracker-url", `${NOBODY}/announce`, "--port", "0", ...home, ...more],
  ...rest,
});

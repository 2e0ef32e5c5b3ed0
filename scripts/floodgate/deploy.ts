import { join } from "node:path";
import { createWalletClient, defineChain, http, type LocalAccount, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ensurePrivateDirectory, refuseExisting } from "../../client/wallet/private-file.ts";
import { testDollarAbi } from "../../protocol/abi.ts";
import { ChainError, InputError } from "../../protocol/errors.ts";
import { type Address, parseAddress } from "../../protocol/ids.ts";
import type { Amount } from "../../protocol/units.ts";
import { deployFloodgate } from "../deploy.ts";
import { DEPLOYMENT_FILE, type DeploymentFile, writeDeployment } from "./deployment-file.ts";
import { devnetAccount, isDevnet, refuseWellKnown } from "./devnet-keys.ts";
import { ALLOTTER_KEY_FILE, ensureKeyFile, OPERATOR_KEY_FILE, readKeyFile } from "./key-file.ts";
import { chainCall, openRpc, type Rpc } from "./rpc.ts";

export interface DeployOptions {
  /** T's home: its keys are made here. */
  readonly home: string;
  readonly rpcUrl: string;
  readonly out: string | undefined;
  readonly operatorKeyFile: string | undefined;
  readonly owner: Address | undefined;
  readonly token: Address | undefined;
  readonly feeBps: number;
  /** A and CW of the contract, seconds. */
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
}

const OPERATOR_GAS_WEI = parseEther("100");
/** What T can fund deposits with on a devnet: 1,000,000 TestDollars. */
const TREASURY: Amount = 1_000_000_000_000n;

/**
 * Puts the contract on a chain for the keys in T's home, and leaves a deployment file there. On a devnet the first
 * devnet account pays, owns the contract, and gives T gas and TestDollars; elsewhere the operator key pays.
 */
export async function deploy(options: DeployOptions): Promise<{ deployment: DeploymentFile; path: string }> {
  await ensurePrivateDirectory(options.home);
  const path = options.out ?? join(options.home, DEPLOYMENT_FILE);
  await refuseExisting(path);
  const rpc = await openRpc(options.rpcUrl);
  checkNetwork(options, rpc);

  const operator = privateKeyToAccount(
    options.operatorKeyFile === undefined
      ? await ensureKeyFile(options.home, OPERATOR_KEY_FILE)
      : await readKeyFile(options.operatorKeyFile),
  );
  const allotter = privateKeyToAccount(await ensureKeyFile(options.home, ALLOTTER_KEY_FILE));
  refuseWellKnown(rpc.chainId, parseAddress(operator.address));

  const payer = isDevnet(rpc.chainId) ? devnetAccount(0) : operator;
  const deployed = await chainCall(rpc.url, () =>
    deployFloodgate({
      rpcUrl: rpc.url,
      deployer: payer as Parameters<typeof deployFloodgate>[0]["deployer"],
      token: options.token,
      allotmentPeriodSec: options.allotmentPeriodSec,
      claimPeriodSec: options.claimPeriodSec,
      owner: options.owner ?? parseAddress(payer.address),
      operator: parseAddress(operator.address),
      allotter: parseAddress(allotter.address),
      bondBudget: 0n,
      feeRecipient: parseAddress(operator.address),
      feeBps: options.feeBps,
    }),
  );
  if (isDevnet(rpc.chainId))
    await fundOperator(rpc, payer, parseAddress(operator.address), options.token ? null : deployed.token);

  const deployment: DeploymentFile = {
    version: 1,
    chainId: rpc.chainId,
    genesisHash: rpc.genesisHash,
    contract: deployed.floodgate,
    token: deployed.token,
    deployedAtBlock: deployed.blockNumber,
    operator: parseAddress(operator.address),
    allotter: parseAddress(allotter.address),
  };
  await writeDeployment(path, deployment);
  return { deployment, path };
}

/** Off the devnet nothing that everybody knows or can mint may stand for money. */
function checkNetwork(options: DeployOptions, rpc: Rpc): void {
  if (isDevnet(rpc.chainId)) return;
  if (options.operatorKeyFile === undefined) {
    throw new InputError(
      "KEY_FILE_MISSING",
      `chain ${rpc.chainId} is no devnet: give --operator-key-file with a key of yours that can pay the gas`,
    );
  }
  if (options.token === undefined) {
    throw new InputError(
      "TOKEN_MISSING",
      `chain ${rpc.chainId} is no devnet: give --token, since anyone can mint TestDollars`,
    );
  }
}

async function fundOperator(
  rpc: Rpc,
  payer: LocalAccount,
  operator: Address,
  testDollar: Address | null,
): Promise<void> {
  const chain = defineChain({
    id: rpc.chainId,
    name: "devnet",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpc.url] } },
  });
  const wallet = createWalletClient({ account: payer, chain, transport: http(rpc.url) });
  await chainCall(rpc.url, async () => {
    const hashes = [await wallet.sendTransaction({ to: operator, value: OPERATOR_GAS_WEI })];
    if (testDollar) {
      const mint = {
        address: testDollar,
        abi: testDollarAbi,
        functionName: "mint",
        args: [operator, TREASURY],
      } as const;
      hashes.push(await wallet.writeContract(mint));
    }
    for (const hash of hashes) {
      const receipt = await rpc.client.waitForTransactionReceipt({ hash });
      if (receipt.status !== "success")
        throw new ChainError("TX_REVERTED", `the chain reverted ${hash}: is the devnet in order?`);
    }
  });
}

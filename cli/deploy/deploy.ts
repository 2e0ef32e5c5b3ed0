import { join } from "node:path";
import { encodeFunctionData, type Hex, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { checkTokens, depositBond } from "../../client/chain/bond.ts";
import { openContract } from "../../client/chain/contract.ts";
import { chainCall, openRpc, type Rpc } from "../../client/chain/rpc.ts";
import { type GasPayer, gasPayerOf, sendAll } from "../../client/chain/sender.ts";
import { ensurePrivateDirectory, refuseExisting } from "../../client/wallet/private-file.ts";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress, toChecksumAddress } from "../../protocol/base/ids.ts";
import { type Amount, parseAmount } from "../../protocol/base/units.ts";
import { testDollarAbi } from "../../protocol/contract/abi.ts";
import { readToken, type Token } from "../../protocol/contract/reads.ts";
import { devnetAccount, isDevnet, refuseWellKnown } from "../devnet/devnet-keys.ts";
import { ALLOTTER_KEY_FILE, ensureKeyFile, OPERATOR_KEY_FILE, readKeyFile } from "../keys.ts";
import { checkRealMoney, defaultTimelock } from "./check-real-money.ts";
import { deployFloodgate } from "./contracts.ts";
import { DEPLOYER, SALT } from "./create2.ts";
import { DEPLOYMENT_FILE, type DeploymentFile, writeDeployment } from "./deployment-file.ts";

export interface DeployOptions {
  /** The authority's home: its keys are made here. */
  readonly home: string;
  readonly rpcUrl: string;
  readonly out: string | undefined;
  readonly operatorKeyFile: string | undefined;
  readonly owner: Address | undefined;
  /**
   * Delay of a timelock between `owner` and the contract, seconds; 0 for none. Default: none on a
   * devnet, else a week.
   */
  readonly timelockSec?: number | undefined;
  readonly token: Address | undefined;
  readonly feeBps: number;
  readonly allotmentPeriodSec: number;
  readonly claimPeriodSec: number;
  /** Tokens that the owner puts into the bond, decimal; and what the allotter may take of it. */
  readonly bond?: string | undefined;
  readonly bondBudget?: string | undefined;
  readonly signal: AbortSignal;
}

const OPERATOR_GAS_WEI = parseEther("100");
/**
 * 1,000,000 TestDollars on a devnet: the authority funds deposits from it, and the owner its bond.
 */
const TREASURY: Amount = 1_000_000_000_000n;
const DEVNET_BOND = "100";
const TEST_DOLLAR_DECIMALS = 6;

/**
 * Puts the contract on a chain for the keys in the authority's home, and leaves a deployment file
 * there. On a devnet its first account pays, owns the contract, gives the authority gas and
 * TestDollars, and puts in the bond. Elsewhere the operator key pays.
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
  if (!isDevnet(rpc.chainId)) checkRealMoney(options, rpc.chainId, [operator.address, allotter.address]);

  const payer = isDevnet(rpc.chainId) ? devnetAccount(0) : operator;
  const owner = options.owner ?? parseAddress(payer.address);
  const timelockSec = options.timelockSec ?? defaultTimelock(rpc.chainId);
  const timelock = timelockSec === 0 ? null : { delaySec: timelockSec, person: owner };
  const bond = await planBond(options, rpc, parseAddress(payer.address), timelock !== null);
  const deployed = await chainCall(rpc.url, () =>
    deployFloodgate({
      rpcUrl: rpc.url,
      deployer: payer as Parameters<typeof deployFloodgate>[0]["deployer"],
      token: options.token,
      allotmentPeriodSec: options.allotmentPeriodSec,
      claimPeriodSec: options.claimPeriodSec,
      owner,
      timelockSec: timelock?.delaySec,
      operator: parseAddress(operator.address),
      allotter: parseAddress(allotter.address),
      bondBudget: bond.budget,
      feeRecipient: parseAddress(operator.address),
      feeBps: options.feeBps,
    }),
  );
  if (isDevnet(rpc.chainId)) {
    const testDollar = options.token ? null : deployed.token;
    await fundDevnet(rpc, gasPayerOf(payer), parseAddress(operator.address), testDollar, options.signal);
  }
  const deployment: DeploymentFile = {
    version: 1,
    chainId: rpc.chainId,
    genesisHash: rpc.genesisHash,
    contract: deployed.floodgate,
    token: deployed.token,
    deployedAtBlock: deployed.blockNumber,
    periphery: { depositor: deployed.depositor, lens: deployed.lens },
    operator: parseAddress(operator.address),
    allotter: parseAddress(allotter.address),
    creation: {
      deployer: DEPLOYER,
      salt: SALT,
      constructorArguments: deployed.constructorArguments,
      codeHash: deployed.codeHash,
      immutables: {
        token: deployed.token,
        allotmentPeriodSec: deployed.allotmentPeriodSec,
        claimPeriodSec: deployed.claimPeriodSec,
      },
      owner: deployed.owner,
      timelock,
    },
  };
  await writeDeployment(path, deployment);
  // After the file: a deployment that is given again must not pay twice.
  if (bond.amount > 0n) {
    const contract = await openContract(rpc, deployed.floodgate);
    await depositBond(contract, gasPayerOf(payer), bond.amount, options.signal);
  }
  return { deployment, path };
}

/**
 * Where money is real, neither well-known keys nor a token that anyone can mint may stand for it.
 */
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

/**
 * Amounts in base units, checked before anything is sent.
 * @throws {InputError} BOND_OWNER: only the owner can put them in; {PaymentError} TOKENS_MISSING
 */
async function planBond(
  { bond, bondBudget, owner, token: address }: DeployOptions,
  rpc: Rpc,
  payer: Address,
  hasTimelock: boolean,
): Promise<{ readonly amount: Amount; readonly budget: Amount }> {
  const isPayers = !hasTimelock && (owner === undefined || owner === payer);
  const text = bond ?? (isDevnet(rpc.chainId) && address === undefined && isPayers ? DEVNET_BOND : "0");
  const token = address === undefined ? null : await readTokenAt(rpc, address);
  const decimals = token?.decimals ?? TEST_DOLLAR_DECIMALS;
  const amount = parseAmount(text, decimals);
  const budget = parseAmount(bondBudget ?? text, decimals);
  if (amount > 0n && !isPayers) {
    throw new InputError(
      "BOND_OWNER",
      `only the owner ${hasTimelock ? "(the timelock)" : owner} puts the bond in: leave --bond away, and run \`floodgate bond deposit\` with its key`,
    );
  }
  if (token !== null) await checkTokens(rpc, token, payer, amount);
  return { amount, budget };
}

/** @throws {InputError} CONTRACT_OTHER: what is there, if anything, is no ERC-20 */
async function readTokenAt(rpc: Rpc, address: Address): Promise<Token> {
  try {
    return await chainCall(rpc.url, () => readToken(rpc.client, address));
  } catch (cause) {
    if (!(cause instanceof ChainError) || cause.code !== "CHAIN_CALL_FAILED") throw cause;
    const shown = toChecksumAddress(address);
    throw new InputError("CONTRACT_OTHER", `there is no ERC-20 token at ${shown}: check --token, and --rpc`, { cause });
  }
}

async function fundDevnet(
  rpc: Rpc,
  payer: GasPayer,
  operator: Address,
  testDollar: Address | null,
  signal: AbortSignal,
): Promise<void> {
  const mint = (to: Address): Hex =>
    encodeFunctionData({ abi: testDollarAbi, functionName: "mint", args: [to, TREASURY] });
  const mints = testDollar ? [operator, payer.address].map((to) => ({ to: testDollar, data: mint(to) })) : [];
  await sendAll(rpc, payer, [{ to: operator, value: OPERATOR_GAS_WEI }, ...mints], signal);
}

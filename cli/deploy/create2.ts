import {
  concat,
  createTestClient,
  getContractAddress,
  type Hex,
  http,
  type PrivateKeyAccount,
  type PublicClient,
  type WalletClient,
} from "viem";
import { ChainError, InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { isDevnet } from "../devnet/devnet-keys.ts";

/**
 * Contracts by CREATE2, through the well-known deterministic deployer: the same code and arguments
 * have the same address on each chain, whoever sends them.
 */

/** https://github.com/Arachnid/deterministic-deployment-proxy */
export const DEPLOYER = parseAddress("0x4e59b44847b379578588920ca78fbf26c0b4956c");
const DEPLOYER_CODE =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";
export const SALT: Hex = `0x${"00".repeat(32)}`;
const RECEIPT_TIMEOUT_MS = 120_000;

export interface Placed {
  readonly address: Address;
  /** Block of its creation; null if it was there before. */
  readonly blockNumber: number | null;
}

/** Where `initCode`, constructor arguments included, is put. */
export function addressOf(initCode: Hex): Address {
  const address = getContractAddress({ opcode: "CREATE2", from: DEPLOYER, salt: SALT, bytecode: initCode });
  return parseAddress(address);
}

/**
 * Puts the deployer on a devnet that lacks it.
 * @throws {InputError} DEPLOYER_MISSING on other chains
 */
export async function ensureDeployer(client: PublicClient, rpcUrl: string, chainId: number): Promise<void> {
  if ((await client.getCode({ address: DEPLOYER })) === DEPLOYER_CODE) return;
  if (!isDevnet(chainId)) {
    throw new InputError(
      "DEPLOYER_MISSING",
      `chain ${chainId} has no deterministic deployer at ${DEPLOYER}: send its presigned transaction first`,
    );
  }
  const tester = createTestClient({ mode: "hardhat", transport: http(rpcUrl) });
  await tester.setCode({ address: DEPLOYER, bytecode: DEPLOYER_CODE });
}

/**
 * Creates contracts that do not depend on each other, except those whose very code and arguments
 * are there already; returns when they are mined. @throws {ChainError} DEPLOY_FAILED
 */
export async function place<const Codes extends readonly Hex[]>(
  client: PublicClient,
  wallet: WalletClient,
  account: PrivateKeyAccount,
  initCodes: Codes,
): Promise<{ readonly [Index in keyof Codes]: Placed }> {
  const sent: { address: Address; hash: Hex | null }[] = [];
  let nonce = await client.getTransactionCount({ address: account.address, blockTag: "pending" });
  for (const initCode of initCodes) {
    const address = addressOf(initCode);
    const isThere = (await client.getCode({ address })) !== undefined;
    sent.push({ address, hash: isThere ? null : await create(client, wallet, account, initCode, nonce++) });
  }
  const placed = await Promise.all(
    sent.map(async ({ address, hash }): Promise<Placed> => {
      if (hash === null) return { address, blockNumber: null };
      const receipt = await client.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
      if (receipt.status === "success" && (await client.getCode({ address })))
        return { address, blockNumber: Number(receipt.blockNumber) };
      throw new ChainError("DEPLOY_FAILED", `the deployment ${hash} was reverted by the chain`);
    }),
  );
  return placed as { readonly [Index in keyof Codes]: Placed };
}

async function create(
  client: PublicClient,
  wallet: WalletClient,
  account: PrivateKeyAccount,
  initCode: Hex,
  nonce: number,
): Promise<Hex> {
  // The deployer keeps a constructor's error for itself, a plain creation shows it.
  await client.call({ account, data: initCode });
  const data = concat([SALT, initCode]);
  return wallet.sendTransaction({ account, chain: wallet.chain, to: DEPLOYER, data, nonce });
}

import {
  type Abi,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type LocalAccount,
  parseEther,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/abi.ts";
import { hashAllotment } from "../../../protocol/allotment.ts";
import { buildBatch, encodeBatch, type SettleableLane } from "../../../protocol/batch.ts";
import { bytesToHex, hexToBytes } from "../../../protocol/bytes.ts";
import { type Address, parseAddress } from "../../../protocol/ids.ts";
import { addressOfKey, publicKeyOf, sign } from "../../../protocol/secp256k1.ts";
import { hashSessionAuthorization } from "../../../protocol/session.ts";
import { hashDomain } from "../../../protocol/typed-data.ts";
import { hashVoucher } from "../../../protocol/voucher.ts";
import { hashWithdrawal } from "../../../protocol/withdrawal.ts";
import { deployFloodgate } from "../../../scripts/deploy.ts";
import { devnetAccount } from "../../../scripts/floodgate/devnet-keys.ts";
import { startDevnet } from "../../../scripts/floodgate/devnet-node.ts";

const EVIDENCE: Hex = `0x${"e5".repeat(32)}`;
const FAR = 4_000_000_000;

/** A contract with a history in which everything has happened that the contract can do. */
export interface History extends AsyncDisposable {
  readonly rpcUrl: string;
  readonly contract: Address;
  /** Accounts with money at the end. */
  readonly payer: Address;
  readonly payee: Address;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
}

export async function makeHistory(): Promise<History> {
  const { signal } = new AbortController();
  const devnet = await startDevnet({ port: 0, host: "127.0.0.1", chainId: 31_337, signal });
  const chain = defineChain({
    id: 31_337,
    name: "devnet",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [devnet.rpcUrl] } },
  });
  const client = createPublicClient({ chain, transport: http(), pollingInterval: 20 });
  const rpc = (method: string, ...params: readonly unknown[]): Promise<unknown> =>
    client.request({ method, params } as never) as Promise<unknown>;
  const root = devnetAccount(0);
  const owner = parseAddress(root.address);
  const allotter = hexToBytes(generatePrivateKey());
  const { floodgate: contract, token } = await deployFloodgate({
    rpcUrl: devnet.rpcUrl,
    deployer: root as unknown as Parameters<typeof deployFloodgate>[0]["deployer"],
    allotmentPeriodSec: 120,
    claimPeriodSec: 120,
    owner,
    operator: owner,
    allotter: addressOfKey(publicKeyOf(allotter)),
    bondBudget: 1_000_000n,
    feeRecipient: owner,
    feeBps: 100,
  });
  const separator = hashDomain({ chainId: 31_337, contract });

  const call = async (
    account: LocalAccount,
    to: { address: Address; abi: Abi },
    functionName: string,
    args: readonly unknown[],
  ) => {
    const wallet = createWalletClient({ account, chain, transport: http() });
    const hash = await wallet.writeContract({ ...to, functionName, args, gas: 5_000_000n });
    await rpc("evm_mine");
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== "success") throw new Error(`${functionName} was reverted`);
  };
  const floodgate = { address: contract, abi: floodgateAbi as Abi };
  const dollar = { address: token, abi: testDollarAbi as Abi };

  const makeWallet = async () => {
    const wallet = privateKeyToAccount(generatePrivateKey());
    const funder = createWalletClient({ account: root, chain, transport: http() });
    await funder.sendTransaction({ to: wallet.address, value: parseEther("1") });
    await rpc("evm_mine");
    const session = hexToBytes(generatePrivateKey());
    return { wallet, account: parseAddress(wallet.address), session, sessionKey: addressOfKey(publicKeyOf(session)) };
  };
  const [payer, second, payee] = [await makeWallet(), await makeWallet(), await makeWallet()];
  const accounts = [payee.account, second.account].toSorted();

  await call(root, dollar, "mint", [owner, 10n ** 12n]);
  await call(root, dollar, "approve", [contract, 10n ** 12n]);
  for (const one of [payer, second]) await call(root, floodgate, "depositFor", [one.account, 1_000_000n]);

  // Sessions: relayed, direct, revoked.
  const authorization = { account: payer.account, sessionKey: payer.sessionKey, limit: 600_000n, expiresAt: FAR };
  const byWallet = await payer.wallet.sign({ hash: bytesToHex(hashSessionAuthorization(separator, authorization)) });
  await call(root, floodgate, "authorizeSessionFor", [authorization, byWallet]);
  await call(second.wallet, floodgate, "authorizeSession", [second.sessionKey, 2n ** 96n - 1n, FAR]);
  await call(payee.wallet, floodgate, "authorizeSession", [payee.sessionKey, 5n, FAR]);
  await call(payee.wallet, floodgate, "revokeSession", [payee.sessionKey]);

  const lane = (
    from: typeof payer,
    to: Address,
    number: number,
    amount: bigint,
    signer = from.session,
  ): SettleableLane => {
    const voucher = { payer: from.account, payee: to, lane: number, amount };
    return { ...voucher, sessionKey: from.sessionKey, signature: sign(hashVoucher(separator, voucher), signer) };
  };
  const settle = (...lanes: SettleableLane[]) =>
    call(root, floodgate, "settle", [bytesToHex(encodeBatch(buildBatch(EVIDENCE, lanes)))]);

  await settle(
    lane(payer, accounts[0] as Address, 1, 100_001n),
    lane(payer, accounts[1] as Address, 2, 50_000n),
    lane(second, payee.account, 1, 70_000n),
    // Skipped: another's signature, more than the limit, the payer itself.
    lane(payer, payee.account, 3, 10n, payee.session),
    lane(payer, payee.account, 4, 900_000n),
    lane(second, second.account, 2, 5n),
  );
  await settle(lane(payer, payee.account, 1, 7n), lane(second, payee.account, 3, 33n));

  // A claim, in two parts.
  const { timestamp } = await client.getBlock();
  const allotment = {
    payer: second.account,
    payee: payee.account,
    sessionKey: second.sessionKey,
    payeeKey: payee.sessionKey,
    lane: 9,
    cap: 40_000n,
    pricePerGiB: 10_000n,
    credit: 1 << 20,
    infoHash: "ab".repeat(20),
    expiresAt: Number(timestamp) + 100,
  };
  const byAllotter = bytesToHex(sign(hashAllotment(separator, allotment), allotter));
  for (const amount of [10_000n, 25_000n]) {
    const { signature } = lane(second, payee.account, 9, amount);
    const struct = { ...allotment, infoHash: `0x${allotment.infoHash}` };
    await call(root, floodgate, "claim", [struct, byAllotter, amount, bytesToHex(signature)]);
  }

  // Withdrawals: direct and relayed, and one that is still open.
  await call(payer.wallet, floodgate, "requestWithdrawal", [200_000n]);
  const deadline = Number(timestamp) + 3_600;
  const withdrawal = { account: payee.account, to: second.account, amount: 12_345n, deadline, nonce: 0n };
  const byPayee = await payee.wallet.sign({ hash: bytesToHex(hashWithdrawal(separator, withdrawal)) });
  await call(root, floodgate, "requestWithdrawalFor", [withdrawal, byPayee]);
  await call(root, floodgate, "setFee", [250]);
  await rpc("evm_increaseTime", 241);
  await rpc("evm_mine");
  await call(payer.wallet, floodgate, "withdraw", [payer.account]);
  await call(root, floodgate, "withdrawFor", [payee.account]);
  await call(second.wallet, floodgate, "requestWithdrawal", [1_000n]);

  // The new fee, a new operator and a new allotter.
  await settle(lane(second, payee.account, 20, 4_001n));
  await call(root, floodgate, "setOperator", [payer.account]);
  await call(root, floodgate, "setAllotter", [payee.account, true]);
  await call(root, floodgate, "setAllotter", [addressOfKey(publicKeyOf(allotter)), false]);

  return {
    rpcUrl: devnet.rpcUrl,
    contract,
    payer: payer.account,
    payee: payee.account,
    rpc,
    [Symbol.asyncDispose]: () => devnet[Symbol.asyncDispose](),
  };
}

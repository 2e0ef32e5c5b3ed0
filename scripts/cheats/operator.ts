import { join } from "node:path";
import { encodeFunctionData, type Hex } from "viem";
import { privateKeyToAccount, privateKeyToAddress } from "viem/accounts";
import { readKeyFile } from "../../cli/keys.ts";
import { openRpc } from "../../client/chain/rpc.ts";
import { gasPayerOf, send } from "../../client/chain/sender.ts";
import { openPeerStore } from "../../client/store/peer-store.ts";
import type { SignedReceipt } from "../../client/store/records.ts";
import { identityOf } from "../../client/wallet/session.ts";
import { readSession } from "../../client/wallet/session-file.ts";
import { bytesToHex, hexToBytes } from "../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { type Batch, encodeBatch, type SettleableLane } from "../../protocol/contract/batch.ts";
import { hashAllotment, type SignedAllotment } from "../../protocol/signed/allotment.ts";
import { hashReceipt } from "../../protocol/signed/receipt.ts";
import { hashStatement, type SignedStatement, type StatementLane } from "../../protocol/signed/statement.ts";
import { hashDomain } from "../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../protocol/signed/voucher.ts";
import type { Customer } from "../devnet/customers.ts";
import type { RunningNetwork } from "../devnet/network.ts";

/** Someone who has the authority's keys, and the session keys of payers, and keeps no promise. */
export interface Operator {
  /** The authority's word for a lane, whatever it has promised before. */
  allot(lane: LaneWish): Promise<SignedAllotment>;
  /** The payer's word. */
  promise(lane: LaneWish, amount: Amount): Promise<SettleableLane>;
  /** The authority's receipt for a voucher of this amount. */
  acknowledge(lane: LaneWish, amount: Amount): Promise<SignedReceipt>;
  state(payer: Payer, lanes: readonly StatementLane[]): Promise<SignedStatement>;
  /** Calls the contract with the authority's operator key; several calls go through `multicall`. */
  call(...calls: readonly Hex[]): Promise<void>;
}

type Payer = Pick<Customer, "home" | "account">;

export interface LaneWish {
  readonly payer: Payer;
  readonly payee: Address;
  readonly lane: number;
  readonly cap: Amount;
}

/** Path of the file with the authority's operator key, and its account, which takes the fees. */
export async function operatorOf(network: RunningNetwork): Promise<{ keyFile: string; account: Address }> {
  const keyFile = join(network.operatorHome, "operator.key");
  return { keyFile, account: parseAddress(privateKeyToAddress(await readKeyFile(keyFile))) };
}

/** `now`: seconds since 1970, chain time, in which all allotments start. */
export async function becomeOperator(network: RunningNetwork, now: number): Promise<Operator> {
  const rpc = await openRpc(network.rpcUrl);
  const separator = hashDomain({ chainId: rpc.chainId, contract: network.contract });
  const payer = gasPayerOf(privateKeyToAccount(await readKeyFile((await operatorOf(network)).keyFile)));
  const allotter = hexToBytes(await readKeyFile(join(network.operatorHome, "allotter.key")));
  return {
    async allot({ payer: { home, account }, payee, lane, cap }) {
      const { sessionKey } = await identityAt(home);
      const base = { payer: account, payee, sessionKey, payeeKey: payee, lane, cap, credit: 1 << 20 };
      const allotment = { ...base, pricePerGiB: 1_000_000n, infoHash: "ab".repeat(20), expiresAt: now + 120 };
      return { ...allotment, signature: sign(hashAllotment(separator, allotment), allotter) };
    },
    async promise({ payer: { home, account }, payee, lane }, amount) {
      const { sessionKey, privateKey } = await identityAt(home);
      const voucher = { payer: account, payee, lane, amount };
      return { ...voucher, sessionKey, signature: sign(hashVoucher(separator, voucher), privateKey) };
    },
    async acknowledge({ payer: { account }, payee, lane }, amount) {
      const receipt = { payer: account, payee, lane, amount, receivedAt: now };
      return { ...receipt, signature: sign(hashReceipt(separator, receipt), allotter) };
    },
    async state({ home, account }, lanes) {
      const { sessionKey, privateKey } = await identityAt(home);
      const statement = { payer: account, lanes };
      return { ...statement, sessionKey, signature: sign(hashStatement(separator, statement), privateKey) };
    },
    async call(...calls) {
      const data = encodeFunctionData({ abi: floodgateAbi, functionName: "multicall", args: [calls] });
      const [only] = calls;
      const call = { to: network.contract, data: calls.length === 1 && only ? only : data };
      await send(rpc, payer, call, AbortSignal.timeout(60_000));
    },
  };
}

export function settleCall(batch: Batch): Hex {
  return encodeFunctionData({ abi: floodgateAbi, functionName: "settle", args: [bytesToHex(encodeBatch(batch))] });
}

export function claimCall(allotment: SignedAllotment, { amount, signature }: SettleableLane): Hex {
  const grant = { ...allotment, infoHash: `0x${allotment.infoHash}` as Hex };
  const args = [grant, bytesToHex(allotment.signature), amount, bytesToHex(signature)] as const;
  return encodeFunctionData({ abi: floodgateAbi, functionName: "claim", args });
}

/** Puts a lane with its best voucher into the payee's home, as its peer would have. */
export async function hold(
  home: string,
  allotment: SignedAllotment,
  voucher: SettleableLane,
  receipt: SignedReceipt | null = null,
): Promise<void> {
  const store = openPeerStore(home);
  await Promise.all([store.saveAccepted(allotment), store.saveVoucher(voucher).synced]);
  if (receipt !== null) await store.saveReceipt(receipt, false);
  store.close();
}

async function identityAt(home: string) {
  const session = await readSession(home);
  if (!session) throw new Error(`no session in ${home}`);
  return identityOf(session);
}

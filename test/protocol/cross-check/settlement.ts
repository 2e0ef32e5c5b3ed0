import { BaseError, ContractFunctionRevertedError, type Hex, maxUint96, zeroHash } from "viem";
import { deployFloodgate } from "../../../cli/deploy/contracts.ts";
import { devnetAccount } from "../../../cli/devnet/devnet-keys.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, type Signature } from "../../../protocol/base/secp256k1.ts";
import { floodgateAbi, testDollarAbi } from "../../../protocol/contract/abi.ts";
import { type Batch, encodeBatch } from "../../../protocol/contract/batch.ts";
import type { Evidence } from "../../../protocol/contract/evidence.ts";
import type { Allotment } from "../../../protocol/signed/allotment.ts";
import { type DomainSeparator, hashDomain } from "../../../protocol/signed/typed-data.ts";
import { CHAIN_ID, type CrossCheckChain } from "./chain.ts";
import type { Random } from "./random.ts";

/** The shipped contract on the chain of a cross-check, with payers that have money. */
export interface Settlement {
  readonly contract: Address;
  readonly separator: DomainSeparator;
  /** Of the current allotter. */
  readonly allotterSecret: Uint8Array;
  readonly payers: readonly [Payer, ...Payer[]];
  /** Settles a batch as the operator, and returns the hash of its outcome: which rows paid. */
  settle(batch: Batch): Promise<Hex>;
  /** Calls `claimWithEvidence`, without a transaction: base units that it would pay. */
  claim(claim: LateClaim): Promise<bigint>;
  /** Whether `settle` would revert on these bytes. */
  refuses(bytes: Uint8Array): Promise<boolean>;
  balanceOf(account: Address): Promise<bigint>;
  /** The chain's time, seconds since 1970: an allotment that ends now is good in `claim`. */
  now(): Promise<number>;
}

export interface Payer {
  readonly account: Address;
  readonly sessionKey: Address;
  readonly secret: Uint8Array;
}

/** A voucher that claims more than a batch has paid. */
export interface LateClaim {
  readonly allotment: Allotment;
  readonly allotmentSignature: Signature;
  readonly amount: bigint;
  readonly voucherSignature: Signature;
  readonly evidence: Evidence;
}

export const DEPOSIT = 2n ** 80n;
const PAYERS = 4;

export async function openSettlement(crossCheck: CrossCheckChain, random: Random): Promise<Settlement> {
  const { client, chain, rpcUrl } = crossCheck;
  const operator = devnetAccount(0);
  const [first, ...others] = (await client.getAddresses()).map((address) => parseAddress(address)).slice(0, PAYERS + 1);
  if (!first) throw new Error("the chain has no account");
  const allotterSecret = random.bytes(32);
  const { floodgate: contract, token } = await deployFloodgate({
    rpcUrl,
    deployer: operator as unknown as Parameters<typeof deployFloodgate>[0]["deployer"],
    allotmentPeriodSec: 120,
    claimPeriodSec: 120,
    owner: first,
    operator: first,
    allotter: addressOfKey(publicKeyOf(allotterSecret)),
    bondBudget: 0n,
    feeRecipient: first,
    feeBps: 0,
  });
  const floodgate = { address: contract, abi: floodgateAbi, chain } as const;
  const dollar = { address: token, abi: testDollarAbi, chain, account: first } as const;
  await client.writeContract({ ...dollar, functionName: "mint", args: [first, DEPOSIT * BigInt(PAYERS)] });
  await client.writeContract({ ...dollar, functionName: "approve", args: [contract, DEPOSIT * BigInt(PAYERS)] });

  const open = async (account: Address): Promise<Payer> => {
    const secret = random.bytes(32);
    const sessionKey = addressOfKey(publicKeyOf(secret));
    await client.writeContract({
      ...floodgate,
      account: first,
      functionName: "depositFor",
      args: [account, DEPOSIT, zeroHash],
    });
    const expiresAt = Math.floor(Date.now() / 1_000) + 86_400;
    const args = [sessionKey, maxUint96, expiresAt] as const;
    await client.writeContract({ ...floodgate, account, functionName: "authorizeSession", args });
    return { account, sessionKey, secret };
  };
  const payers: Payer[] = [];
  for (const account of others) payers.push(await open(account));

  let batches = 0n;
  return {
    contract,
    separator: hashDomain({ chainId: CHAIN_ID, contract }),
    allotterSecret,
    payers: payers as [Payer, ...Payer[]],
    async settle(batch) {
      const args = [bytesToHex(encodeBatch(batch))] as const;
      const gas = 1_000_000_000n;
      // Mined at once; a batch that reverts makes the call throw.
      await client.writeContract({ ...floodgate, account: first, functionName: "settle", args, gas });
      return client.readContract({ ...floodgate, functionName: "outcomeHash", args: [++batches] });
    },
    async claim({ allotment, allotmentSignature, amount, voucherSignature, evidence }) {
      const grant = { ...allotment, infoHash: `0x${allotment.infoHash}` as const };
      const signatures = [bytesToHex(allotmentSignature), bytesToHex(voucherSignature)] as const;
      const args = [grant, signatures[0], amount, signatures[1], evidence] as const;
      const call = { ...floodgate, account: first, functionName: "claimWithEvidence", args } as const;
      return (await client.simulateContract(call)).result;
    },
    async refuses(bytes) {
      const args = [bytesToHex(bytes)] as const;
      const call = client.simulateContract({ ...floodgate, account: first, functionName: "settle", args });
      return call.then(
        () => false,
        (error: unknown) => {
          if (error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError))
            return true;
          throw error;
        },
      );
    },
    async now() {
      return Number((await client.getBlock()).timestamp);
    },
    async balanceOf(account) {
      const state = await client.readContract({ ...floodgate, functionName: "accountOf", args: [account] });
      return state.balance;
    },
  };
}

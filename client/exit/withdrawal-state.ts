import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";
import { readAccount } from "../../protocol/contract/reads.ts";
import type { Contract } from "../chain/contract.ts";
import { chainCall } from "../chain/rpc.ts";

/** How far an account's withdrawal is, as the contract knows it. Base units; seconds since 1970. */
export interface ContractWithdrawal {
  readonly balance: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  /** The account that a signed request pays; zero when none is open. */
  readonly recipient: Address;
  /** For the next signed request. */
  readonly nonce: bigint;
  /** The chain's clock. */
  readonly now: number;
}

export interface WithdrawalWish {
  readonly amount: Amount;
  readonly to: Address;
  /**
   * The account sends its transactions itself: then it names the recipient only when it is paid.
   */
  readonly isSender: boolean;
}

/** Whether the open request is the wished one; settlements and claims may have taken some of it. */
export function isRequested(
  { balance, withdrawing, recipient }: ContractWithdrawal,
  { amount, to, isSender }: WithdrawalWish,
): boolean {
  const isToUs = recipient === to || isSender;
  return isToUs && withdrawing > 0n && (withdrawing === amount || (withdrawing < amount && withdrawing === balance));
}

/** At the newest block. @throws {ChainError} RPC_UNAVAILABLE, CHAIN_CALL_FAILED */
export function readWithdrawal({ rpc, address }: Contract, account: Address): Promise<ContractWithdrawal> {
  const { client, url } = rpc;
  return chainCall(url, async () => {
    const { number: blockNumber, timestamp } = await client.getBlock();
    const of = { address, abi: floodgateAbi, args: [account], blockNumber } as const;
    const [state, recipient, nonce] = await Promise.all([
      readAccount(client, address, account, blockNumber),
      client.readContract({ ...of, functionName: "withdrawalRecipient" }),
      client.readContract({ ...of, functionName: "nonces" }),
    ]);
    const { balance, withdrawing, withdrawableAt } = state;
    return { balance, withdrawing, withdrawableAt, recipient: parseAddress(recipient), nonce, now: Number(timestamp) };
  });
}

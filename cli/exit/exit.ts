import type { Contract } from "../../client/chain/contract.ts";
import { chainCall } from "../../client/chain/rpc.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { floodgateAbi } from "../../protocol/contract/abi.ts";

/** How far an account's withdrawal is, as the contract knows it. Base units; seconds since 1970. */
export interface Exit {
  readonly balance: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  /** Whom a signed request pays; zero when none is open. */
  readonly recipient: Address;
  /** For the next signed request. */
  readonly nonce: bigint;
  /** The chain's clock. */
  readonly now: number;
}

export interface ExitWish {
  readonly amount: Amount;
  readonly to: Address;
  /** The account sends its transactions itself: then an open request pays whomever it names. */
  readonly isSender: boolean;
}

/** Whether the open request is the wished one; settlements and claims may have taken some of it. */
export function isRequested({ balance, withdrawing, recipient }: Exit, { amount, to, isSender }: ExitWish): boolean {
  const isToUs = recipient === to || isSender;
  return isToUs && withdrawing > 0n && (withdrawing === amount || (withdrawing < amount && withdrawing === balance));
}

export function readExit({ rpc, address }: Contract, account: Address): Promise<Exit> {
  const { client, url } = rpc;
  return chainCall(url, async () => {
    const { number: blockNumber, timestamp } = await client.getBlock();
    const of = { address, abi: floodgateAbi, args: [account], blockNumber } as const;
    const [state, recipient, nonce] = await Promise.all([
      client.readContract({ ...of, functionName: "accountOf" }),
      client.readContract({ ...of, functionName: "withdrawalRecipient" }),
      client.readContract({ ...of, functionName: "nonces" }),
    ]);
    const { balance, withdrawing, withdrawableAt } = state;
    return { balance, withdrawing, withdrawableAt, recipient: parseAddress(recipient), nonce, now: Number(timestamp) };
  });
}

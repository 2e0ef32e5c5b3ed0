import type { InfoHash } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { AccountLanes } from "../../protocol/http/accounts.ts";
import type { Account } from "./opened-account.ts";

/** Pages of lanes that are read at most: the newest. */
const MAX_PAGES = 100;

/** What an account has earned as payee. Amounts are base units; `earned` is after `fees`. */
export interface Earnings {
  readonly earned: Amount;
  readonly fees: Amount;
  /** Vouchers that the authority holds for the account and has not settled. */
  readonly unsettled: Amount;
  readonly contents: readonly ContentEarnings[];
}

/** What the lanes of one content have earned, before fees. */
export interface ContentEarnings {
  readonly infoHash: InfoHash;
  readonly settled: Amount;
  readonly unsettled: Amount;
  readonly lanes: number;
}

/** As the authority's books have it. The balance and its parts are `account.client.account()`. */
export async function readEarnings(account: Account, signal: AbortSignal): Promise<Earnings> {
  const contents = new Map<InfoHash, ContentEarnings>();
  for (const { infoHash, state, amount } of await readPayeeLanes(account.client, signal)) {
    const before = contents.get(infoHash) ?? { infoHash, settled: 0n, unsettled: 0n, lanes: 0 };
    contents.set(infoHash, {
      infoHash,
      settled: before.settled + (state === "settled" ? BigInt(amount) : 0n),
      unsettled: before.unsettled + (state === "settled" || state === "skipped" ? 0n : BigInt(amount)),
      lanes: before.lanes + 1,
    });
  }
  const { earned, fees, unsettled } = await account.client.account(signal);
  return { earned: BigInt(earned), fees: BigInt(fees), unsettled: BigInt(unsettled), contents: [...contents.values()] };
}

/** Lanes that pay the account and have a voucher, newest first. */
export async function readPayeeLanes(client: Account["client"], signal: AbortSignal): Promise<AccountLanes["lanes"]> {
  const lanes: AccountLanes["lanes"] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply: AccountLanes = await client.accountLanes(cursor, signal);
    lanes.push(...reply.lanes.filter((lane) => lane.role === "payee" && lane.amount !== "0"));
    cursor = reply.cursor;
    if (cursor === null) break;
  }
  return lanes;
}

import { AccessError, InputError } from "../../protocol/base/errors.ts";
import type { AccountLanes } from "../../protocol/http/accounts.ts";
import type { BatchReply } from "../../protocol/http/operator.ts";
import type { AuthorityClient } from "../authority-client.ts";
import type { PeerRun } from "../run-peer.ts";
import { explainLane, type LaneFacts, type LaneWay } from "./why.ts";

/** A lane's number, with its payer where that is needed; or a settlement's transaction. */
export type Asked = { readonly payer: string | null; readonly lane: number } | { readonly txHash: string };

type AccountLane = AccountLanes["lanes"][number];

/** Pages of the account's lanes that are read at most: the newest. */
const MAX_PAGES = 100;

/** "7", "0x.../7", or a transaction's hash. @throws {InputError} LANE_INVALID */
export function parseAsked(text: string): Asked {
  const lower = text.toLowerCase();
  if (/^0x[0-9a-f]{64}$/.test(lower)) return { txHash: lower };
  const [, payer = null, lane = ""] = /^(?:(0x[0-9a-f]{40})\/)?(\d{1,10})$/.exec(lower) ?? [];
  if (lane === "")
    throw new InputError("LANE_INVALID", "give a lane's number, its payer and number like 0x.../7, or a transaction");
  return { payer, lane: Number(lane) };
}

/**
 * The way of the money on these lanes of the account.
 * @throws {AccessError} LANE_UNKNOWN
 */
export async function findWays(
  { store, account }: Pick<PeerRun, "store" | "account">,
  asked: Asked,
  nowSec: number,
): Promise<LaneWay[]> {
  const { client, network } = account;
  const [lanes, batches] = await Promise.all([readLanes(client, asked), client.batches()]);
  const batchOf = (number: number | null): BatchReply | null =>
    (number !== null && batches.find(({ batch }) => batch === number)) || null;
  const wanted = lanes.filter((lane) =>
    "txHash" in asked ? batchOf(lane.batch)?.txHash === asked.txHash : isAsked(lane, asked),
  );
  if (wanted.length === 0)
    throw new AccessError("LANE_UNKNOWN", "this account has no such lane, and is in no such transaction");
  const times = { now: nowSec, claimPeriodSec: network.info.claimPeriodSec };
  return wanted.map((lane) => explainLane(factsOf(store, lane, batchOf(lane.batch)), times));
}

function factsOf(store: PeerRun["store"], lane: AccountLane, batch: BatchReply | null): LaneFacts {
  const { payer, payee, lane: number, infoHash, role, expiresAt } = lane;
  const named = { payer, payee, lane: number, infoHash, role, expiresAt, account: lane, batch };
  if (role === "payer") {
    const signed = store.findPayerLane(number);
    const pricePerGiB = signed?.allotment.pricePerGiB ?? null;
    return { ...named, pricePerGiB, voucher: signed?.amount ?? null, refusal: null, receipt: null };
  }
  const held = store.findPayeeLane(payer as `0x${string}`, number);
  return {
    ...named,
    pricePerGiB: held?.allotment.pricePerGiB ?? null,
    voucher: held?.amount ?? null,
    refusal: held?.pushRefusal ?? null,
    receipt: held?.receipt?.amount ?? null,
  };
}

function isAsked({ payer, lane }: AccountLane, asked: Exclude<Asked, { txHash: string }>): boolean {
  return lane === asked.lane && (asked.payer === null || payer.toLowerCase() === asked.payer);
}

/** As few pages as the question needs: a lane with its payer is only one. */
async function readLanes(client: AuthorityClient, asked: Asked): Promise<AccountLane[]> {
  const lanes: AccountLane[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply: AccountLanes = await client.accountLanes(cursor);
    lanes.push(...reply.lanes);
    cursor = reply.cursor;
    const isFound = "lane" in asked && asked.payer !== null && reply.lanes.some((lane) => isAsked(lane, asked));
    if (cursor === null || isFound) break;
  }
  return lanes;
}

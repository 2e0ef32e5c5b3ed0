import { AccessError, InputError } from "../../protocol/base/errors.ts";
import { type Amount, max, parseAmount } from "../../protocol/base/units.ts";
import type { AccountLanes } from "../../protocol/http/accounts.ts";
import type { BatchReply } from "../../protocol/http/operator.ts";
import type { AuthorityClient } from "../authority-client.ts";
import type { PeerRun } from "../run-peer.ts";
import { explainLane, type LaneFacts, type LaneWay } from "./why.ts";

/** A lane's number, with its payer where that is needed; a settlement's transaction; an amount. */
export type Asked =
  | { readonly payer: string | null; readonly lane: number }
  | { readonly txHash: string }
  | { readonly amount: Amount };

type AccountLane = AccountLanes["lanes"][number];

/** Pages of the account's lanes that are read at most: the newest. */
const MAX_PAGES = 100;

/**
 * "7", "0x.../7", a transaction's hash, or an amount with its decimal point.
 * @throws {InputError} LANE_INVALID, AMOUNT_INVALID
 */
export function parseAsked(text: string, { decimals }: { readonly decimals: number }): Asked {
  const lower = text.toLowerCase();
  if (/^\d+\.\d+$/.test(lower)) return { amount: parseAmount(lower, decimals) };
  if (/^0x[0-9a-f]{64}$/.test(lower)) return { txHash: lower };
  const [, payer = null, lane = ""] = /^(?:(0x[0-9a-f]{40})\/)?(\d{1,10})$/.exec(lower) ?? [];
  if (lane === "")
    throw new InputError(
      "LANE_INVALID",
      "give a lane's number, its payer and number like 0x.../7, a transaction, or an amount like 0.5",
    );
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
  const wanted =
    "amount" in asked
      ? lanesOfAmount(
          lanes.map((lane) => ({ ...lane, amount: voucherOf(store, lane) })),
          asked.amount,
        ).flatMap(({ index }) => lanes[index] ?? [])
      : lanes.filter((lane) =>
          "txHash" in asked ? batchOf(lane.batch)?.txHash === asked.txHash : isAsked(lane, asked),
        );
  if (wanted.length === 0) throw unknown(asked);
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

function unknown(asked: Asked): AccessError {
  const what =
    "amount" in asked
      ? "no lane has exactly this amount, and neither a content nor a counterparty adds up to it: see `floodgate peer earnings`"
      : "this account has no such lane, and is in no such transaction";
  return new AccessError("LANE_UNKNOWN", what);
}

/** The highest voucher that anybody knows. */
function voucherOf(store: PeerRun["store"], { role, payer, lane, amount }: AccountLane): Amount {
  const held = role === "payer" ? store.findPayerLane(lane) : store.findPayeeLane(payer as `0x${string}`, lane);
  return max(held?.amount ?? 0n, BigInt(amount));
}

type Summed = Pick<AccountLane, "role" | "payer" | "payee" | "infoHash" | "state"> & { readonly amount: Amount };

const IS_OPEN = /^(open|closed|settling)$/;

/**
 * Which lanes an amount is made of: one that has it, else all of a content or of a counterparty, or
 * what of them is not on-chain yet. Pure; `index` is the lane's place in `lanes`.
 */
export function lanesOfAmount(lanes: readonly Summed[], amount: Amount): { readonly index: number }[] {
  const paid = lanes.map((lane, index) => ({ ...lane, index })).filter((lane) => lane.amount > 0n);
  const single = paid.filter((lane) => lane.amount === amount);
  if (single.length > 0) return single;
  const otherOf = ({ role, payer, payee }: Summed): string => (role === "payee" ? payer : payee);
  const groupings = [
    (lane: Summed) => `${lane.role} ${lane.infoHash}`,
    (lane: Summed) => `${lane.role} ${otherOf(lane)}`,
    (lane: Summed) => lane.role,
  ];
  for (const some of [paid, paid.filter(({ state }) => IS_OPEN.test(state))])
    for (const grouping of groupings)
      for (const group of Map.groupBy(some, grouping).values())
        if (group.reduce((sum, lane) => sum + lane.amount, 0n) === amount) return group;
  return [];
}

function isAsked({ payer, lane }: AccountLane, asked: Extract<Asked, { lane: number }>): boolean {
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

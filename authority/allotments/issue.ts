import type { Address } from "../../protocol/base/ids.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import type { ContractAccount } from "../../protocol/contract/reads.ts";
import type { TrackerAnnounce } from "../../protocol/http/operator.ts";
import { hashAllotment } from "../../protocol/signed/allotment.ts";
import type { Block } from "../chain/block.ts";
import type { SessionAtBlock } from "../chain/mirror/mirror-reads.ts";
import type { Caller, Context } from "../context.ts";
import { rowFloor } from "../settlement/gas-worth.ts";
import type { Db } from "../store/database.ts";
import { readHeldBalance } from "../store/restore/restores.ts";
import { laneOfAllotment } from "../store/tables/lane-allotment.ts";
import { insertLanes, nextLane } from "../store/tables/lanes.ts";
import { listLanesForPlan, listReservedLanes } from "../store/tables/reserved-lanes.ts";
import type { StoredTorrent } from "../store/tables/torrents.ts";
import { listReleases } from "../store/tables/withdrawals.ts";
import { creditLimits } from "./credit.ts";
import { heldBack } from "./held-back.ts";
import { readPayerRecord } from "./payer-record.ts";
import { type AllotmentPlan, type Candidate, planAllotments } from "./policy.ts";
import { reservedLaneOf } from "./reservations.ts";

/** A device that could be paid. */
export interface Payee extends Candidate {
  readonly account: Address;
}

type Session = Pick<Caller, "account" | "sessionKey">;

/** The payer's money, all read at one confirmed block. */
export interface Money {
  readonly block: Block;
  readonly balances: ContractAccount;
  readonly session: SessionAtBlock;
  /** Of the same account, with lanes. */
  readonly otherSessions: ReadonlyMap<Address, SessionAtBlock>;
}

export async function readMoney({ chain, store }: Context, { account, sessionKey }: Session): Promise<Money> {
  const { number, timestamp } = chain.confirmed;
  const expiresAfter = timestamp - chain.facts.claimPeriodSec;
  const reserved = await listReservedLanes(store.db, account, { expiresAfter, block: number });
  const others = new Set(reserved.map((lane) => lane.sessionKey).filter((key) => key !== sessionKey));
  const block = chain.confirmed;
  const [balances, session, ...rest] = await Promise.all([
    chain.readAccount(account),
    chain.readSession(account, sessionKey),
    ...[...others].map(async (key) => [key, await chain.readSession(account, key)] as const),
  ]);
  return { block, balances, session, otherSessions: new Map(rest) };
}

interface Demand {
  readonly announce: TrackerAnnounce;
  readonly session: Session;
  readonly torrent: StoredTorrent;
  readonly candidates: readonly Payee[];
  readonly money: Money;
}

/**
 * Plans, signs and stores the lanes that a signed request gets. Returns what they fall short of.
 */
export async function issueLanes(context: Context, db: Db, demand: Demand): Promise<AllotmentPlan["shortage"]> {
  const { chain, clock, config, gasWorth, keys } = context;
  const { announce, session, torrent, candidates, money } = demand;
  const { account: payer, sessionKey } = session;
  const { infoHash, sizeBytes, pieceLength } = torrent;
  const { claimPeriodSec, allotmentPeriodSec } = chain.facts;
  const stored = await listLanesForPlan(db, {
    payer,
    sessionKey,
    infoHash,
    expiresAfter: money.block.timestamp - claimPeriodSec,
    block: money.block.number,
  });
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  const content = { infoHash, sizeBytes, pieceLength, pricePerGiB };
  const held = await readHeldBalance(db, payer, money.block.timestamp);
  const balance = money.balances.balance - heldBack(held, stored, money.block, claimPeriodSec);
  const plan = planAllotments({
    account: { ...money.balances, balance },
    session: { ...money.session, key: sessionKey },
    otherSessions: money.otherSessions,
    content,
    credit: creditLimits(content, await readPayerRecord(db, payer, clock.now())),
    bytesLeft: announce.bytesLeft,
    topUp: announce.request?.topUp ?? [],
    candidates,
    lanes: stored.map(reservedLaneOf),
    releases: await listReleases(db, payer),
    nextLane: await nextLane(db, payer),
    block: money.block,
    now: clock.now(),
    periods: { allotmentPeriodSec, claimPeriodSec, acceptMarginSec: config.params.acceptMarginSec },
    minRow: rowFloor(config.params.minRow, gasWorth.costOf),
  });
  const accountOf = new Map([
    ...stored.map(({ payeeKey, payee }) => [payeeKey, payee] as const),
    ...candidates.map(({ sessionKey: key, account }) => [key, account] as const),
  ]);
  const { secret } = keys.allotter();
  const rows = plan.lanes.map((lane) => {
    const payee = accountOf.get(lane.payeeKey) as Address;
    const allotment = { payer, payee, sessionKey, pricePerGiB, infoHash, ...lane };
    const signature = sign(hashAllotment(context.separator, allotment), secret);
    return laneOfAllotment({ ...allotment, signature }, money.block);
  });
  await insertLanes(db, payer, rows);
  return plan.shortage;
}

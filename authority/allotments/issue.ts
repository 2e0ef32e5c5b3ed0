import type { Address } from "../../protocol/base/ids.ts";
import { splitPrice } from "../../protocol/base/publisher-share.ts";
import { sign } from "../../protocol/base/secp256k1.ts";
import { ticketCap } from "../../protocol/base/ticket-cap.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { ContractAccount } from "../../protocol/contract/reads.ts";
import type { TrackerAnnounce } from "../../protocol/http/operator.ts";
import { hashAllotment } from "../../protocol/signed/allotment.ts";
import type { Block } from "../chain/block.ts";
import type { SessionAtBlock } from "../chain/mirror/mirror-reads.ts";
import type { Caller, Context } from "../context.ts";
import { rowFloor } from "../settlement/gas-worth.ts";
import { laneOfAllotment, rowOfLane } from "../store/tables/lane-allotment.ts";
import type { NewLane } from "../store/tables/lanes.ts";
import type { StoredTorrent } from "../store/tables/torrents.ts";
import { listReservingKeys } from "../store/views/payers.ts";
import type { PayerBook } from "./books.ts";
import { creditLimits, ticketCredit } from "./credit.ts";
import { heldBack } from "./held-back.ts";
import type { AllotmentPlan, Candidate, PlannedLane } from "./plan.ts";
import { planAllotments } from "./policy.ts";
import { reservationOf, reservedLaneOf } from "./reservations.ts";
import { splitLanes } from "./share.ts";
import { leftOnTicket, type TicketState } from "./ticket-left.ts";

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
  const reserving = await listReservingKeys(store.db, account, { expiresAfter, block: number });
  const others = reserving.filter((key) => key !== sessionKey);
  const block = chain.confirmed;
  const [balances, session, ...rest] = await Promise.all([
    chain.readAccount(account),
    chain.readSession(account, sessionKey),
    ...others.map(async (key) => [key, await chain.readSession(account, key)] as const),
  ]);
  return { block, balances, session, otherSessions: new Map(rest) };
}

interface Demand {
  readonly announce: TrackerAnnounce;
  readonly session: Session;
  readonly torrent: StoredTorrent;
  readonly candidates: readonly Payee[];
  readonly money: Money;
  /** What a sponsor has given the session; null: it is the account's own. */
  readonly ticket: TicketState | null;
}

interface Issued {
  /** To be stored before anyone sees them. */
  readonly lanes: readonly NewLane[];
  /** What they fall short of. */
  readonly shortage: AllotmentPlan["shortage"];
}

/** Plans and signs the lanes that a signed request gets, and enters them into the payer's book. */
export function issueLanes(context: Context, book: PayerBook, demand: Demand): Issued {
  const { chain, clock, config, gasWorth, keys } = context;
  const { announce, session, torrent, candidates, money } = demand;
  const { account: payer, sessionKey } = session;
  const { infoHash, sizeBytes, pieceLength } = torrent;
  const { claimPeriodSec, allotmentPeriodSec } = chain.facts;
  const price = splitPrice(BigInt(torrent.pricePerGiB), torrent.sharePercent);
  // A publisher that buys its own content pays itself nothing.
  const share = price.publisher === 0n || torrent.publisher === payer ? null : price;
  const pricePerGiB = share === null ? price.seller : BigInt(torrent.pricePerGiB);
  const content = { infoHash, sizeBytes, pieceLength, pricePerGiB };
  const own = book.lanes.filter((lane) => lane.sessionKey === sessionKey && lane.infoHash === infoHash);
  const balance = money.balances.balance - heldBack(book.held, book.lanes, money.block, claimPeriodSec);
  const plan = planAllotments({
    account: { ...money.balances, balance },
    session: { ...money.session, key: sessionKey },
    otherSessions: money.otherSessions,
    content,
    credit: (demand.ticket ? ticketCredit : creditLimits)(content, book.record),
    bytesLeft: announce.bytesLeft,
    topUp: announce.request?.topUp ?? [],
    candidates,
    lanes: book.lanes.map(reservedLaneOf),
    releases: book.releases,
    // The first number is that of the publisher's lane.
    nextLane: share === null ? book.nextLane : book.nextLane + 1,
    block: money.block,
    now: clock.now(),
    periods: { allotmentPeriodSec, claimPeriodSec, acceptMarginSec: config.params.acceptMarginSec },
    minRow: rowFloor(config.params.minRow, gasWorth.costOf),
    share,
    ticketLeft:
      demand.ticket &&
      leftOnTicket(demand.ticket, own.map(reservationOf), {
        infoHash,
        cap: ticketCap(content),
        now: clock.now(),
        lifetimeSec: config.params.sessionLifetimeSec,
        block: money.block,
        claimPeriodSec,
      }),
  });
  const accountOf = new Map([
    ...book.lanes.map(({ payeeKey, payee }) => [payeeKey, payee] as const),
    ...candidates.map(({ sessionKey: key, account }) => [key, account] as const),
  ]);
  const { secret } = keys.allotter();
  const grant = (lane: PlannedLane, payee: Address, pricePerGiB: Amount): NewLane => {
    const allotment = { payer, payee, sessionKey, pricePerGiB, infoHash, ...lane };
    const signature = sign(hashAllotment(context.separator, allotment), secret);
    return laneOfAllotment({ ...allotment, signature }, money.block);
  };
  const split = share && splitLanes(plan.lanes, share);
  const lanes = (split?.sellers ?? plan.lanes).map((lane) =>
    grant(lane, accountOf.get(lane.payeeKey) as Address, price.seller),
  );
  if (split) {
    const { publisher } = torrent;
    const lane = { ...split.share, lane: book.nextLane, payeeKey: publisher, credit: 0 };
    lanes.unshift(grant(lane, publisher, price.publisher));
  }
  book.lanes.push(...lanes.map(rowOfLane));
  book.nextLane += lanes.length;
  return { lanes, shortage: plan.shortage };
}

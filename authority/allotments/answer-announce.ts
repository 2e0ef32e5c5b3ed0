import { hexToBytes } from "../../protocol/base/bytes.ts";
import { REQUEST_SKEW_SEC } from "../../protocol/base/constants.ts";
import { ChainError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { isShareLane } from "../../protocol/base/publisher-share.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import type { TrackerAnnounce, TrackerAnswer, TrackerAnswers, TrackerGrant } from "../../protocol/http/operator.ts";
import { type AllotmentRequest, hashAllotmentRequest, MAX_GRANTED_LANES } from "../../protocol/wire/announce.ts";
import type { Caller, Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { listTicketTerms } from "../store/sponsors/tickets.ts";
import { allotmentJsonOfLane } from "../store/tables/lane-allotment.ts";
import { insertLanes, type NewLane } from "../store/tables/lanes.ts";
import { advanceRequests, requestName } from "../store/tables/requests.ts";
import { findTorrents, type StoredTorrent } from "../store/tables/torrents.ts";
import { type Buyer, type Device, listDevices, listLiveLanes, type PlanLane } from "../store/views/payers.ts";
import { type BookQuery, type PayerBook, readBooks } from "./books.ts";
import { issueLanes, type Money, type Payee, readMoney } from "./issue.ts";
import type { TicketState } from "./ticket-left.ts";

type Session = Pick<Caller, "account" | "sessionKey">;

/** An announce whose session, if any, has spent money that was read for it. */
interface Prepared {
  readonly announce: TrackerAnnounce;
  readonly torrent: StoredTorrent;
  readonly session: Session;
  readonly request: AllotmentRequest | null;
  /** Null: nothing is asked for, or the chain cannot be read now. */
  readonly money: Money | null;
}

/** One that may get lanes. */
type Wanting = Prepared & { readonly request: AllotmentRequest; readonly money: Money };

/**
 * Answers what the tracker asks of many peers at once (docs/protocol.md 6.5): which torrents there
 * are, and the lanes of each session, with new ones if it asked for them (4.3). All new lanes are
 * stored in one transaction.
 */
export async function answerAnnounces(
  context: Context,
  announces: readonly TrackerAnnounce[],
): Promise<TrackerAnswers> {
  const torrents = await findTorrents(context.store.db, [...new Set(announces.map(({ infoHash }) => infoHash))]);
  const known = new Map(torrents.map((torrent) => [torrent.infoHash, torrent]));
  const prepared = await Promise.all(
    announces.map((announce) => prepare(context, announce, known.get(announce.infoHash))),
  );
  const wanting = prepared.filter((one) => one !== null);
  const grants = new Map(await grantAll(context, wanting));
  const answers = announces.map((announce, i): TrackerAnswer => {
    const torrent = known.get(announce.infoHash);
    if (torrent === undefined) return { isKnown: false };
    const one = prepared[i] ?? null;
    const grant = one === null ? null : (grants.get(one) ?? null);
    return { isKnown: true, isPaid: torrent.pricePerGiB !== "0", sizeBytes: torrent.sizeBytes, grant };
  });
  return { now: context.clock.now(), answers };
}

/** Null: no lanes are granted. */
async function prepare(
  context: Context,
  announce: TrackerAnnounce,
  torrent: StoredTorrent | undefined,
): Promise<Prepared | null> {
  if (torrent === undefined || announce.session === null) return null;
  if (torrent.pricePerGiB === "0" || announce.event === "stopped") return null;
  const session = {
    account: parseAddress(announce.session.account),
    sessionKey: parseAddress(announce.session.sessionKey),
  };
  const request = readRequest(context, announce, session, torrent);
  return { announce, torrent, session, request, money: request && (await tryReadMoney(context, session)) };
}

/** The lanes that there are need no chain: without it, the others wait. */
async function tryReadMoney(context: Context, session: Session): Promise<Money | null> {
  try {
    return await readMoney(context, session);
  } catch (error) {
    if (error instanceof ChainError) return null;
    throw error;
  }
}

async function grantAll(
  context: Context,
  prepared: readonly Prepared[],
): Promise<(readonly [Prepared, TrackerGrant])[]> {
  if (prepared.length === 0) return [];
  if (prepared.every(({ request }) => request === null)) return grantEach(context, context.store.db, prepared);
  try {
    return await context.store.transaction((trx) => grantEach(context, trx, prepared));
  } catch (error) {
    if (prepared.length === 1) throw error;
    // One announce must not cost the others their lanes.
    context.log.error({ err: error }, "announces failed together: each is tried alone");
    const alone = await Promise.allSettled(prepared.map((one) => grantAll(context, [one])));
    return alone.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  }
}

type Granted = readonly [Prepared, TrackerGrant];

async function grantEach(context: Context, db: Db, prepared: readonly Prepared[]): Promise<Granted[]> {
  const now = context.clock.now();
  // Without a key, too, the lanes that there are go on.
  const wanting = context.keys.canAllot ? await takeRequests(db, prepared) : [];
  const books =
    wanting.length === 0
      ? new Map<Address, PayerBook>()
      : await readBooks(db, wanting.map(buyerOf), queryOf(context, wanting));
  const others = prepared.filter((one) => !wanting.includes(one as Wanting));
  const live = await listLiveLanes(db, others.map(buyerOf), now);
  const devices = await readDevices(db, prepared, [...live, ...[...books.values()].flatMap(({ lanes }) => lanes)]);
  const tickets = await readTickets(db, wanting);
  const shortages = new Map<Prepared, TrackerGrant["shortage"]>();
  const issued: NewLane[] = [];
  for (const one of wanting) {
    const book = books.get(one.session.account) as PayerBook;
    const { lanes, shortage } = issueLanes(context, book, {
      ...one,
      candidates: listPayees(one, devices),
      ticket: tickets.get(one.session.sessionKey) ?? null,
    });
    issued.push(...lanes);
    shortages.set(one, shortage);
  }
  await insertLanes(db, issued);
  return prepared.map((one): Granted => {
    const isWanting = shortages.has(one);
    const shortage = isWanting ? (shortages.get(one) ?? null) : one.request === null ? null : "RATE";
    const known = isWanting ? (books.get(one.session.account) as PayerBook).lanes : live;
    return [one, { ...listGranted(known, buyerOf(one), devices, now), shortage }];
  });
}

async function readTickets(db: Db, wanting: readonly Wanting[]): Promise<ReadonlyMap<Address, TicketState>> {
  if (wanting.length === 0) return new Map();
  const rows = await listTicketTerms(db, [...new Set(wanting.map(({ session }) => session.sessionKey))]);
  return new Map(rows.map(({ sessionKey, isOpen, ...ticket }) => [sessionKey, { ...ticket, isOpen: isOpen === 1 }]));
}

/** Those whose requests are new, and whose money could be read. */
async function takeRequests(db: Db, prepared: readonly Prepared[]): Promise<Wanting[]> {
  const able = new Map<string, Wanting>();
  for (const one of prepared) {
    const name = requestName(buyerOf(one));
    if (one.request !== null && one.money !== null && !able.has(name)) able.set(name, one as Wanting);
  }
  if (able.size === 0) return [];
  const times = [...able.values()].map((one) => ({ ...buyerOf(one), requestedAt: one.request.requestedAt }));
  const fresh = await advanceRequests(db, times);
  return [...able].flatMap(([name, one]) => (fresh.has(name) ? [one] : []));
}

/** What reserves at the oldest of the blocks at which their money was read. */
function queryOf({ chain, clock }: Context, wanting: readonly Wanting[]): BookQuery {
  const block = Math.min(...wanting.map(({ money }) => money.block.number));
  const time = Math.min(...wanting.map(({ money }) => money.block.timestamp));
  return { block, time, expiresAfter: time - chain.facts.claimPeriodSec, now: clock.now() };
}

function buyerOf({ session, announce }: Prepared): Buyer {
  return { ...session, infoHash: announce.infoHash };
}
/** Null: none that is possible was sent, or the session key has not signed it just now. */
function readRequest(
  { clock, separator }: Context,
  announce: TrackerAnnounce,
  session: Session,
  { sizeBytes }: StoredTorrent,
) {
  const { infoHash, bytesLeft, request } = announce;
  if (request === null || bytesLeft > sizeBytes || Math.abs(request.requestedAt - clock.now()) > REQUEST_SKEW_SEC)
    return null;
  const { account, sessionKey } = session;
  const { topUp, requestedAt } = request;
  const met = request.met.map(parseAddress);
  const signed: AllotmentRequest = { account, sessionKey, infoHash, bytesLeft, topUp, met, requestedAt };
  const signer = recoverSigner(hashAllotmentRequest(separator, signed), hexToBytes(request.signature as `0x${string}`));
  return signer === sessionKey ? signed : null;
}

type Devices = ReadonlyMap<Address, Device>;

/** All that are named, by session key. */
async function readDevices(db: Db, prepared: readonly Prepared[], lanes: readonly PlanLane[]): Promise<Devices> {
  const named = prepared.flatMap(({ announce, request }) =>
    request === null ? [] : [...request.met, ...announce.payees.map(parseAddress)],
  );
  const devices = await listDevices(db, [...new Set([...named, ...lanes.map(({ payeeKey }) => payeeKey)])]);
  return new Map(devices.map((device) => [device.sessionKey, device]));
}

/** Devices that the payer has met, then those that it is about to meet; none of its own account. */
function listPayees({ announce, request, session }: Wanting, devices: Devices): Payee[] {
  const met = new Set(request.met);
  const keys = [...new Set([...request.met, ...announce.payees.map(parseAddress)])];
  return keys
    .flatMap((key) => devices.get(key) ?? [])
    .filter(({ account }) => account !== session.account)
    .map(({ sessionKey, account }) => ({ sessionKey, account, isMet: met.has(sessionKey) }));
}

/** The buyer's live lanes on the content: the newest, if there are many. */
function listGranted(
  known: readonly PlanLane[],
  { sessionKey, infoHash }: Buyer,
  devices: Devices,
  now: number,
): Pick<TrackerGrant, "lanes" | "shares"> {
  const isLive = (lane: PlanLane): boolean => lane.state === "open" && lane.isFinal === 0 && lane.expiresAt > now;
  const live = known.filter((lane) => lane.sessionKey === sessionKey && lane.infoHash === infoHash && isLive(lane));
  const lanes = live.slice(-MAX_GRANTED_LANES).flatMap((lane) => {
    const device = devices.get(lane.payeeKey);
    return device ? [{ allotment: allotmentJsonOfLane(lane), payeePublicKey: device.publicKey }] : [];
  });
  const shares = live.slice(-MAX_GRANTED_LANES).filter(isShareLane).map(allotmentJsonOfLane);
  return shares.length === 0 ? { lanes } : { lanes, shares };
}

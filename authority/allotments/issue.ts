import { bytesToHex, hexToBytes } from "../../protocol/base/bytes.ts";
import { REQUEST_SKEW_SEC } from "../../protocol/base/constants.ts";
import { type Address, type InfoHash, parseAddress } from "../../protocol/base/ids.ts";
import { recoverSigner, sign } from "../../protocol/base/secp256k1.ts";
import type { TrackerAnnounce, TrackerAnnounceReply } from "../../protocol/http/operator.ts";
import { hashAllotment, type SignedAllotment } from "../../protocol/signed/allotment.ts";
import { allotmentToJson } from "../../protocol/signed/allotment-json.ts";
import { type AllotmentRequest, type GrantedLane, hashAllotmentRequest } from "../../protocol/wire/announce.ts";
import { type AccessClaims, readAccessToken } from "../accounts/access-token.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { findSessions, setSessionHost } from "../store/tables/accounts.ts";
import { toSignedAllotment } from "../store/tables/lane-allotment.ts";
import { toReservation } from "../store/tables/lane-reservation.ts";
import {
  advanceRequest,
  insertLanes,
  listLanesForPlan,
  listLanesOfSession,
  nextLane,
  type StoredLane,
} from "../store/tables/lanes.ts";
import { findTorrent, type StoredTorrent } from "../store/tables/torrents.ts";
import { listReleases } from "../store/tables/withdrawals.ts";
import { decideAdmission } from "./admission.ts";
import { creditLimits } from "./credit.ts";
import { readPayerRecord } from "./payer-record.ts";
import { type AllotmentPlan, planAllotments } from "./policy.ts";
import type { ConfirmedBlock, ReservedLane } from "./reservations.ts";

/** Most lanes in one reply: the newest. */
const MAX_GRANTED_LANES = 500;

/** Admits a peer to a swarm and grants it lanes (protocol.md sections 3 and 4). */
export async function answerAnnounce(context: Context, announce: TrackerAnnounce): Promise<TrackerAnnounceReply> {
  const { clock, store, secrets } = context;
  const { infoHash, accessToken, bytesLeft } = announce;
  const torrent = await findTorrent(store.db, infoHash);
  const claims = accessToken === null ? null : readAccessToken(accessToken, secrets.token);
  const admission = decideAdmission({
    infoHash,
    torrent: torrent ? { isPaid: torrent.pricePerGiB !== "0", sizeBytes: torrent.sizeBytes } : null,
    bytesLeft,
    accessToken,
    claims,
    now: clock.now(),
  });
  if (!admission.isAdmitted || !torrent) {
    const failureReason = admission.isAdmitted ? `unknown torrent ${infoHash}` : admission.failureReason;
    return { admitted: false, failureReason };
  }
  const { session } = admission;
  const isPaid = torrent.pricePerGiB !== "0";
  const known = { sessionKey: session?.sessionKey ?? null, publicKey: session?.publicKey ?? null };
  if (!isPaid || session === null || announce.event === "stopped")
    return { admitted: true, isPaid, ...known, grant: null };
  return { admitted: true, isPaid, ...known, grant: await grantLanes(context, announce, session, torrent) };
}

async function grantLanes(
  context: Context,
  announce: TrackerAnnounce,
  session: AccessClaims,
  torrent: StoredTorrent,
): Promise<Extract<TrackerAnnounceReply, { admitted: true }>["grant"]> {
  const { clock, store } = context;
  const { account } = session;
  const request = readRequest(context, announce, session);
  const money = request && (await readMoney(context, session));
  return store.transaction(async (trx) => {
    const candidates = await learnPayees(trx, announce, request?.met ?? [], account);
    let shortage: AllotmentPlan["shortage"] = null;
    if (request && money) {
      const isNew = await advanceRequest(trx, session.sessionKey, torrent.infoHash, request.requestedAt);
      shortage = isNew ? await issue(context, trx, { announce, session, torrent, candidates, money }) : "RATE";
    }
    const lanes = await listGranted(trx, session, torrent.infoHash, clock.now());
    return { now: clock.now(), account, lanes, shortage };
  });
}

/** Null: none was sent, or it is not the session key's word of now. */
function readRequest({ clock, separator }: Context, announce: TrackerAnnounce, session: AccessClaims) {
  const { infoHash, bytesLeft, request } = announce;
  if (request === null || Math.abs(request.requestedAt - clock.now()) > REQUEST_SKEW_SEC) return null;
  const { account, sessionKey } = session;
  const { topUp, requestedAt } = request;
  const met = request.met.map(parseAddress);
  const signed: AllotmentRequest = { account, sessionKey, infoHash, bytesLeft, topUp, met, requestedAt };
  const signer = recoverSigner(hashAllotmentRequest(separator, signed), hexToBytes(request.signature as `0x${string}`));
  return signer === sessionKey ? signed : null;
}

type Money = Awaited<ReturnType<typeof readMoney>>;

/** All at one confirmed block. */
async function readMoney({ chain }: Context, { account, sessionKey }: AccessClaims) {
  const block = chain.confirmed;
  const [balances, session] = await Promise.all([
    chain.readAccount(account, block.number),
    chain.readSession(account, sessionKey, block.number),
  ]);
  return { block, balances, session };
}

/** Devices that the payer has met, then those that it is about to meet, with where the tracker saw them; none of its own account. */
async function learnPayees(
  db: Db,
  announce: TrackerAnnounce,
  met: readonly Address[],
  payer: Address,
): Promise<Payee[]> {
  const seen = new Map(announce.payees.map((payee) => [parseAddress(payee.sessionKey), payee]));
  const keys = [...new Set([...met, ...seen.keys()])];
  const found = new Map((await findSessions(db, keys)).map((session) => [session.sessionKey, session]));
  const sessions = keys.flatMap((key) => found.get(key) ?? []);
  for (const { sessionKey } of sessions) {
    const payee = seen.get(sessionKey);
    if (payee) await setSessionHost(db, sessionKey, payee.host, payee.port);
  }
  return sessions
    .filter(({ account }) => account !== payer)
    .map(({ sessionKey, account }) => ({ sessionKey, account, isMet: met.includes(sessionKey) }));
}

interface Payee {
  readonly sessionKey: Address;
  readonly account: Address;
  readonly isMet: boolean;
}

async function issue(
  context: Context,
  db: Db,
  {
    announce,
    session,
    torrent,
    candidates,
    money,
  }: {
    readonly announce: TrackerAnnounce;
    readonly session: AccessClaims;
    readonly torrent: StoredTorrent;
    readonly candidates: readonly Payee[];
    readonly money: Money;
  },
): Promise<AllotmentPlan["shortage"]> {
  const { chain, clock, config } = context;
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
  const plan = planAllotments({
    account: money.balances,
    session: { ...money.session, key: sessionKey },
    content,
    credit: creditLimits(content, await readPayerRecord(db, payer, clock.now())),
    bytesLeft: announce.bytesLeft,
    topUp: announce.request?.topUp ?? [],
    candidates,
    lanes: stored.map(toReserved),
    releases: await listReleases(db, payer),
    nextLane: await nextLane(db, payer),
    block: money.block,
    now: clock.now(),
    periods: {
      allotmentSec: allotmentPeriodSec,
      claimSec: claimPeriodSec,
      acceptMarginSec: config.params.acceptMarginSec,
    },
  });
  const accountOf = new Map([
    ...stored.map(({ payeeKey, payee }) => [payeeKey, payee] as const),
    ...candidates.map(({ sessionKey: key, account }) => [key, account] as const),
  ]);
  const lanes = plan.lanes.map((lane) => {
    const payee = accountOf.get(lane.payeeKey) as Address;
    const allotment = { payer, payee, sessionKey, pricePerGiB, infoHash, ...lane };
    return { ...allotment, signature: sign(hashAllotment(context.separator, allotment), config.allotterKey) };
  });
  await insertLanes(
    db,
    payer,
    lanes.map((lane) => toRow(lane, money.block)),
  );
  return plan.shortage;
}

/** The session's live lanes on the content, each with the way to its payee. */
async function listGranted(
  db: Db,
  { account, sessionKey }: AccessClaims,
  infoHash: InfoHash,
  now: number,
): Promise<GrantedLane[]> {
  const stored = await listLanesOfSession(db, { payer: account, sessionKey, infoHash, expiresAfter: now });
  const live = stored.filter((lane) => lane.state === "open" && lane.isFinal === 0).slice(-MAX_GRANTED_LANES);
  const sessions = await findSessions(db, [...new Set(live.map(({ payeeKey }) => payeeKey))]);
  const payees = new Map(sessions.map((session) => [session.sessionKey, session]));
  return live.flatMap((lane): GrantedLane[] => {
    const payee = payees.get(lane.payeeKey);
    // The tracker has never seen it: nobody could reach it.
    if (!payee || payee.host === null || payee.port === null) return [];
    const { publicKey: payeePublicKey, host: payeeHost, port: payeePort } = payee;
    return [{ allotment: allotmentToJson(toSignedAllotment(lane)), payeePublicKey, payeeHost, payeePort }];
  });
}

function toReserved(lane: StoredLane): ReservedLane {
  const { sessionKey, payeeKey, infoHash, credit } = lane;
  const isClosed = lane.state !== "open" || lane.isFinal === 1;
  return { ...toReservation(lane), lane: lane.lane, sessionKey, payeeKey, infoHash, credit, isClosed };
}

function toRow(allotment: SignedAllotment, block: ConfirmedBlock) {
  return {
    ...allotment,
    cap: allotment.cap.toString(),
    pricePerGiB: allotment.pricePerGiB.toString(),
    signature: bytesToHex(allotment.signature),
    issuedAtBlock: block.number,
    issuedAt: block.timestamp,
    amount: "0",
    voucherSignature: null,
    receivedAt: null,
    isFinal: 0,
    isCloseAsked: 0,
    finishedAt: null,
    statementId: null,
    state: "open" as const,
    batchId: null,
    claimId: null,
    paid: "0",
    fee: "0",
    paidAtBlock: null,
    reason: null,
  };
}

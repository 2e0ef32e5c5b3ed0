import { hexToBytes } from "../../protocol/base/bytes.ts";
import { REQUEST_SKEW_SEC } from "../../protocol/base/constants.ts";
import { type Address, type InfoHash, parseAddress } from "../../protocol/base/ids.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import type { TrackerAnnounce, TrackerAnnounceReply } from "../../protocol/http/operator.ts";
import { allotmentToJson } from "../../protocol/signed/allotment-json.ts";
import { type AllotmentRequest, type GrantedLane, hashAllotmentRequest } from "../../protocol/wire/announce.ts";
import { readAccessToken, type TokenGrant } from "../access-token.ts";
import type { Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { listLanesOfSession } from "../store/tables/account-lanes.ts";
import { allotmentOfLane } from "../store/tables/lane-allotment.ts";
import { advanceRequest } from "../store/tables/requests.ts";
import { findSessions, setSessionHost } from "../store/tables/sessions.ts";
import { findTorrent, type StoredTorrent } from "../store/tables/torrents.ts";
import { decideAdmission } from "./admission.ts";
import { issueLanes, type Payee, readMoney } from "./issue.ts";

/** Most lanes in one reply: the newest. */
const MAX_GRANTED_LANES = 500;

type Grant = Extract<TrackerAnnounceReply, { admitted: true }>["grant"];

/** Admits a peer to a swarm and grants it lanes (docs/protocol.md 4.3). */
export async function answerAnnounce(context: Context, announce: TrackerAnnounce): Promise<TrackerAnnounceReply> {
  const { clock, store, secrets } = context;
  const { infoHash, accessToken, bytesLeft } = announce;
  const torrent = await findTorrent(store.db, infoHash);
  const admission = decideAdmission({
    infoHash,
    torrent: torrent ? { isPaid: torrent.pricePerGiB !== "0", sizeBytes: torrent.sizeBytes } : null,
    bytesLeft,
    accessToken,
    tokenGrant: accessToken === null ? null : readAccessToken(accessToken, secrets.token),
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
  session: TokenGrant,
  torrent: StoredTorrent,
): Promise<Grant> {
  const { clock, store } = context;
  const { account } = session;
  const request = readRequest(context, announce, session);
  const money = request && (await readMoney(context, session));
  return store.transaction(async (trx) => {
    const candidates = await learnPayees(trx, announce, request?.met ?? [], account);
    let shortage: NonNullable<Grant>["shortage"] = null;
    if (request && money) {
      const isNew = await advanceRequest(trx, session.sessionKey, torrent.infoHash, request.requestedAt);
      shortage = isNew ? await issueLanes(context, trx, { announce, session, torrent, candidates, money }) : "RATE";
    }
    const lanes = await listGranted(trx, session, torrent.infoHash, clock.now());
    return { now: clock.now(), account, lanes, shortage };
  });
}

/** Null: none was sent, or the session key has not signed it just now. */
function readRequest({ clock, separator }: Context, announce: TrackerAnnounce, session: TokenGrant) {
  const { infoHash, bytesLeft, request } = announce;
  if (request === null || Math.abs(request.requestedAt - clock.now()) > REQUEST_SKEW_SEC) return null;
  const { account, sessionKey } = session;
  const { topUp, requestedAt } = request;
  const met = request.met.map(parseAddress);
  const signed: AllotmentRequest = { account, sessionKey, infoHash, bytesLeft, topUp, met, requestedAt };
  const signer = recoverSigner(hashAllotmentRequest(separator, signed), hexToBytes(request.signature as `0x${string}`));
  return signer === sessionKey ? signed : null;
}

/**
 * Devices that the payer has met, then those that it is about to meet; none of its own account.
 * Stores where the tracker saw them.
 */
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

/** The session's live lanes on the content, each with the address of its payee. */
async function listGranted(
  db: Db,
  { account, sessionKey }: TokenGrant,
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
    return [{ allotment: allotmentToJson(allotmentOfLane(lane)), payeePublicKey, payeeHost, payeePort }];
  });
}

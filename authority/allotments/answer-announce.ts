import { hexToBytes } from "../../protocol/base/bytes.ts";
import { REQUEST_SKEW_SEC } from "../../protocol/base/constants.ts";
import { ChainError } from "../../protocol/base/errors.ts";
import { type Address, type InfoHash, parseAddress } from "../../protocol/base/ids.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import type { TrackerAnnounce, TrackerAnswer, TrackerAnswers, TrackerGrant } from "../../protocol/http/operator.ts";
import { allotmentToJson } from "../../protocol/signed/allotment-json.ts";
import { type AllotmentRequest, hashAllotmentRequest, MAX_GRANTED_LANES } from "../../protocol/wire/announce.ts";
import type { Caller, Context } from "../context.ts";
import type { Db } from "../store/database.ts";
import { listLanesOfSession } from "../store/tables/account-lanes.ts";
import { allotmentOfLane } from "../store/tables/lane-allotment.ts";
import { advanceRequest } from "../store/tables/requests.ts";
import { findSessions } from "../store/tables/sessions.ts";
import { findTorrents, type StoredTorrent } from "../store/tables/torrents.ts";
import { issueLanes, type Money, type Payee, readMoney } from "./issue.ts";

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
  const request = readRequest(context, announce, session);
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

async function grantEach(context: Context, db: Db, prepared: readonly Prepared[]) {
  const grants: (readonly [Prepared, TrackerGrant])[] = [];
  for (const one of prepared) grants.push([one, await grant(context, db, one)]);
  return grants;
}

async function grant(context: Context, db: Db, prepared: Prepared): Promise<TrackerGrant> {
  const { announce, torrent, session, request, money } = prepared;
  const { infoHash } = torrent;
  let shortage: TrackerGrant["shortage"] = null;
  if (request !== null) {
    // Without a key, too, the lanes that there are go on.
    const isNew =
      money !== null &&
      context.keys.canAllot &&
      (await advanceRequest(db, session.sessionKey, infoHash, request.requestedAt));
    if (!isNew) shortage = "RATE";
    else {
      const candidates = await findPayees(db, announce, request.met, session.account);
      shortage = await issueLanes(context, db, { announce, session, torrent, candidates, money });
    }
  }
  return { lanes: await listGranted(db, session, infoHash, context.clock.now()), shortage };
}

/** Null: none was sent, or the session key has not signed it just now. */
function readRequest({ clock, separator }: Context, announce: TrackerAnnounce, session: Session) {
  const { infoHash, bytesLeft, request } = announce;
  if (request === null || Math.abs(request.requestedAt - clock.now()) > REQUEST_SKEW_SEC) return null;
  const { account, sessionKey } = session;
  const { topUp, requestedAt } = request;
  const met = request.met.map(parseAddress);
  const signed: AllotmentRequest = { account, sessionKey, infoHash, bytesLeft, topUp, met, requestedAt };
  const signer = recoverSigner(hashAllotmentRequest(separator, signed), hexToBytes(request.signature as `0x${string}`));
  return signer === sessionKey ? signed : null;
}

/** Devices that the payer has met, then those that it is about to meet; none of its own account. */
async function findPayees(
  db: Db,
  { payees }: TrackerAnnounce,
  met: readonly Address[],
  payer: Address,
): Promise<Payee[]> {
  const keys = [...new Set([...met, ...payees.map(parseAddress)])];
  const found = new Map((await findSessions(db, keys)).map((session) => [session.sessionKey, session]));
  return keys
    .flatMap((key) => found.get(key) ?? [])
    .filter(({ account }) => account !== payer)
    .map(({ sessionKey, account }) => ({ sessionKey, account, isMet: met.includes(sessionKey) }));
}

/** The session's live lanes on the content: the newest, if there are many. */
async function listGranted(
  db: Db,
  { account, sessionKey }: Session,
  infoHash: InfoHash,
  now: number,
): Promise<TrackerGrant["lanes"]> {
  const stored = await listLanesOfSession(db, { payer: account, sessionKey, infoHash, expiresAfter: now });
  const live = stored.filter((lane) => lane.state === "open" && lane.isFinal === 0).slice(-MAX_GRANTED_LANES);
  const sessions = await findSessions(db, [...new Set(live.map(({ payeeKey }) => payeeKey))]);
  const publicKeys = new Map(sessions.map((session) => [session.sessionKey, session.publicKey]));
  return live.flatMap((lane) => {
    const payeePublicKey = publicKeys.get(lane.payeeKey);
    return payeePublicKey ? [{ allotment: allotmentToJson(allotmentOfLane(lane)), payeePublicKey }] : [];
  });
}

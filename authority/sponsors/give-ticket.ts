import type { Hex } from "../../protocol/base/bytes.ts";
import { AccessError, PaymentError } from "../../protocol/base/errors.ts";
import type { Address, PublicKey } from "../../protocol/base/ids.ts";
import { prefixOf } from "../../protocol/base/ip-address.ts";
import type { Ticket } from "../../protocol/http/sponsors.ts";
import { createAccessToken } from "../access-token.ts";
import { readAccountSummary } from "../accounts/account-summary.ts";
import { reservationOf } from "../allotments/reservations.ts";
import { sumExposure } from "../allotments/ticket-left.ts";
import { createAnnounceToken } from "../announce-token.ts";
import { encodeAuthorizeSessionFor } from "../chain/contract-calls.ts";
import type { Context } from "../context.ts";
import { DAY_SEC } from "../day.ts";
import { RELAY_GAS, takeGas } from "../gas-budget.ts";
import type { Db } from "../store/database.ts";
import { listOpenSponsorships } from "../store/sponsors/sponsorships.ts";
import {
  findTicketBySecret,
  findUnusedTicket,
  type GivenTicket,
  listGivenTickets,
  listTicketLanes,
  markTicketGiven,
} from "../store/sponsors/tickets.ts";
import { insertRelay, insertSession } from "../store/tables/sessions.ts";
import type { StoredTorrent } from "../store/tables/torrents.ts";
import { enqueueTransaction } from "../store/tables/transactions.ts";
import { capOf, publicKeyOfTicket, requireTorrent } from "./sponsorships.ts";
import { judgeTicket, type TicketDesk, type TicketRefusal } from "./ticket-policy.ts";

interface Asker {
  /** Made by the downloader: the same one gets the same ticket. */
  readonly secret: Hex;
  /** From where it asks. */
  readonly address: string;
}

/**
 * Gives a session that a sponsor pays, and relays its authorization. Ticket, session and
 * transaction are stored together, so a kill loses none of them, and no ticket is given twice.
 * @throws {AccessError} TORRENT_UNKNOWN, SPONSOR_MISSING, RATE_LIMITED
 * @throws {PaymentError} SPONSOR_SPENT
 */
export async function giveTicket(context: Context, text: string, { secret, address }: Asker): Promise<Ticket> {
  const { clock, config, store } = context;
  const torrent = await requireTorrent(context, text);
  const before = await findTicketBySecret(store.db, secret);
  if (before) return ticketOf(context, before, torrent);
  const { sessionLifetimeSec: lifetimeSec } = config.params;
  const now = clock.now();
  // The last ones are good for a whole lifetime, too.
  const open = await listOpenSponsorships(store.db, torrent.infoHash, now + lifetimeSec);
  const asker = { network: prefixOf(address), now, lifetimeSec };
  let refusal: TicketRefusal | null = null;
  for (const { account } of open) {
    // Most of a crowd is refused here, for little.
    const { balance } = await context.chain.readAccount(account);
    if (balance < capOf(torrent) || !(await findUnusedTicket(store.db, account))) {
      refusal = "SPENT";
      continue;
    }
    const desk = await readDesk(context, account, torrent);
    const judge = async (db: Db) => {
      const next = await findUnusedTicket(db, account);
      const given = await listDesk(context, db, account, desk.exposures);
      refusal = judgeTicket({ ...desk, given, hasUnused: next !== undefined }, asker);
      return refusal === null ? next : undefined;
    };
    // A crowd that gets nothing should write nothing.
    if (!(await judge(store.db))) continue;
    const given = await store.transaction(async (trx) => {
      const again = await findTicketBySecret(trx, secret);
      if (again) return again;
      const next = await judge(trx);
      if (!next) return null;
      const ticket = { ...next, secret, network: asker.network, givenAt: now };
      await storeGiven(context, trx, ticket);
      return ticket;
    });
    if (!given) continue;
    context.wake();
    return ticketOf(context, given, torrent);
  }
  throw refused(refusal);
}

type Exposures = ReadonlyMap<Address, bigint>;

/** Lanes are read before the balance: one in between counts as money that is gone. */
async function readDesk(
  context: Context,
  account: Address,
  torrent: StoredTorrent,
): Promise<Omit<TicketDesk, "given" | "hasUnused"> & { readonly exposures: Exposures }> {
  const { chain, store } = context;
  const given = await listGivenTickets(store.db, account, sinceOf(context));
  const keys = given.map(({ sessionKey }) => sessionKey);
  const lanes = Map.groupBy(await listTicketLanes(store.db, keys, torrent.infoHash), ({ sessionKey }) => sessionKey);
  const block = chain.confirmed;
  const { claimPeriodSec } = chain.facts;
  const exposures = new Map(
    [...lanes].map(([key, own]) => [key, sumExposure(own.map(reservationOf), block, claimPeriodSec)]),
  );
  const { free } = await readAccountSummary(context, { account });
  return { cap: capOf(torrent), free: BigInt(free), exposures };
}

async function listDesk(
  context: Context,
  db: Db,
  account: Address,
  exposures: Exposures,
): Promise<TicketDesk["given"]> {
  const given = await listGivenTickets(db, account, sinceOf(context));
  return given.map(({ network, givenAt, sessionKey }) => ({
    network,
    givenAt,
    exposure: exposures.get(sessionKey) ?? 0n,
  }));
}

function sinceOf({ clock, config }: Context): number {
  return clock.now() - Math.max(DAY_SEC, config.params.sessionLifetimeSec);
}

/** @throws {AccessError} RATE_LIMITED: nothing is stored; {PaymentError} SPONSOR_SPENT */
async function storeGiven(context: Context, db: Db, ticket: GivenTicket): Promise<void> {
  const { chain } = context;
  const { account, sessionKey, limit, expiresAt, givenAt, network, secret } = ticket;
  const publicKey = publicKeyOfTicket(ticket.privateKey) as PublicKey;
  const actionId = `session:${account}:${sessionKey}:${limit}:${expiresAt}`;
  const owner = await insertSession(db, { account, sessionKey, publicKey, createdAt: givenAt });
  // Its sponsor has logged in with it elsewhere since.
  if (owner !== account) throw refused("SPENT");
  await takeGas(context, db, { account, actionId, gas: RELAY_GAS.session });
  await markTicketGiven(db, sessionKey, { secret: secret as Hex, network, givenAt });
  await insertRelay(db, { actionId, account, sessionKey, limit, expiresAt, createdAt: givenAt });
  const authorization = { account, sessionKey, limit: BigInt(limit), expiresAt };
  const data = encodeAuthorizeSessionFor(authorization, ticket.signature);
  await enqueueTransaction(db, { actionId, kind: "session", recipient: chain.facts.contract, data });
}

function ticketOf({ config, secrets }: Context, ticket: GivenTicket, torrent: StoredTorrent): Ticket {
  const { account, privateKey, sessionKey, givenAt } = ticket;
  const expiresAt = givenAt + config.params.sessionLifetimeSec;
  const publicKey = publicKeyOfTicket(privateKey) as PublicKey;
  const grant = { account, sessionKey, publicKey, issuedAt: givenAt, expiresAt };
  return {
    account,
    privateKey,
    accessToken: createAccessToken(grant, secrets.token),
    announceToken: createAnnounceToken(grant, secrets.operator),
    expiresAt,
    cap: `${capOf(torrent)}`,
  };
}

function refused(refusal: TicketRefusal | null): AccessError | PaymentError {
  if (refusal === "NETWORK")
    return new AccessError("RATE_LIMITED", "this network has got its tickets of the day: pay with an account of yours");
  if (refusal === "SPENT")
    return new PaymentError("SPONSOR_SPENT", "the sponsor's money is given out for now: try later, or pay yourself");
  return new AccessError("SPONSOR_MISSING", "nobody sponsors this content: get it without --sponsored");
}

import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { AccessError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { type Address, parseInfoHash } from "../../protocol/base/ids.ts";
import { addressOfKey, isPrivateKey, publicKeyOf, recoverSigner } from "../../protocol/base/secp256k1.ts";
import { ticketCap } from "../../protocol/base/ticket-cap.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import { MAX_SPONSORSHIP_SEC, type SponsorBody, type Sponsorship } from "../../protocol/http/sponsors.ts";
import { hashSessionAuthorization } from "../../protocol/signed/session.ts";
import { readAccountSummary } from "../accounts/account-summary.ts";
import type { Caller, Context } from "../context.ts";
import { nextTurn } from "../store/next-turn.ts";
import {
  countTickets,
  findSponsorship,
  type NewTicket,
  type StoredSponsorship,
  saveSponsorship,
} from "../store/sponsors/sponsorships.ts";
import { findSessions } from "../store/tables/sessions.ts";
import { findTorrent, type StoredTorrent } from "../store/tables/torrents.ts";
import { unknownTorrent } from "../torrents/repository.ts";

/** The wallet's clock may differ from the authority's by this much. */
const SKEW_SEC = 60;
/** Signatures that are checked in one turn of the event loop. */
const CHECKED_AT_ONCE = 50;

/**
 * Lets the caller's account pay for others' downloads of one content, or ends that. The same again
 * changes nothing that anybody has.
 * @throws {InputError} SPONSORSHIP_INVALID; {AccessError} TORRENT_UNKNOWN
 * @throws {PaymentError} BALANCE_TOO_LOW: it could not pay for one
 */
export async function sponsor(context: Context, caller: Caller, body: SponsorBody): Promise<Sponsorship> {
  const { chain, clock, store } = context;
  const { account } = caller;
  const torrent = await requireTorrent(context, body.infoHash);
  const { infoHash } = torrent;
  if (torrent.pricePerGiB === "0") throw invalid("the content is free");
  const { expiresAt, keys } = body;
  const isOpen = keys.length > 0;
  if (isOpen && (expiresAt <= clock.now() || expiresAt > clock.now() + MAX_SPONSORSHIP_SEC + SKEW_SEC))
    throw invalid("it must end within 30 days");
  const tickets = await readKeys(context, account, body);
  if (isOpen && (await chain.readAccount(account)).balance < capOf(torrent))
    throw new PaymentError("BALANCE_TOO_LOW", `the account has less than one download may take, ${capOf(torrent)}`);
  await store.transaction(async (trx) => {
    const before = await findSponsorship(trx, account);
    if (before && before.infoHash !== infoHash) throw invalid("this account sponsors another content");
    const own = tickets.map(({ sessionKey }) => sessionKey);
    const known = await findSessions(trx, own);
    if (known.some((session) => session.account !== account)) throw invalid("a key belongs to another account");
    await saveSponsorship(trx, { account, infoHash, isOpen: isOpen ? 1 : 0, expiresAt }, tickets);
  });
  return readSponsorship(context, caller);
}

/** @throws {AccessError} SPONSOR_MISSING */
export async function readSponsorship(context: Context, caller: Caller): Promise<Sponsorship> {
  const { store } = context;
  const { account } = caller;
  const stored = await findSponsorship(store.db, account);
  if (!stored) throw new AccessError("SPONSOR_MISSING", "this account sponsors nothing: `floodgate sponsor`");
  const torrent = await requireTorrent(context, stored.infoHash);
  return { ...termsOf(stored, torrent), ...(await readMoney(context, caller)) };
}

function termsOf({ account, infoHash, isOpen, expiresAt }: StoredSponsorship, torrent: StoredTorrent) {
  return { account, infoHash, isOpen: isOpen === 1, expiresAt, cap: `${capOf(torrent)}` };
}

async function readMoney(context: Context, caller: Caller) {
  const [{ given, unused }, { free, paid, owing }] = await Promise.all([
    countTickets(context.store.db, caller.account),
    readAccountSummary(context, caller),
  ]);
  return { given, unused, spent: `${BigInt(paid) + BigInt(owing)}`, left: free };
}

/** What one ticket of a content may spend, base units. */
export function capOf({ sizeBytes, pieceLength, pricePerGiB }: StoredTorrent): bigint {
  return ticketCap({ sizeBytes, pieceLength, pricePerGiB: BigInt(pricePerGiB) });
}

/** @throws {AccessError} TORRENT_UNKNOWN */
export async function requireTorrent({ store }: Context, text: string): Promise<StoredTorrent> {
  const infoHash = parseInfoHash(text);
  const torrent = await findTorrent(store.db, infoHash);
  if (!torrent) throw unknownTorrent(infoHash);
  return torrent;
}

async function readKeys({ separator }: Context, account: Address, body: SponsorBody): Promise<NewTicket[]> {
  const limit = parseBaseUnits(body.limit);
  const tickets: NewTicket[] = [];
  for (const [i, { privateKey, signature }] of body.keys.entries()) {
    if (i % CHECKED_AT_ONCE === CHECKED_AT_ONCE - 1) await nextTurn();
    const key = hexToBytes(privateKey as Hex);
    if (!isPrivateKey(key)) throw invalid("a key is out of range");
    const sessionKey = addressOfKey(publicKeyOf(key));
    const { expiresAt } = body;
    const digest = hashSessionAuthorization(separator, { account, sessionKey, limit, expiresAt });
    if (recoverSigner(digest, compactOf(signature as Hex)) !== account)
      throw invalid("a key is not authorized by the account's wallet");
    tickets.push({
      sessionKey,
      account,
      privateKey: privateKey as Hex,
      signature: signature as Hex,
      limit: body.limit,
      expiresAt,
    });
  }
  return tickets;
}

/** r‖s‖v as 64 bytes (EIP-2098). */
function compactOf(signature: Hex): Uint8Array {
  const bytes = hexToBytes(signature);
  const compact = bytes.slice(0, 64);
  if (bytes[64] === 28) compact[32] = (compact[32] as number) | 0x80;
  return compact;
}

/** The public key of a ticket's session, as logins name it. */
export function publicKeyOfTicket(privateKey: Hex): Hex {
  return bytesToHex(publicKeyOf(hexToBytes(privateKey)));
}

function invalid(what: string): InputError {
  return new InputError("SPONSORSHIP_INVALID", `the sponsorship is not taken: ${what}`);
}

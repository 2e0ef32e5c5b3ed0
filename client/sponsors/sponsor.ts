import { bytesToHex } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../protocol/base/secp256k1.ts";
import { ticketCap } from "../../protocol/base/ticket-cap.ts";
import { type Amount, formatMoney, max, min, owed, parseBaseUnits } from "../../protocol/base/units.ts";
import {
  MAX_SPONSORSHIP_SEC,
  MAX_TICKETS,
  type SponsorBody,
  type Sponsorship,
  SponsorshipSchema,
} from "../../protocol/http/sponsors.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import { fundAccount } from "../account/fund.ts";
import type { AccountHome } from "../account/home.ts";
import { joinNetwork } from "../account/network.ts";
import type { Account } from "../account/opened-account.ts";
import { enter } from "../account/register.ts";
import { createSessionKey } from "../wallet/session.ts";
import type { Wallet } from "../wallet/wallet.ts";

/** Money that pays for others' downloads of one content (docs/protocol.md 4.14). */

/** Logs the sponsorship's own wallet in, for the first time or again. */
export async function openSponsorAccount(home: AccountHome, apiUrl: string, signal: AbortSignal): Promise<Account> {
  const wallet = await home.unlock();
  const opened = await joinNetwork(home, apiUrl, signal);
  return enter(home, wallet, opened, null, signal);
}

/**
 * Fills the account up to `budget`, and sends tickets for all that is in it. Stopped anywhere, the
 * same call goes on: nothing is charged twice, and tickets that somebody has stay good.
 * @throws {InputError} SPONSORSHIP_INVALID, OPTIONS_INCOMPLETE without a card; and as `fundAccount`
 */
export async function sponsorContent(
  home: AccountHome,
  account: Account,
  torrent: TorrentReply,
  { budget, card }: { readonly budget: Amount; readonly card: string | null },
  signal: AbortSignal,
): Promise<Sponsorship> {
  const { client, network } = account;
  const { token } = network.info;
  const pricePerGiB = BigInt(torrent.pricePerGiB);
  if (pricePerGiB === 0n) throw invalid("the content is free, and needs no sponsor");
  const cap = ticketCap({ ...torrent, pricePerGiB });
  if (budget < cap) throw invalid(`one download may take ${formatMoney(cap, token)}: give at least that`);
  const missing = budget - parseBaseUnits((await client.account(signal)).balance);
  if (missing > 0n) {
    if (card === null)
      throw new InputError(
        "OPTIONS_INCOMPLETE",
        `${formatMoney(missing, token)} of the budget are not paid in: give --card`,
      );
    await fundAccount(home, account, { card, amount: missing }, signal);
  }
  const balance = parseBaseUnits((await client.account(signal)).balance);
  // What a ticket leaves is given again, so there are as many as the price goes into the budget.
  const price = max(owed(torrent.sizeBytes, pricePerGiB), 1n);
  const count = Number(min(BigInt(MAX_TICKETS), balance / price));
  const body = await makeTickets(await home.unlock(), account, { infoHash: torrent.infoHash, limit: balance, count });
  return client.post(SponsorshipSchema, "v1/sponsorship", body, signal);
}

/** No more tickets, and no more lanes for those that there are. */
export function endSponsorship({ client }: Account, infoHash: InfoHash, signal: AbortSignal): Promise<Sponsorship> {
  const body: SponsorBody = { infoHash, limit: "0", expiresAt: 0, keys: [] };
  return client.post(SponsorshipSchema, "v1/sponsorship", body, signal);
}

/** @throws {AccessError} SPONSOR_MISSING */
export function readSponsorship({ client }: Account, signal: AbortSignal): Promise<Sponsorship> {
  return client.get(SponsorshipSchema, "v1/sponsorship", {}, signal);
}

async function makeTickets(
  wallet: Wallet,
  { network: { info, separator } }: Account,
  { infoHash, limit, count }: { readonly infoHash: InfoHash; readonly limit: Amount; readonly count: number },
): Promise<SponsorBody> {
  const expiresAt = info.now + MAX_SPONSORSHIP_SEC;
  const keys: SponsorBody["keys"] = [];
  for (let i = 0; i < count; i++) {
    const key = createSessionKey();
    const authorization = { account: wallet.address, sessionKey: addressOfKey(publicKeyOf(key)), limit, expiresAt };
    keys.push({
      privateKey: bytesToHex(key),
      signature: await wallet.signSessionAuthorization(separator, authorization),
    });
  }
  return { infoHash, limit: `${limit}`, expiresAt, keys };
}

function invalid(what: string): InputError {
  return new InputError("SPONSORSHIP_INVALID", what);
}

import { join } from "node:path";
import { readSavedNetwork } from "../../client/account/home.ts";
import { openNodeHome, walletPath } from "../../client/account/node-home.ts";
import type { Account } from "../../client/account/opened-account.ts";
import { unlockOnce } from "../../client/account/unlock-once.ts";
import { requestWithdrawal } from "../../client/account/withdraw.ts";
import { endSponsorship, openSponsorAccount, readSponsorship, sponsorContent } from "../../client/sponsors/sponsor.ts";
import { createKeystore, readKeystoreAddress } from "../../client/wallet/keystore.ts";
import { choosePassphrase } from "../../client/wallet/passphrase.ts";
import { ensurePrivateDirectory, readPrivateFile } from "../../client/wallet/private-file.ts";
import { AccessError } from "../../protocol/base/errors.ts";
import { parseAddress, toChecksumAddress } from "../../protocol/base/ids.ts";
import { type Amount, formatMoney } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import type { Sponsorship } from "../../protocol/http/sponsors.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import { type CommandContext, openHome } from "../runtime.ts";

/**
 * A sponsorship has a home of its own, below the sponsor's: its wallet holds the budget, and every
 * command of an account works with it.
 */

/** What a run tells, and what is left to the next one. */
export interface Sponsored {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * `budget`: what the sponsorship shall hold; 0 ends it, and takes back what no download needs; null
 * only asks.
 * @throws {AccessError} SPONSOR_MISSING; and as `sponsorContent` and `requestWithdrawal`
 */
export async function sponsorTorrent(
  context: CommandContext,
  torrent: TorrentReply,
  { budget, card }: { readonly budget: Amount | null; readonly card: string | null },
): Promise<Sponsored> {
  const { passphrase, signal } = context;
  const { apiUrl } = await readSavedNetwork(await openHome(context));
  const directory = join(context.home, "sponsors", torrent.infoHash);
  const isNew = (await readPrivateFile(walletPath(directory))) === null;
  if (isNew && (budget === null || budget === 0n))
    throw new AccessError("SPONSOR_MISSING", "this home does not sponsor that content");
  if (isNew) {
    await ensurePrivateDirectory(directory);
    await createKeystore(walletPath(directory), await choosePassphrase(passphrase));
  }
  const home = unlockOnce(openNodeHome(directory, passphrase));
  const account = await openSponsorAccount(home, apiUrl, signal);
  const { token } = account.network.info;
  if (budget === null) return told(directory, await readSponsorship(account, signal), token);
  if (budget > 0n) {
    const sponsorship = await sponsorContent(home, account, torrent, { budget, card }, signal);
    return told(directory, sponsorship, token);
  }
  const ended = await endSponsorship(account, torrent.infoHash, signal);
  const { fields, text } = told(directory, ended, token);
  const takenBack = await takeBack(context, home, account, ended);
  const back = takenBack === 0n ? "nothing can go back now" : `${formatMoney(takenBack, token)} went to your wallet`;
  return { fields: { ...fields, takenBack }, text: `${text}\nIt has ended: ${back}. ${REST}` };
}

/**
 * What a content held for others that its publisher has unlisted, by which its sponsorship ended.
 * Null: this home has not sponsored it.
 */
export async function endUnlisted(context: CommandContext, torrent: TorrentReply): Promise<Sponsored | null> {
  const directory = join(context.home, "sponsors", torrent.infoHash);
  if ((await readPrivateFile(walletPath(directory))) === null) return null;
  return sponsorTorrent(context, torrent, { budget: 0n, card: null });
}

const REST = "Give the command again when its last downloads are settled.";

/** To the wallet of the sponsor's own home. Returns base units. */
async function takeBack(
  context: CommandContext,
  home: Parameters<typeof requestWithdrawal>[0],
  account: Account,
  { left }: Sponsorship,
): Promise<Amount> {
  const amount = BigInt(left);
  if (amount === 0n) return 0n;
  const to = await readKeystoreAddress(walletPath(context.home));
  await requestWithdrawal(home, account, { amount, to, isNow: true }, context.signal);
  return amount;
}

function told(directory: string, sponsorship: Sponsorship, token: Info["token"]): Sponsored {
  const { account, given, unused, cap, spent, left } = sponsorship;
  const money = (amount: string): string => formatMoney(amount, token);
  const text = [
    `${toChecksumAddress(parseAddress(account))} pays for others' downloads: ${money(left)} left, ${money(spent)} spent`,
    `${given} tickets given, ${unused} left, of ${money(cap)} at most each; its wallet is in ${directory}`,
  ].join("\n");
  return { fields: { ...sponsorship, home: directory }, text };
}

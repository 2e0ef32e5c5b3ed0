import { PaymentError } from "../../protocol/base/errors.ts";
import { type Amount, formatBytes } from "../../protocol/base/units.ts";

/** How much metainfo an account may publish, by what it has in its deposit. Pure. */

export interface Published {
  readonly torrents: number;
  readonly bytes: number;
}

const MIB = 1024 * 1024;
/** Of an account without money, */
const FREE: Published = { torrents: 20, bytes: 2 * MIB };
/** and as much more for each whole token that it has. */
const PER_TOKEN: Published = { torrents: 100, bytes: 16 * MIB };
/** All accounts without money together, in a day: a wallet costs nothing. */
const STRANGERS_PER_DAY: Published = { torrents: 20_000, bytes: 512 * MIB };

/** @throws {PaymentError} QUOTA_EXCEEDED */
export function checkQuota(input: {
  /** Base units in the account, and a whole token. */
  readonly balance: Amount;
  readonly token: Amount;
  readonly bytes: number;
  /** What the account has published so far. */
  readonly published: Published;
  /** What all accounts without money have published in the last day. */
  readonly ofStrangers: Published;
}): void {
  const { balance, token, bytes, published, ofStrangers } = input;
  const tokens = Number(balance / token);
  const quota = { torrents: FREE.torrents + tokens * PER_TOKEN.torrents, bytes: FREE.bytes + tokens * PER_TOKEN.bytes };
  if (isAbove(published, bytes, quota))
    throw exceeded(
      `this account may publish ${quota.torrents} torrents and ${formatBytes(quota.bytes)} of .torrent files: deposit to publish more`,
    );
  if (balance === 0n && isAbove(ofStrangers, bytes, STRANGERS_PER_DAY))
    throw exceeded("accounts without a deposit have published as much as they may today: deposit, or try tomorrow");
}

function isAbove(published: Published, bytes: number, quota: Published): boolean {
  return published.torrents + 1 > quota.torrents || published.bytes + bytes > quota.bytes;
}

function exceeded(message: string): PaymentError {
  return new PaymentError("QUOTA_EXCEEDED", message);
}

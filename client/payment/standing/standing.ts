import { BAD_PIECES_BEFORE_BAN, BAN_SEC } from "../../../protocol/base/constants.ts";
import type { Standing } from "../../store/records.ts";

/** When an account is banned. Times are seconds since 1970, chain time. */

/** A second default bans the account. */
const DEFAULTS_BEFORE_BAN = 2;

export function isBanned(standing: Standing, now: number): boolean {
  return standing.bannedUntil > now;
}

/** As payer, the account left a complete piece unpaid. */
export function withDefault(standing: Standing, now: number): Standing {
  const { defaults, ...rest } = lapsed(standing, now);
  return judged({ ...rest, defaults: defaults + 1 }, now);
}

/** As payee, the account sent a piece whose hash is wrong. */
export function withBadPiece(standing: Standing, now: number): Standing {
  const { badPieces, ...rest } = lapsed(standing, now);
  return judged({ ...rest, badPieces: badPieces + 1 }, now);
}

/** As payer, the account has paid all that it had left unpaid. Only bad pieces still count. */
export function withDebtPaid(standing: Standing): Standing {
  const isBad = standing.badPieces >= BAD_PIECES_BEFORE_BAN;
  return { ...standing, defaults: 0, bannedUntil: isBad ? standing.bannedUntil : 0 };
}

/** An account whose ban is over starts anew. */
function lapsed(standing: Standing, now: number): Standing {
  const isOver = standing.bannedUntil !== 0 && !isBanned(standing, now);
  return isOver ? { ...standing, defaults: 0, badPieces: 0, bannedUntil: 0 } : standing;
}

function judged(standing: Standing, now: number): Standing {
  const isBad = standing.defaults >= DEFAULTS_BEFORE_BAN || standing.badPieces >= BAD_PIECES_BEFORE_BAN;
  return isBad ? { ...standing, bannedUntil: Math.max(standing.bannedUntil, now + BAN_SEC) } : standing;
}

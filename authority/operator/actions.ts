import { AccessError, InputError } from "../../protocol/base/errors.ts";
import { parseInfoHash } from "../../protocol/base/ids.ts";
import { isPlainText } from "../../protocol/base/text.ts";
import type { Wish } from "../chain/transactions/wishes.ts";
import type { Context } from "../context.ts";
import { settleNow } from "../settlement/settle.ts";
import { findPause, insertAction, isTakenDown, setListed } from "../store/operator/operator-actions.ts";
import { findTransaction } from "../store/tables/transactions.ts";

/** What an operator does at the desk. Each action is in the log before or with its effect. */

const MAX_REASON = 200;

interface Word {
  readonly reason: string;
  /** Names the login at the desk. */
  readonly login: string;
}

/** Settles what is ready; with `close` payees are asked to close what is open. */
export async function settleByDesk(context: Context, word: Word, close: boolean): Promise<void> {
  const reason = close ? "with open lanes" : "what is ready";
  await log(context, { ...word, reason }, "settle", null);
  await settleNow(context, { close });
}

/**
 * Takes a content off the lists, or puts back what was taken off. Peers that have it go on, since
 * its owner's buyers have paid for pieces of it.
 * @throws {InputError} INFOHASH_INVALID, REQUEST_INVALID; {AccessError} TORRENT_UNKNOWN
 */
export async function listByDesk(context: Context, word: Word, infoHashText: string, isListed: boolean): Promise<void> {
  const infoHash = parseInfoHash(infoHashText);
  const reason = checkReason(word.reason);
  const { store, clock } = context;
  await store.transaction(async (trx) => {
    // Bundles are on no list, and are none of these.
    const isKnown = !isListed || (await isTakenDown(trx, infoHash));
    if (!isKnown || !(await setListed(trx, infoHash, isListed ? 1 : 0)))
      throw new AccessError("TORRENT_UNKNOWN", `no such content is ${isListed ? "taken down" : "listed"} here`);
    const action = isListed ? "list" : "unlist";
    await insertAction(trx, { at: clock.now(), action, subject: infoHash, reason, login: word.login });
  });
}

/** No new deposit is taken, or again. Those that are charged are credited all the same. */
export async function pauseByDesk(context: Context, word: Word, isPaused: boolean): Promise<void> {
  const reason = checkReason(word.reason);
  const newest = await findPause(context.store.db);
  if ((newest?.action === "pause") === isPaused) return;
  await log(context, { ...word, reason }, isPaused ? "pause" : "resume", null);
}

/**
 * Sends a transaction under way again in the next round, or signs it anew with a higher fee. It
 * never pays more than the ceiling.
 * @throws {InputError} REQUEST_INVALID
 */
export async function pushByDesk(context: Context, word: Word, actionId: string, wish: Wish): Promise<void> {
  const { store, wishes, wake } = context;
  const found = await findTransaction(store.db, actionId.slice(0, MAX_REASON));
  if (found === undefined || found.state === "final" || found.state === "failed")
    throw new InputError("REQUEST_INVALID", "no such transaction is under way: open the desk again");
  if (wish === "bump" && found.nonce === null)
    throw new InputError("REQUEST_INVALID", "it is not signed yet, so it has no fee: send it again instead");
  const reason = wish === "bump" ? "with a higher fee" : "as it is";
  await log(context, { ...word, reason }, wish, found.actionId);
  wishes.add(found.id, wish);
  wake();
}

async function log(
  { store, clock }: Context,
  { reason, login }: Word,
  action: "settle" | "pause" | "resume" | Wish,
  subject: string | null,
) {
  await store.transaction((trx) => insertAction(trx, { at: clock.now(), action, subject, reason, login }));
}

/** It is read by other operators, and by the one whom it is about. */
function checkReason(text: string): string {
  const reason = text.trim();
  if (reason === "" || reason.length > MAX_REASON || !isPlainText(reason))
    throw new InputError("REQUEST_INVALID", `write a reason: plain text of at most ${MAX_REASON} characters`);
  return reason;
}

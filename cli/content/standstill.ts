import { setInterval } from "node:timers/promises";
import type { Obstacle, Outlook } from "../../client/exchange.ts";
import { AccessError, type FloodgateError, PaymentError } from "../../protocol/base/errors.ts";
import { REFUSALS } from "../../protocol/wire/refusals.ts";

/** What a download that stands still says, and when it gives up. */

/** A download that has got nothing for so long says why. */
const SAY_AFTER_SEC = 4;
/** A payee that refuses may be joined by another one. */
const HOPELESS_AFTER_SEC = 15;
/** Money that earlier lanes hold may be freed meanwhile. */
const SHORT_AFTER_SEC = 60;

export interface Standing {
  /** Bytes on the disk. */
  readonly bytesDone: number;
  readonly peers: number;
  readonly outlook: Outlook;
}

/** Why nothing comes, in one sentence. */
export function explain({ peers, outlook }: Omit<Standing, "bytesDone">): string {
  const { obstacles, sellers } = outlook;
  if (obstacles.length > 0 && sellers === 0)
    return `nothing comes: ${obstacles.map((obstacle) => describe(obstacle)).join("; ")}`;
  if (sellers > 0) return `nothing comes: ${count(sellers, "seller")} connected, not served yet`;
  return peers > 0
    ? `nothing comes: ${count(peers, "peer")} connected, and none has a missing piece to sell`
    : "nothing comes: no seller is connected, still looking for one";
}

/** Why a download that got nothing for so long must end, or null. */
export function verdictOn({ outlook }: Pick<Standing, "outlook">, stillSec: number): FloodgateError | null {
  const { obstacles, sellers, shortage } = outlook;
  const isHopeless = sellers === 0 && obstacles.length > 0 && obstacles.every(({ isFinal }) => isFinal);
  if (isHopeless && stillSec >= HOPELESS_AFTER_SEC)
    return new AccessError(
      "NO_SELLER",
      `no seller is left: ${obstacles.map((obstacle) => describe(obstacle)).join("; ")}`,
    );
  const isShort = (shortage === "DEPOSIT" || shortage === "SESSION") && sellers === 0;
  if (!isShort || stillSec < SHORT_AFTER_SEC) return null;
  return shortage === "DEPOSIT"
    ? new PaymentError("BALANCE_TOO_LOW", "the deposit is too low to go on: pay in with `floodgate deposit`")
    : new PaymentError(
        "BALANCE_TOO_LOW",
        "the session's limit is used up: run `floodgate register` again, with a higher --limit if you chose one",
      );
}

/** Resolves when nothing can come any more; `say` hears why nothing comes, each sentence once. */
export async function untilHopeless(
  read: () => Standing,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<FloodgateError> {
  let { bytesDone } = read();
  let said = "";
  let stillSec = 0;
  for await (const _ of setInterval(1_000, null, { signal })) {
    const now = read();
    stillSec = now.bytesDone === bytesDone ? stillSec + 1 : 0;
    if (stillSec === 0) said = "";
    ({ bytesDone } = now);
    if (stillSec < SAY_AFTER_SEC) continue;
    const verdict = verdictOn(now, stillSec);
    if (verdict) return verdict;
    const sentence = explain(now);
    if (sentence !== said) say(sentence);
    said = sentence;
  }
  return new Promise(() => undefined);
}

function describe({ payeeKey, reason, until }: Obstacle): string {
  const end = until ? ` until ${new Date(until * 1000).toISOString().replace(".000Z", "Z")}` : "";
  const seller = `seller ${payeeKey.slice(0, 10)}`;
  switch (reason) {
    case "BANNED":
      return `${seller} has banned this account${end}`;
    case "BANNED_HERE":
      return `${seller} is banned here${end}`;
    case "NO_LANE":
      return `the authority has given nothing to pay ${seller} with`;
    case "UNREACHABLE":
      return `${seller} does not answer on its voucher port`;
    default:
      return `${seller} refuses (${reason}): ${REFUSALS[reason].meaning}`;
  }
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun} is` : `${number} ${noun}s are`;
}

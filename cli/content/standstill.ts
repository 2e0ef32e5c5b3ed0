import { setInterval } from "node:timers/promises";
import type { Obstacle, Outlook } from "../../client/exchange.ts";
import { AccessError, type FloodgateError, NetworkError, PaymentError } from "../../protocol/base/errors.ts";
import { REFUSALS } from "../../protocol/wire/refusals.ts";

/** What a download that stands still says, and when it gives up. */

/** A download that has got nothing for so long says why. */
const SAY_AFTER_SEC = 4;
/** Vouchers of the last pieces may still be on their way. */
const SPENT_AFTER_SEC = 2;
/** A payee that refuses may be joined by another one. */
const HOPELESS_AFTER_SEC = 15;
/** Money that earlier lanes hold may be freed meanwhile. */
const SHORT_AFTER_SEC = 60;

export interface Standing {
  /** Bytes on the disk. */
  readonly bytesDone: number;
  readonly peers: number;
  readonly outlook: Outlook;
  /** Why the tracker did not take the last announce. */
  readonly trackerProblem: FloodgateError | null;
  /** What --max-spend leaves buys no piece. */
  readonly isSpent: boolean;
  /** A sponsor pays. */
  readonly isSponsored?: boolean;
  /** There are as many connections as there may be. */
  readonly isFull?: boolean;
}

/** How long nobody at all may sell, seconds; null: for ever. */
export type Patience = number | null;

/** Patience without a terminal, seconds: a program wants an end. */
export const WAIT_SEC = 60;

/** Why nothing comes, in one sentence. */
export function explain(standing: Omit<Standing, "bytesDone" | "isSpent">): string {
  const { peers, outlook, trackerProblem, isSponsored, isFull } = standing;
  const { obstacles, sellers, shortage } = outlook;
  if (isSponsored && sellers === 0 && (shortage === "DEPOSIT" || shortage === "SESSION"))
    return "nothing comes: what the sponsor gives for one download is used up or promised";
  if (sellers === 0 && shortage === "DEPOSIT")
    return "nothing comes: the account's money is promised to other downloads until they are settled; `floodgate balance` shows it, `floodgate deposit` adds to it";
  if (sellers === 0 && shortage === "SESSION")
    return "nothing comes: what this device may spend is used up or promised: `floodgate register --limit` raises it";
  if (obstacles.length > 0 && sellers === 0)
    return `nothing comes: ${obstacles.map((obstacle) => describe(obstacle)).join("; ")}`;
  if (sellers > 0) return `nothing comes: ${count(sellers, "seller")} connected, not served yet`;
  if (isFull)
    return "nothing comes: there are as many connections as may be, and none to a seller; `floodgate peer limit --wires` raises that";
  if (trackerProblem) return `nothing comes: ${trackerProblem.message}; it is asked again`;
  return peers > 0
    ? `nothing comes: ${count(peers, "peer")} connected, and none has a missing piece to sell`
    : "nothing comes: no seller is connected, still looking for one";
}

/** Why a download that got nothing for so long must end, or null. */
export function verdictOn(
  standing: Omit<Standing, "bytesDone">,
  stillSec: number,
  patience: Patience = null,
): FloodgateError | null {
  const { outlook, isSpent, isSponsored } = standing;
  const { obstacles, sellers, shortage, requested } = outlook;
  if (isSpent && requested === 0 && stillSec >= SPENT_AFTER_SEC)
    return new PaymentError(
      "SPEND_LIMIT",
      "--max-spend is used up before the end: give the command again with more, what is there is kept",
    );
  const isHopeless = sellers === 0 && obstacles.length > 0 && obstacles.every(({ isFinal }) => isFinal);
  if (isHopeless && stillSec >= HOPELESS_AFTER_SEC)
    return new AccessError(
      "NO_SELLER",
      `no seller is left: ${obstacles.map((obstacle) => describe(obstacle)).join("; ")}`,
    );
  const isShort = sellers === 0 && stillSec >= SHORT_AFTER_SEC;
  if (isSponsored && isShort && (shortage === "DEPOSIT" || shortage === "SESSION"))
    return new PaymentError(
      "SPONSOR_SPENT",
      "what the sponsor gives for one download is used up: give the command again tomorrow, or without --sponsored",
    );
  if (shortage === "DEPOSIT" && isShort)
    return new PaymentError("BALANCE_TOO_LOW", "the deposit is too low to go on: pay in with `floodgate deposit`");
  if (shortage === "SESSION" && isShort)
    return new PaymentError(
      "BALANCE_TOO_LOW",
      "the session's limit is used up: run `floodgate register` again, with a higher --limit if you chose one",
    );
  if (patience === null || stillSec < patience || sellers > 0 || requested > 0) return null;
  const reason = explain(standing).replace("nothing comes: ", "");
  return new NetworkError(
    "SELLER_MISSING",
    `nothing came for ${stillSec} s: ${reason}; give the command again, what is there is kept, or wait longer with --wait`,
  );
}

/** Resolves when nothing can come any more; `say` hears why nothing comes, each sentence once. */
export async function untilHopeless(
  read: () => Standing,
  say: (sentence: string) => void,
  patience: Patience,
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
    const verdict = verdictOn(now, stillSec, patience);
    if (verdict) return verdict;
    if (stillSec < SAY_AFTER_SEC) continue;
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

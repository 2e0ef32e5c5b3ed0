import { errorWith } from "../../client/local-api/error-with.ts";
import { FloodgateError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import type { ContentJson, PeerJson } from "../../protocol/http/peer.ts";
import { isCapped, reasonOf } from "./describe-content.ts";
import { type Patience, type Standing, verdictOn } from "./standstill.ts";

/** Seconds without a byte until the reason is told, or a cap ends it. */
export const SAY_AFTER_SEC = 4;

const KEPT = "the running peer keeps it, and goes on with it as soon as it can";

/**
 * Why `get` ends before the running peer has all of it; null: there is more to wait for. Codes are
 * those of a `get` that does the work itself.
 */
export function verdictByPeer(
  content: ContentJson,
  token: PeerJson["token"],
  stillSec: number,
  patience: Patience,
): FloodgateError | null {
  const { state, problem } = content;
  if (problem) return errorWith(problem.code, problem.message);
  if (state === "paused") return new InputError("CONTENT_PAUSED", "it rests: `floodgate peer resume`");
  if (state === "limited") return new FloodgateError("MONTH_LIMIT", monthUsedUp(content));
  if (state !== "downloading") return null;
  if (isCapped(content))
    return stillSec < SAY_AFTER_SEC ? null : new PaymentError("SPEND_LIMIT", String(reasonOf(content, token)));
  const verdict = verdictOn(standingOf(content), stillSec, patience);
  return verdict && errorWith(verdict.code, `${verdict.message}; ${KEPT}`);
}

function monthUsedUp({ reasons }: ContentJson): string {
  const until = reasons.find(({ code }) => code === "MONTH_LIMIT")?.until ?? null;
  const day = until === null ? "next month" : `on ${new Date(1_000 * until).toISOString().slice(0, 10)} (UTC)`;
  return `what the running peer may move in a month is used up: it goes on by itself ${day}, or at once with a higher \`floodgate peer limit --month\``;
}

function standingOf({ peers, outlook, reasons, settings }: ContentJson): Omit<Standing, "bytesDone"> {
  const silent = reasons.find(({ code }) => code === "TRACKER_SILENT");
  return {
    peers,
    outlook: outlook as Standing["outlook"],
    trackerProblem: silent ? errorWith("TRACKER_UNREACHABLE", withoutStop(printable(silent.text))) : null,
    isSpent: false,
    isSponsored: settings.isSponsored,
    isFull: reasons.some(({ code }) => code === "WIRES_LIMIT"),
  };
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

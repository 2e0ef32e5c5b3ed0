import { FloodgateError } from "../protocol/base/errors.ts";
import type { TrackerAnnounce, TrackerAnnounceReply } from "../protocol/http/operator.ts";
import type { AskAuthority } from "./authority.ts";

export interface AdmissionOptions {
  readonly ask: AskAuthority;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly log: (message: string) => void;
}

/** Free content stays free. The authority is asked again at this interval. */
const FREE_MS = 30_000;
/** A refusal of strangers holds for all strangers within this time. */
const REFUSED_MS = 5_000;
const MAX_REMEMBERED = 50_000;
/** How many announces may wait for the authority at once. */
const MAX_WAITING = 512;

const TRY_LATER = "try again in a minute";

/**
 * Asks the authority which peers may join. Answers that hold for all strangers alike are
 * remembered, so that a flood of plain clients does not reach the authority. It never throws:
 * problems become failure reasons.
 */
export function createAdmission(options: AdmissionOptions): AskAuthority {
  const remembered = new Map<string, { reply: TrackerAnnounceReply; until: number }>();
  let waiting = 0;

  const recall = (announce: TrackerAnnounce): TrackerAnnounceReply | null => {
    const known = remembered.get(announce.infoHash);
    if (known === undefined || known.until <= options.now()) return null;
    return known.reply.admitted || isStranger(announce) ? known.reply : null;
  };
  const remember = (announce: TrackerAnnounce, reply: TrackerAnnounceReply): void => {
    const isFree = reply.admitted && !reply.isPaid;
    if (!isFree && !isStranger(announce)) return;
    remembered.delete(announce.infoHash);
    const anyone = { admitted: true, isPaid: false, sessionKey: null, publicKey: null, grant: null } as const;
    const until = options.now() + (isFree ? FREE_MS : REFUSED_MS);
    remembered.set(announce.infoHash, { reply: isFree ? anyone : reply, until });
    const oldest = remembered.keys().next();
    if (remembered.size > MAX_REMEMBERED && !oldest.done) remembered.delete(oldest.value);
  };

  return async (announce) => {
    const known = recall(announce);
    if (known) return known;
    if (waiting >= MAX_WAITING) return refuse(`the tracker is busy: ${TRY_LATER}`);
    waiting++;
    try {
      const reply = await options.ask(announce);
      remember(announce, reply);
      return reply;
    } catch (error) {
      options.log(error instanceof FloodgateError ? `${error.message} (${error.code})` : String(error));
      return refuse(`the tracker cannot ask its authority: ${TRY_LATER}`);
    } finally {
      waiting--;
    }
  };
}

function isStranger(announce: TrackerAnnounce): boolean {
  return announce.accessToken === null;
}

function refuse(failureReason: string): TrackerAnnounceReply {
  return { admitted: false, failureReason };
}

import { FloodgateError } from "../protocol/base/errors.ts";
import { Shares } from "../protocol/base/shares.ts";
import { MAX_TRACKER_ANNOUNCES, type TrackerAnnounce, type TrackerAnswer } from "../protocol/http/operator.ts";
import type { AskAuthority } from "./authority.ts";

export interface QuestionsOptions {
  readonly ask: AskAuthority;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly log: (message: string) => void;
  /** Nobody waits longer for lanes: a late answer is kept for the next announce. */
  readonly patienceMs: number;
}

/** Questions that wait or are under way: of all, and of one asker. */
const MAX_WAITING = 4_096;
const MAX_WAITING_OF_ONE = 32;
/** Batches under way. More would only queue up at the authority. */
const MAX_UNDER_WAY = 3;
/** After a failure the authority is left alone for so long. */
const AWAY_MS = 1_000;

interface Question {
  readonly announce: TrackerAnnounce;
  readonly asker: string;
  readonly settle: (answer: TrackerAnswer | null) => void;
}

/** `away`: no answer came in time. `busy`: too much waits already. */
export type Asked = TrackerAnswer | "away" | "busy";

/**
 * Asks the authority, many announces in one question. It never throws. `onAnswer` learns of each
 * answer, also of one for which nobody waits any more.
 */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #waiting: Question[] = [];
  readonly #askers = new Shares(MAX_WAITING_OF_ONE);
  #count = 0;
  #underWay = 0;
  #awayUntil = Number.NEGATIVE_INFINITY;
  #hasFailed = false;
  #isScheduled = false;
  /** The authority's clock less ours, in ms; null before the first answer. */
  #clockOffsetMs: number | null = null;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** The chain's clock as the authority saw it, seconds since 1970; null: not known yet. */
  get chainNow(): number | null {
    return this.#clockOffsetMs === null ? null : Math.floor((this.#options.now() + this.#clockOffsetMs) / 1000);
  }

  /**
   * `asker`: whose share of the queue it takes. Without a session nothing can be answered before
   * the authority has: such a question waits for as long as the authority may take.
   */
  async put(announce: TrackerAnnounce, asker: string, onAnswer: (answer: TrackerAnswer) => void): Promise<Asked> {
    if (this.#options.now() < this.#awayUntil) return "away";
    if (this.#count >= MAX_WAITING || !this.#askers.take(asker)) return "busy";
    this.#count++;
    const { promise, resolve } = Promise.withResolvers<Asked>();
    const patienceMs = announce.session === null ? null : this.#options.patienceMs;
    const timer = patienceMs === null ? undefined : setTimeout(() => resolve("away"), patienceMs);
    const settle = (answer: TrackerAnswer | null): void => {
      clearTimeout(timer);
      this.#count--;
      this.#askers.release(asker);
      if (answer !== null) onAnswer(answer);
      resolve(answer ?? "away");
    };
    this.#waiting.push({ announce, asker, settle });
    this.#schedule();
    return promise;
  }

  /** Whatever comes within one turn of the event loop goes into one question. */
  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0 || this.#underWay >= MAX_UNDER_WAY) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#send(this.#waiting.splice(0, MAX_TRACKER_ANNOUNCES));
      this.#schedule();
    });
  }

  async #send(batch: readonly Question[]): Promise<void> {
    this.#underWay++;
    try {
      const { now, answers } = await this.#options.ask(batch.map(({ announce }) => announce));
      this.#clockOffsetMs = now * 1000 - this.#options.now();
      this.#hasFailed = false;
      for (const [i, { settle }] of batch.entries()) settle(answers[i] ?? null);
    } catch (error) {
      this.#fail(error);
      for (const { settle } of batch) settle(null);
    } finally {
      this.#underWay--;
      this.#schedule();
    }
  }

  #fail(error: unknown): void {
    this.#awayUntil = this.#options.now() + AWAY_MS;
    for (const { settle } of this.#waiting.splice(0)) settle(null);
    // One line for each time that it goes away, not for each announce.
    if (!this.#hasFailed)
      this.#options.log(error instanceof FloodgateError ? `${error.message} (${error.code})` : String(error));
    this.#hasFailed = true;
  }
}

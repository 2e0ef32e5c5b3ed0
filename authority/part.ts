import type { Logger } from "pino";
import { FloodgateError } from "../protocol/base/errors.ts";
import { hideUrls } from "./log.ts";

/** One kind of the authority's own work, done again and again. */
export interface Part {
  /** Starts the work unless it runs, or has failed too lately. */
  tick(): void;
  /** Starts the work now; if it runs, once more after that. */
  wake(): void;
  /** Starts nothing any more. */
  end(): void;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

/** After failures in a row, this many ticks are left out at most. */
const MAX_PAUSE_TICKS = 8;

export function createPart({
  name,
  run,
  fail,
  log,
}: {
  readonly name: string;
  readonly run: () => Promise<void>;
  /** Whether the failure has ended the authority. */
  readonly fail: (error: unknown) => boolean;
  readonly log: Logger;
}): Part {
  let running: Promise<void> | null = null;
  let isWanted = false;
  let hasEnded = false;
  let failures = 0;
  let pauseTicks = 0;
  let told = "";

  const once = async (): Promise<void> => {
    try {
      await run();
      if (told !== "") log.info({ part: name }, "works again");
      [failures, told] = [0, ""];
    } catch (error) {
      if (fail(error)) return;
      failures++;
      pauseTicks = Math.min(2 ** (failures - 1), MAX_PAUSE_TICKS);
      const facts = factsOf(error);
      // A failure that lasts is told once.
      if (told !== facts.message) log.error({ part: name, ...facts }, "failed, and will be tried again");
      told = facts.message;
    }
  };

  const begin = (): void => {
    if (hasEnded) return;
    isWanted = false;
    running = once().finally(() => {
      running = null;
      if (isWanted) begin();
    });
  };

  return {
    tick() {
      if (running || --pauseTicks > 0) return;
      begin();
    },
    wake() {
      if (running) isWanted = true;
      else if (failures === 0) begin();
    },
    end() {
      hasEnded = true;
    },
    async idle() {
      while (running) await running;
    },
  };
}

/** A cause may hold what nobody should read, such as the key in a node's URL. */
function factsOf(error: unknown): { code?: string; message: string; stack?: string | undefined } {
  if (error instanceof FloodgateError) return { code: error.code, message: error.message };
  if (!(error instanceof Error)) return { message: hideUrls(String(error)) };
  return { message: hideUrls(`${error.name}: ${error.message}`), stack: hideUrls(error.stack ?? "") };
}

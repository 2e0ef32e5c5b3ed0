import { ChainError, InvariantError } from "../protocol/base/errors.ts";
import type { Outbox } from "./chain/transactions/outbox.ts";
import { claimMissing } from "./claims/claim-missing.ts";
import type { Context } from "./context.ts";
import type { Charges } from "./funding/charges.ts";
import { createPart, type Part } from "./part.ts";
import { createForeignWatch } from "./restore/foreign-batches.ts";
import { settleByPolicy } from "./settlement/settle.ts";
import { payDueWithdrawals } from "./withdrawals/withdrawals.ts";

/**
 * The authority's own work: follow the chain, ask for charges, settle, claim, pay out, send. Each
 * is a part for itself: what hangs or fails in one stops no other. A part never overlaps itself.
 */
export interface Rounds {
  start(): void;
  /** Starts the next round of each part at once. */
  wake(): void;
  /** Resolves when what runs is over, or hangs. */
  stop(): Promise<void>;
}

/** A part that hangs longer than this is left behind: a kill loses nothing either. */
const STOP_MS = 15_000;

/**
 * `onFatal`: a rule is broken that only a bug can break. No other error ends the authority: the
 * part that meets one tries again.
 */
export function createRounds(
  context: Context,
  parts: {
    readonly outbox: Outbox;
    readonly charges: Charges;
    readonly watchAllowance: () => Promise<void>;
    readonly watchBond: () => Promise<void>;
    readonly watchKeys: () => Promise<void>;
    readonly watchSwarms: () => Promise<void>;
    readonly retain: () => Promise<void>;
  },
  onFatal: (error: unknown) => void,
): Rounds {
  const { config, log } = context;
  let timer: NodeJS.Timeout | null = null;

  const work: Readonly<Record<string, () => Promise<void>>> = {
    chain: () => followChain(context, wake),
    recovery: createForeignWatch(context),
    charges: parts.charges.finish,
    allowance: parts.watchAllowance,
    settlement: () => settleByPolicy(context),
    claims: () => claimMissing(context),
    withdrawals: () => payDueWithdrawals(context),
    transactions: parts.outbox.step,
    bond: parts.watchBond,
    keys: parts.watchKeys,
    swarms: parts.watchSwarms,
    retention: parts.retain,
  };
  const fail = (error: unknown): boolean => {
    if (!(error instanceof InvariantError)) return false;
    end();
    onFatal(error);
    return true;
  };
  const running: readonly Part[] = Object.entries(work).map(([name, run]) => createPart({ name, run, fail, log }));

  const end = (): void => {
    if (timer) clearInterval(timer);
    for (const part of running) part.end();
  };

  function wake(): void {
    for (const part of running) part.wake();
  }

  return {
    start() {
      for (const part of running) part.tick();
      timer = setInterval(() => {
        for (const part of running) part.tick();
      }, config.chain.pollIntervalMs);
    },
    wake,
    async stop() {
      end();
      let late: NodeJS.Timeout | undefined;
      const hangs = new Promise<void>((resolve) => {
        late = setTimeout(resolve, STOP_MS);
      });
      await Promise.race([Promise.all(running.map((part) => part.idle())), hangs]);
      clearTimeout(late);
    },
  };
}

async function followChain({ chain, clock, keys, readiness }: Context, wake: () => void): Promise<void> {
  const { latest, confirmed } = chain;
  try {
    await chain.poll();
  } catch (error) {
    if (error instanceof ChainError) readiness.report("chain", error.message);
    throw error;
  }
  readiness.report("chain", null);
  clock.sawBlock(chain.latest);
  if (chain.confirmed !== confirmed) await keys.follow(chain);
  if (chain.latest !== latest || chain.confirmed !== confirmed) wake();
}

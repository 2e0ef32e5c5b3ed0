import { ChainError } from "../protocol/base/errors.ts";
import { observeChain } from "./chain/observe.ts";
import type { Outbox } from "./chain/outbox.ts";
import { claimMissing } from "./claims/claim-missing.ts";
import type { Context } from "./context.ts";
import type { Charges } from "./funding/charges.ts";
import { settleByPolicy } from "./settlement/settle.ts";
import { payDueWithdrawals } from "./withdrawals/withdrawals.ts";

/**
 * The authority's own work, round after round: read the chain, settle, claim, pay out, send. Rounds
 * never overlap.
 */
export interface Rounds {
  start(): void;
  /** Starts the next round at once. */
  wake(): void;
  /** Resolves when the round that runs is over. */
  stop(): Promise<void>;
}

export function createRounds(
  context: Context,
  parts: { readonly outbox: Outbox; readonly charges: Charges; readonly watchBond: () => Promise<void> },
  onFatal: (error: unknown) => void,
): Rounds {
  const { chain, clock, config, log } = context;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let isWanted = false;
  let isStopped = false;
  let isChainDown = false;

  const work = async (): Promise<void> => {
    await chain.poll();
    clock.sawBlock(chain.latest);
    await parts.charges.finish();
    await observeChain(context);
    await settleByPolicy(context);
    await claimMissing(context);
    await payDueWithdrawals(context);
    await parts.outbox.step();
    await parts.watchBond();
  };

  const round = async (): Promise<void> => {
    isWanted = false;
    try {
      await work();
      if (isChainDown) log.info("the chain answers again");
      isChainDown = false;
    } catch (error) {
      if (!(error instanceof ChainError)) {
        isStopped = true;
        onFatal(error);
        return;
      }
      if (!isChainDown) log.error({ code: error.code }, error.message);
      isChainDown = true;
    }
  };

  const run = (): void => {
    timer = null;
    running ??= round().finally(() => {
      running = null;
      if (!isStopped) timer = setTimeout(run, isWanted ? 0 : config.chain.pollIntervalMs);
    });
  };

  return {
    start: run,
    wake() {
      isWanted = true;
      if (isStopped || !timer) return;
      clearTimeout(timer);
      timer = setTimeout(run, 0);
    },
    async stop() {
      isStopped = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}

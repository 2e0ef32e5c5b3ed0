import type { RatesEvent } from "../../protocol/http/peer-detail.ts";

/** Rates of the last half hour, kept whether somebody looks or not. */
export interface RateHistory {
  add(sample: { readonly rateDown: number; readonly rateUp: number }): void;
  read(): RatesEvent;
}

/** Between two samples: each is a mean of some seconds itself. */
export const RATE_STEP_SEC = 5;
const MAX_SAMPLES = (30 * 60) / RATE_STEP_SEC;

export function createRateHistory(): RateHistory {
  const [down, up]: [number[], number[]] = [[], []];
  return {
    add({ rateDown, rateUp }) {
      down.push(rateDown);
      up.push(rateUp);
      if (down.length <= MAX_SAMPLES) return;
      down.shift();
      up.shift();
    },
    read: () => ({ stepSec: RATE_STEP_SEC, down: [...down], up: [...up] }),
  };
}

import type { Contents } from "../contents.ts";
import type { MonthView, TrafficMeter } from "./traffic-meter.ts";

export interface KeptMonth {
  view(): MonthView;
  /** Something was set anew, or a month may have begun. */
  look(): Promise<void>;
  stop(): void;
}

/** A kill forgets what moved in so long, or the few bytes that a meter counts without saving. */
const SAVE_MS = 5_000;

/**
 * Stops all contents when the month's bytes are used up, and lets them go on when a month begins or
 * the limit is raised.
 */
export function keepMonth(
  meter: Pick<TrafficMeter, "view" | "save" | "onUsedUp" | "onUnsaved">,
  contents: Pick<Contents, "judgeAgain">,
  setTimer: (run: () => void, ms: number) => () => void,
  onFatal: (error: unknown) => void,
): KeptMonth {
  let cancel = (): void => undefined;
  const look = async (): Promise<void> => {
    await meter.save();
    await contents.judgeAgain();
  };
  const lookOn = (): void => {
    cancel = setTimer(() => {
      look().catch(onFatal);
      lookOn();
    }, SAVE_MS);
  };
  meter.onUsedUp = () => void look().catch(onFatal);
  meter.onUnsaved = () => void meter.save().catch(onFatal);
  lookOn();
  return {
    view: () => meter.view(),
    look,
    stop() {
      cancel();
      meter.onUsedUp = () => undefined;
      meter.save().catch(onFatal);
    },
  };
}

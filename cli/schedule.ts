import { InvalidArgumentError } from "commander";
import { formatBytes } from "../protocol/base/units.ts";
import { clock, parseSchedule, type Schedule } from "../protocol/http/schedule-text.ts";

type Period = Schedule[number];

const MAX_PERIODS = 24;
const EXAMPLE = 'Write "08:00-18:00 up=1MiB/s down=none; 22:00-06:00 up=none", or none.';

/** "none" is no schedule. */
export function scheduleArgument(text: string): Schedule {
  if (text === "none") return [];
  const periods = parseSchedule(text);
  if (periods === null) throw new InvalidArgumentError(EXAMPLE);
  if (periods.length > MAX_PERIODS) throw new InvalidArgumentError(`Give at most ${MAX_PERIODS} periods.`);
  return periods;
}

export function describeSchedule(schedule: Schedule): string {
  if (schedule.length === 0) return "none";
  return schedule.map((period) => `${clock(period.from)}-${clock(period.to)}${ratesOf(period)}`).join("; ");
}

function ratesOf({ uploadLimit, downloadLimit }: Period): string {
  const rate = (name: string, value: number | null | undefined): string =>
    value === undefined ? "" : ` ${name} ${value === null ? "no limit" : `${formatBytes(value)}/s`}`;
  return rate("up", uploadLimit) + rate("down", downloadLimit);
}

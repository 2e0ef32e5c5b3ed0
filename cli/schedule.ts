import { InvalidArgumentError } from "commander";
import { formatBytes } from "../protocol/base/units.ts";
import type { PeerSettings } from "../protocol/http/peer-settings.ts";

/** A schedule as people write it: "08:00-18:00 up=1MiB/s down=none; 23:00-06:00 up=99". */

type Schedule = PeerSettings["schedule"];
type Period = Schedule[number];

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MIN_RATE = 16 * 1024;
const MAX_RATE = 2 ** 40;
const MAX_PERIODS = 24;
const EXAMPLE = 'Write "08:00-18:00 up=1MiB/s down=none; 22:00-06:00 up=none", or none.';

/** "none" is no schedule. */
export function scheduleArgument(text: string): Schedule {
  if (text === "none") return [];
  const periods = text.split(";").map((part) => parsePeriod(part.trim()));
  if (periods.length > MAX_PERIODS) throw new InvalidArgumentError(`Give at most ${MAX_PERIODS} periods.`);
  return periods;
}

export function describeSchedule(schedule: Schedule): string {
  if (schedule.length === 0) return "none";
  return schedule.map((period) => `${clock(period.from)}-${clock(period.to)}${ratesOf(period)}`).join("; ");
}

function parsePeriod(text: string): Period {
  const [hours = "", ...rates] = text.split(/\s+/);
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(hours);
  if (!match || rates.length === 0 || rates.length > 2) throw new InvalidArgumentError(EXAMPLE);
  const [h1, m1, h2, m2] = match.slice(1).map(Number) as [number, number, number, number];
  if (h1 > 23 || m1 > 59 || h2 > 24 || m2 > 59 || (h2 === 24 && m2 > 0)) throw new InvalidArgumentError(EXAMPLE);
  const period: { from: number; to: number; uploadLimit?: number | null; downloadLimit?: number | null } = {
    from: 60 * h1 + m1,
    to: (60 * h2 + m2) % 1440,
  };
  for (const rate of rates) {
    const [, name, value = ""] = /^(up|down)=(.+)$/.exec(rate) ?? [];
    const key = name === "up" ? "uploadLimit" : "downloadLimit";
    if (name === undefined || key in period) throw new InvalidArgumentError(EXAMPLE);
    period[key] = parseRate(value);
  }
  return period;
}

/** KiB a second where no unit is given. */
function parseRate(text: string): number | null {
  if (text === "none") return null;
  const [, digits = "", unit = "KiB"] = /^(\d{1,12})(?:(KiB|MiB|GiB)(?:\/s)?)?$/.exec(text) ?? [];
  const rate = digits === "" ? Number.NaN : Number(digits) * (UNITS[unit] as number);
  if (!(rate >= MIN_RATE && rate <= MAX_RATE)) throw new InvalidArgumentError(EXAMPLE);
  return rate;
}

function ratesOf({ uploadLimit, downloadLimit }: Period): string {
  const rate = (name: string, value: number | null | undefined): string =>
    value === undefined ? "" : ` ${name} ${value === null ? "no limit" : `${formatBytes(value)}/s`}`;
  return rate("up", uploadLimit) + rate("down", downloadLimit);
}

function clock(minute: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

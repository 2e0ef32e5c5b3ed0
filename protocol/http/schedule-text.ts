import type { PeerSettings } from "./peer-settings.ts";

/** A schedule as people write it: "08:00-18:00 up=1MiB/s down=none; 23:00-06:00 up=99". */

export type Schedule = PeerSettings["schedule"];
type Period = Schedule[number];

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MIN_RATE = 16 * 1024;
const MAX_RATE = 2 ** 40;
const NAMES = { up: "uploadLimit", down: "downloadLimit" } as const;

/** Null: it is written otherwise. Of any number of periods. */
export function parseSchedule(text: string): Schedule | null {
  const periods = text.split(";").map((part) => parsePeriod(part.trim()));
  return periods.every((period) => period !== null) ? periods : null;
}

/** As `parseSchedule` reads it. */
export function writeSchedule(schedule: Schedule): string {
  return schedule.map((period) => `${clock(period.from)}-${clock(period.to)}${ratesOf(period)}`).join("; ");
}

function parsePeriod(text: string): Period | null {
  const [hours = "", ...rates] = text.split(/\s+/);
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(hours);
  if (!match || rates.length === 0 || rates.length > 2) return null;
  const [h1, m1, h2, m2] = match.slice(1).map(Number) as [number, number, number, number];
  if (h1 > 23 || m1 > 59 || h2 > 24 || m2 > 59 || (h2 === 24 && m2 > 0)) return null;
  const period: Period = { from: 60 * h1 + m1, to: (60 * h2 + m2) % 1440 };
  for (const rate of rates) {
    const [, name, value = ""] = /^(up|down)=(.+)$/.exec(rate) ?? [];
    const key = NAMES[name as keyof typeof NAMES];
    const limit = parseRate(value);
    if (key === undefined || key in period || limit === undefined) return null;
    period[key] = limit;
  }
  return period;
}

/** KiB a second where no unit is given. */
function parseRate(text: string): number | null | undefined {
  if (text === "none") return null;
  const [, digits = "", unit = "KiB"] = /^(\d{1,12})(?:(KiB|MiB|GiB)(?:\/s)?)?$/.exec(text) ?? [];
  const rate = digits === "" ? Number.NaN : Number(digits) * (UNITS[unit] as number);
  return rate >= MIN_RATE && rate <= MAX_RATE ? rate : undefined;
}

function ratesOf(period: Period): string {
  return Object.entries(NAMES)
    .map(([name, key]) => {
      const rate = period[key];
      return rate === undefined ? "" : ` ${name}=${rate === null ? "none" : `${Math.round(rate / 1024)}KiB/s`}`;
    })
    .join("");
}

/** Of a minute of the day. */
export function clock(minute: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

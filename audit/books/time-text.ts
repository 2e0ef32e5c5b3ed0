/** ISO 8601 in UTC, to the second: "2026-03-01T12:00:00Z". A chain may give any number. */
export function printTime(seconds: number): string {
  // ECMA-262, 21.4.1.1: no date lies behind these.
  const time = new Date(Math.min(seconds, 8_640_000_000_000) * 1_000).toISOString();
  return time.replace(/\.000Z$/, "Z");
}

/** The UTC day alone. */
export function printDay(seconds: number): string {
  return printTime(seconds).replace(/T.*$/, "");
}

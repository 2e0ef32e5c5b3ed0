import { readFileSync, writeFileSync } from "node:fs";
import type { Figure } from "./figures.ts";

/** What each figure was when a person last looked at it. */
export type Snapshot = Readonly<Record<string, number>>;

const FILE = new URL("./snapshot.json", import.meta.url);
/** Smaller changes are noise of the compiler. */
const TOLERANCE = 0.01;

export function toSnapshot(figures: Readonly<Record<string, Figure>>): Snapshot {
  return Object.fromEntries(Object.entries(figures).map(([name, { gas }]) => [name, gas]));
}

export function readSnapshot(): Snapshot {
  return JSON.parse(readFileSync(FILE, "utf8")) as Snapshot;
}

export function writeSnapshot(snapshot: Snapshot): void {
  writeFileSync(FILE, `${JSON.stringify(snapshot, null, 2)}\n`);
}

/** One line for each figure that has grown, or that the snapshot does not know. */
export function findGrowth(before: Snapshot, now: Snapshot): string[] {
  return Object.entries(now).flatMap(([name, gas]) => {
    const old = before[name];
    if (old === undefined) return [`${name} is not in the snapshot`];
    const growth = gas / old - 1;
    return growth > TOLERANCE ? [`${name} grew by ${(100 * growth).toFixed(1)} %: ${old} -> ${gas}`] : [];
  });
}

import { readFileSync } from "node:fs";

/** Reads test/vectors/NAME.json; all numbers in it are decimal strings. */
export function readVector<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")) as T;
}

import { parseArgs } from "node:util";
import { InputError } from "../../../protocol/base/errors.ts";

export interface SwarmOptions {
  readonly seeders: number;
  readonly leechers: number;
  /** Peers of one more paid round that buy what they expect to sell; 0: there is no such round. */
  readonly caches: number;
  readonly fileBytes: number;
  readonly rounds: number;
  /** Wires of one peer. */
  readonly maxWires: number;
  readonly processes: number;
  /** Bytes a second of each peer, on both sides alike; null: no limit. */
  readonly uploadLimit: number | null;
  /** The same of each cache. */
  readonly cacheUploadLimit: number | null;
  /** A peer that is not done by then counts as done then. */
  readonly limitSec: number;
  readonly json: boolean;
}

export const SWARM_HELP = `Usage: npm run bench:swarm -- [OPTIONS]

A flash crowd: seeders that have a file, and leechers that arrive all at once and stay to seed. Paid (Floodgate, with
its authority, tracker and chain as processes) against free (plain WebTorrent), in turns. With --caches the paid crowd
comes once more each time, to as many seeders and some caches, which have nothing when it comes.

  --seeders N      (default 10)
  --leechers N     (default 100)
  --caches N       caches of one more paid round (default 0)
  --cache-upload KIB
                   each cache sends at most this much a second; 0: as much as it can (default 4096: a cache has a
                   fast line)
  --mib N          size of the file (default 16; 4 or more)
  --rounds N       pairs of one paid and one free round (default 3)
  --upload KIB     each peer sends at most this much a second, on both sides alike; 0: as much as it can
                   (default 128: with 110 peers on two cores the machine would be measured, not the protocol)
  --wires N        most wires of one peer (default 12)
  --processes N    processes that hold the leechers (default 4)
  --limit SECONDS  most time for a round (default 300)
  --smoke          1 seeder, 3 leechers, 4 MiB (the least that paid content may have), one round, no limit
  --json           one more line at the end, for programs

Exit code 0: every copy is byte-identical, paid = earned + fee, and no cache has lost anything. \`warnings\` counts what peers
complained of, time-outs included.`;

/** @throws {InputError} USAGE */
export function parseSwarmOptions(args: readonly string[]): SwarmOptions | "help" {
  const { values } = parseOrThrow(args);
  if (values.help) return "help";
  const smoke = values.smoke === true;
  const number = (name: keyof typeof DEFAULTS, least: number): number => {
    const value = Number(values[name] ?? (smoke ? SMOKE : DEFAULTS)[name]);
    if (!Number.isInteger(value) || value < least) throw usage(`--${name} takes a whole number from ${least}`);
    return value;
  };
  return {
    seeders: number("seeders", 1),
    leechers: number("leechers", 1),
    caches: number("caches", 0),
    fileBytes: number("mib", 4) * 1024 * 1024,
    rounds: number("rounds", 1),
    maxWires: number("wires", 1),
    processes: number("processes", 1),
    uploadLimit: limitOf(number("upload", 0)),
    cacheUploadLimit: limitOf(number("cache-upload", 0)),
    limitSec: number("limit", 1),
    json: values.json === true,
  };
}

function limitOf(kib: number): number | null {
  return kib === 0 ? null : kib * 1024;
}

const DEFAULTS = {
  ...{ seeders: 10, leechers: 100, caches: 0, mib: 16, rounds: 3 },
  ...{ upload: 128, "cache-upload": 4096, wires: 12, processes: 4, limit: 300 },
};
const SMOKE: typeof DEFAULTS = { ...DEFAULTS, seeders: 1, leechers: 3, mib: 4, rounds: 1, upload: 0, processes: 1 };

function parseOrThrow(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const numbers = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, text]));
  try {
    return parseArgs({
      args: [...args],
      options: { ...(numbers as Record<keyof typeof DEFAULTS, typeof text>), smoke: flag, json: flag, help: flag },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(message: string): InputError {
  return new InputError("USAGE", `${message}; see npm run bench:swarm -- --help`);
}

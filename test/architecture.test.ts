import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../protocol/base/error-codes.ts";

/**
 * Who may import whom, types included (docs/architecture.md). Circles of files are found by `npm
 * run check`.
 */

const ROOT = join(import.meta.dirname, "..");
const PARTS = [
  "protocol",
  "web",
  "authority",
  "tracker",
  "client",
  "audit",
  "cli",
  "scripts",
  "examples",
  "test",
] as const;
const OURS = ["protocol", "web", "authority", "tracker", "client", "audit"];

/**
 * What the files below a path may import from the repository, besides their own folder. The longest
 * path counts.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  "protocol/base": [],
  web: ["protocol"],
  // The auditor itself runs in the page's worker.
  "web/audit/app": ["protocol", "web", "audit"],
  authority: ["protocol", "web"],
  "authority/store": ["protocol"],
  tracker: ["protocol"],
  client: ["protocol"],
  "client/store": ["protocol"],
  audit: ["protocol/base"],
  cli: OURS,
  scripts: [...OURS, "cli", "hardhat.config.ts"],
  examples: OURS,
  test: [...OURS, "cli", "scripts", "examples", "hardhat.config.ts"],
};

/** Two rooms that never meet, in either direction. */
const NEVER_MEET: readonly (readonly [string, string])[] = [
  ["client/payment/payer", "client/payment/payee"],
  ["client/payment", "client/torrent"],
];

/** One adapter per outside library: these packages are imported only below these paths. */
const ADAPTERS: Record<string, RegExp> = {
  // The plain clients that Floodgate is measured against.
  webtorrent: /^(client\/torrent\/|scripts\/package(\.ts|\/)|scripts\/bench\/(swarm|transfer)\/free-)/,
  // Client and oracle of tests and benches.
  "bittorrent-tracker": /^scripts\/bench\/(announce\/baseline-|swarm\/free-)/,
  ws: /^tracker\/websocket\//,
  libp2p: /^(client\/payment\/|scripts\/bench\/floods\/)/,
  kysely: /^authority\/store\//,
  "better-sqlite3": /^((authority|client)\/store\/|audit\/(session\/state-file|bundles\/book-database)\.ts$)/,
  secp256k1: /^(protocol\/base\/secp256k1|audit\/signatures\/native-signatures)\.ts$/,
  "hash-wasm": /^(protocol\/base\/hashes|audit\/facts\/(keccak|sha256))\.ts$/,
  fastify: /^(authority|client\/(stream|local-api|proxy))\//,
  mime: /^client\/stream\//,
  uplot: /^web\/kit\/live\/draw-chart\.ts$/,
  ethers: /^(audit|client\/wallet)\//,
  hardhat: /^(scripts|cli)\//,
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The imported file, for one of ours. */
  readonly target: string | null;
}

const files = PARTS.flatMap((part) =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(part, name)),
);
const texts = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
const imports = files.flatMap(importsOf);
const shipped = imports.filter(({ from }) => !from.startsWith("test/"));

function importsOf(from: string): Import[] {
  const found = (texts.get(from) as string).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return (
    [...found]
      .map(([, specifier]) => specifier as string)
      // scripts/mutants writes Solidity, whose imports are none of ours.
      .filter((specifier) => !specifier.endsWith(".sol"))
      .map((specifier) => ({ from, specifier, target: targetOf(from, specifier) }))
  );
}

function targetOf(from: string, specifier: string): string | null {
  return specifier.startsWith(".") ? relative(ROOT, join(ROOT, dirname(from), specifier)) : null;
}

const isIn = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

const packageOf = (specifier: string): string =>
  specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : (specifier.split("/")[0] as string);

const show = (found: readonly Import[]): string[] => found.map(({ from, specifier }) => `${from} imports ${specifier}`);

/** A folder of a part, such as authority/store; null for a file at the top of its part. */
const roomOf = (file: string): string | null =>
  file.split("/").length > 2 ? file.split("/").slice(0, 2).join("/") : null;

/** All that can be reached from `start` in at least one step. */
function reachable(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (node: string): void => {
    for (const next of graph.get(node) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(start);
  return seen;
}

describe("import directions", () => {
  test("the test sees the code", () => {
    expect(files.length).toBeGreaterThan(500);
    expect(imports.length).toBeGreaterThan(2_000);
  });

  test.each(Object.keys(MAY_IMPORT))("%s imports only what it may", (folder) => {
    const inside = Object.keys(MAY_IMPORT).filter((other) => other.startsWith(`${folder}/`));
    const allowed = [folder, ...(MAY_IMPORT[folder] as string[])];
    const wrong = imports.filter(
      ({ from, target }) =>
        isIn(from, folder) &&
        !inside.some((other) => isIn(from, other)) &&
        target !== null &&
        !allowed.some((other) => isIn(target, other)),
    );

    expect(show(wrong)).toEqual([]);
  });

  test.each(NEVER_MEET)("%s and %s never meet", (one, other) => {
    const wrong = imports.filter(
      ({ from, target }) =>
        !isIn(from, "test") &&
        target !== null &&
        ((isIn(from, one) && isIn(target, other)) || (isIn(from, other) && isIn(target, one))),
    );

    expect(show(wrong)).toEqual([]);
  });

  test("the folders of a part form no circle", () => {
    const rooms = new Map<string, Set<string>>();
    for (const { from, target } of shipped) {
      const [room, other] = [roomOf(from), target === null ? null : roomOf(target)];
      if (room === null || other === null || room === other || room.split("/")[0] !== other.split("/")[0]) continue;
      rooms.set(room, (rooms.get(room) ?? new Set()).add(other));
    }

    expect([...rooms.keys()].filter((room) => reachable(rooms, room).has(room))).toEqual([]);
  });

  test.each(Object.keys(ADAPTERS))("only its adapter imports %s", (name) => {
    const wrong = shipped.filter(
      ({ from, specifier, target }) => target === null && packageOf(specifier) === name && !ADAPTERS[name]?.test(from),
    );

    expect(show(wrong)).toEqual([]);
  });
});

describe("habits", () => {
  test("protocol names no Node module, not even a type of one", () => {
    const wrong = imports.filter(({ from, specifier }) => isIn(from, "protocol") && specifier.startsWith("node:"));

    expect(show(wrong)).toEqual([]);
  });

  const own = files.filter((file) => !file.startsWith("test/"));
  const namedBy = (pattern: RegExp): string[] => own.filter((file) => pattern.test(texts.get(file) as string));

  test("only config files read the environment, and only wallets and configs are asked for passphrases", () => {
    expect(namedBy(/process\.env\b/).filter((file) => !/config\.ts$|^(scripts|cli)\//.test(file))).toEqual([]);
  });

  test("what audits in a page names no Buffer: only readers of bundles do, and no page loads them", () => {
    const audit = namedBy(/\bBuffer\b/).filter((file) => isIn(file, "audit"));

    expect(audit.filter((file) => !isIn(file, "audit/bundles/format"))).toEqual([]);
  });

  test("servers read the clock that can be set only to judge block times and a swarm's file", () => {
    const readers = namedBy(/Date\.now\(|new Date\(\)/).filter((file) => /^(authority|tracker)\//.test(file));

    expect(readers).toEqual(["authority/chain/chain.ts", "tracker/main.ts"]);
  });

  test("randomness that decides anything is cryptographic", () => {
    expect(namedBy(/Math\.random/)).toEqual([]);
  });

  test("every error code is used", () => {
    const users = own.filter((file) => !file.startsWith("protocol/base/error-codes"));
    const text = users.map((file) => texts.get(file)).join("\n");

    expect(Object.keys(ERROR_CODES).filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  });
});

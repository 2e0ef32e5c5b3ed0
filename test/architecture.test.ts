import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

/** The import directions of README's picture, as a test. */

const ROOT = join(import.meta.dirname, "..");
const FOLDERS = ["protocol", "authority", "tracker", "client", "audit", "cli", "scripts"] as const;

/** Which of our folders a folder may import from, besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  protocol: [],
  authority: ["protocol"],
  tracker: ["protocol"],
  client: ["protocol"],
  audit: ["protocol"],
  cli: ["protocol", "authority", "tracker", "client", "audit"],
  scripts: ["protocol", "authority", "tracker", "client", "audit", "cli", "hardhat.config.ts"],
};

/** One adapter per outside library: these packages are imported only below these paths. */
const ADAPTERS: Record<string, RegExp> = {
  // The plain clients that Floodgate is measured against.
  webtorrent: /^(client\/torrent\/|scripts\/bench\/(swarm|transfer)\/free-)/,
  "create-torrent": /^client\/torrent\//,
  "bittorrent-tracker": /^((tracker|client\/torrent)\/|scripts\/bench\/swarm\/free-)/,
  libp2p: /^client\/payment\//,
  kysely: /^authority\/store\//,
  "better-sqlite3":
    /^((authority|client)\/store\/|audit\/(session\/state-file|bundles\/(book-database|bundle-book))\.ts$)/,
  secp256k1: /^(protocol\/base\/secp256k1|audit\/signatures\/native-signatures)\.ts$/,
  "hash-wasm": /^(protocol\/base\/hashes|audit\/facts\/keccak)\.ts$/,
  fastify: /^(authority|client\/stream)\//,
  mime: /^client\/stream\//,
  ethers: /^(audit|client\/wallet)\//,
  hardhat: /^(scripts|cli)\//,
};

interface Import {
  readonly from: string;
  readonly specifier: string;
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(ROOT, from), "utf8");
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] as string);
  // scripts/mutants writes Solidity, whose imports are none of ours.
  return specifiers.filter((name) => !name.endsWith(".sol")).map((specifier) => ({ from, specifier }));
});

const packageOf = (specifier: string): string =>
  specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : (specifier.split("/")[0] as string);

const show = (found: readonly Import[]): string[] => found.map(({ from, specifier }) => `${from} imports ${specifier}`);

describe("architecture", () => {
  test("the test sees the code", () => {
    expect(files.length).toBeGreaterThan(80);
    expect(imports.length).toBeGreaterThan(300);
  });

  test("folders import only in the allowed directions", () => {
    const wrong = imports.filter(({ from, specifier }) => {
      if (!specifier.startsWith(".")) return false;
      const folder = from.split("/")[0] as string;
      const target = relative(ROOT, join(ROOT, dirname(from), specifier)).split("/")[0] as string;
      return target !== folder && !MAY_IMPORT[folder]?.includes(target);
    });

    expect(show(wrong)).toEqual([]);
  });

  test("protocol is pure: no Node module", () => {
    const wrong = imports.filter(
      ({ from, specifier }) => from.startsWith("protocol/") && specifier.startsWith("node:"),
    );

    expect(show(wrong)).toEqual([]);
  });

  test("torrent and payment meet only at the seam", () => {
    const wrong = imports.filter(
      ({ from, specifier }) =>
        (from.startsWith("client/torrent/") && specifier.includes("/payment/")) ||
        (from.startsWith("client/payment/") && specifier.includes("/torrent/")),
    );

    expect(show(wrong)).toEqual([]);
  });

  test.each(Object.keys(ADAPTERS))("only its adapter imports %s", (name) => {
    const wrong = imports.filter(
      ({ from, specifier }) =>
        !specifier.startsWith(".") && packageOf(specifier) === name && !ADAPTERS[name]?.test(from),
    );

    expect(show(wrong)).toEqual([]);
  });

  test("only config files read the environment, and only wallets and configs are asked for passphrases", () => {
    const wrong = files.filter(
      (file) =>
        /process\.env\b/.test(readFileSync(join(ROOT, file), "utf8")) && !/config\.ts$|^(scripts|cli)\//.test(file),
    );

    expect(wrong).toEqual([]);
  });

  test("randomness that decides anything is cryptographic", () => {
    const wrong = files.filter((file) => /Math\.random/.test(readFileSync(join(ROOT, file), "utf8")));

    expect(wrong).toEqual([]);
  });
});

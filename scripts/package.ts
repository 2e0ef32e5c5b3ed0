import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { argv, execPath, exit } from "node:process";
import { ensureContracts } from "../cli/deploy/contracts.ts";
import { buildPages } from "../cli/pages/build-pages.ts";
import { bundleWebTorrent } from "./package/webtorrent.ts";

/**
 * Builds dist/, what `npm pack` ships: JavaScript with types, since Node strips no types below
 * node_modules, and the built contracts. Usage: package.ts [FOLDER]
 */

const ROOT = join(import.meta.dirname, "..");
const DIST = argv[2] ?? join(ROOT, "dist");
const CONTRACTS = [
  "Floodgate.sol/Floodgate",
  "periphery/OwnerTimelock.sol/OwnerTimelock",
  "mocks/TestDollar.sol/TestDollar",
];
/** A devnet compiles nothing. */
const HARDHAT_CONFIG = `import { defineConfig } from "hardhat/config";
import { devnetNetworks } from "./cli/devnet/devnet-networks.js";

export default defineConfig({ networks: devnetNetworks });
`;

rmSync(DIST, { recursive: true, force: true });
const tsc = [
  join(ROOT, "node_modules/typescript/bin/tsc"),
  "-p",
  join(ROOT, "tsconfig.package.json"),
  "--outDir",
  DIST,
];
const compiled = spawnSync(execPath, tsc, { stdio: "inherit" });
if (compiled.status !== 0) exit(compiled.status ?? 1);
copyDeclarations();
copyPages();
await buildPages(join(DIST, "web/built"));
renameThreads();
await ensureContracts();
for (const name of CONTRACTS) copy(`artifacts/contracts/${name}.json`);
writeFileSync(join(DIST, "hardhat.config.js"), HARDHAT_CONFIG);
await bundleWebTorrent(join(DIST, "vendor/webtorrent.js"));
useBundle("client/torrent/engine.js", /from "webtorrent"/, (bundle) => `from "${bundle}"`);
useBundle(
  "client/torrent/wire/wire-guard.js",
  /import (\w+) from "bittorrent-protocol"/,
  (bundle, name) => `import { Wire as ${name} } from "${bundle}"`,
);

/** Style sheets, scripts and pictures of the authority's pages. */
function copyPages(): void {
  const names = readdirSync(join(ROOT, "web"), { recursive: true, encoding: "utf8" });
  for (const name of names.filter((file) => /\.(css|js|svg)$/.test(file))) copy(join("web", name));
}

/** Types that we wrote for packages without any. The compiler leaves them where they are. */
function copyDeclarations(): void {
  for (const folder of ["client", "tracker", "protocol", "authority", "audit"]) {
    const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
    for (const name of names.filter((file) => file.endsWith(".d.ts"))) copy(join(folder, name));
  }
}

/** The compiler renames what is imported, and not the modules that threads start with. */
function renameThreads(): void {
  const names = readdirSync(DIST, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  for (const name of names) {
    const file = join(DIST, name);
    const text = readFileSync(file, "utf8");
    const changed = text.replace(
      /new URL\("(\.\/[^"]+)\.ts", import\.meta\.url\)/g,
      'new URL("$1.js", import.meta.url)',
    );
    if (changed !== text) writeFileSync(file, changed);
  }
}

function copy(path: string): void {
  mkdirSync(dirname(join(DIST, path)), { recursive: true });
  cpSync(join(ROOT, path), join(DIST, path));
}

/** The packages' own names would mean packages that are not installed. */
function useBundle(path: string, before: RegExp, after: (bundle: string, name: string) => string): void {
  const file = join(DIST, path);
  const bundle = relative(dirname(file), join(DIST, "vendor/webtorrent.js"));
  const text = readFileSync(file, "utf8");
  const changed = text.replace(before, (_, name) => after(bundle, name));
  if (changed === text) throw new Error(`${path} does not import what is bundled`);
  writeFileSync(file, changed);
}

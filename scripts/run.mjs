#!/usr/bin/env node
// Starts a TypeScript program of this project on any Node >= 18: installs what the lock file names
// when it has changed, then hands over to the pinned Node in node_modules. Usage: node
// scripts/run.mjs TARGET.ts [ARGUMENTS]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { trimPackages } from "./trim-packages.mjs";

// better-sqlite3, webtorrent and vitest need Node >= 22 at install time, or npm picks older
// versions in silence; npm 10 ignores `allowScripts`. So both are pinned.
const INSTALLER = ["-y", "-p", "node@24.21.0", "-p", "npm@11.19.1", "-c", "npm ci --no-audit --no-fund"];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".floodgate-lock");

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

function install() {
  const hash = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  process.stderr.write("Installing the pinned packages (once, 1 to 3 minutes)...\n");
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const result = spawnSync(npx, INSTALLER, { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.status !== 0) {
    process.stderr.write("error: npm could not install the packages; see its output above (INSTALL_FAILED)\n");
    process.exit(result.status ?? 1);
  }
  trimPackages(join(root, "node_modules"));
  writeFileSync(stamp, hash);
}

install();
const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const [target, ...args] = process.argv.slice(2);
if (!target) {
  process.stderr.write("usage: node scripts/run.mjs TARGET.ts [ARGUMENTS]\n");
  process.exit(2);
}
// A peer is 1,800 modules: to compile them again at each start costs a second. Kept beside the
// packages: as trusted as they are.
const env = { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"), ...process.env };
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, target), ...args], {
  stdio: "inherit",
  env,
});
// A terminal sends Ctrl-C to the whole group; other senders know this process only, so pass their
// signals on.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));

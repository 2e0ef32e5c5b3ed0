// Takes out of node_modules what no program of this project reads: about a quarter of what npm
// installs.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { arch, platform } from "node:process";

/** Sources from which a package could build what it ships built. */
const SOURCES = ["better-sqlite3/deps", "better-sqlite3/src"];
/** `linux-x64`, and what packages call it that put several systems into one name. */
const THIS_MACHINE = `${platform}-${arch}`;
const SYSTEM = /^(?:android|darwin|ios|linux|win32|freebsd|openbsd)-/;

/** @param {string} modules path of node_modules, installed by npm just now */
export function trimPackages(modules) {
  trimNode(join(modules, "node"));
  for (const source of SOURCES) rmSync(join(modules, source), { recursive: true, force: true });
  trimFolder(modules);
}

/**
 * The package `node` links its program out of a package of its own, which also holds headers and
 * npm.
 */
function trimNode(folder) {
  const isLinked = existsSync(join(folder, "bin", platform === "win32" ? "node.exe" : "node"));
  if (isLinked) rmSync(join(folder, "node_modules"), { recursive: true, force: true });
}

/** Source maps, and native code for other systems. */
function trimFolder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === "prebuilds") trimPrebuilds(path);
      else trimFolder(path);
    } else if (entry.isFile() && entry.name.endsWith(".map")) rmSync(path);
  }
}

function trimPrebuilds(folder) {
  const names = readdirSync(folder);
  // Packages that name theirs otherwise keep all of them.
  if (!names.some((name) => name.startsWith(THIS_MACHINE))) return;
  for (const name of names) {
    if (SYSTEM.test(name) && !name.startsWith(THIS_MACHINE)) rmSync(join(folder, name), { recursive: true });
  }
}

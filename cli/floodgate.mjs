#!/usr/bin/env node
// `floodgate` on any Node >= 18. In a clone it hands over to the launcher, which installs what is
// missing. In an installed package it starts the compiled program, on the Node that it needs.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const launcher = join(root, "scripts", "run.mjs");
const compiled = join(root, "dist", "cli", "main.js");

if (existsSync(launcher)) {
  process.argv.splice(1, 1, launcher, "cli/main.ts");
  await import("../scripts/run.mjs");
} else if (Number(process.versions.node.split(".")[0]) >= NEEDED) {
  process.argv[1] = compiled;
  await import("../dist/cli/main.js");
} else {
  runOn(findNode());
}

/** The package `node` holds a Node of the version that we need, for this system. */
function findNode() {
  try {
    const require = createRequire(import.meta.url);
    const program = join("bin", process.platform === "win32" ? "node.exe" : "node");
    const node = join(dirname(require.resolve("node/package.json")), program);
    if (existsSync(node)) return node;
  } catch {
    // It is an optional package: its installation may have failed.
  }
  process.stderr.write(
    `error: this needs Node ${NEEDED}, and here is ${process.versions.node}: install it, or install floodgate again (NODE_TOO_OLD)\n`,
  );
  process.exit(3);
}

function runOn(node) {
  const args = ["--disable-warning=ExperimentalWarning", compiled, ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: "inherit" });
  // A terminal sends Ctrl-C to the whole group; other senders know this process only.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { env } from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandRunner } from "../scripts/devnet/command.ts";
import { findFreePort } from "../scripts/devnet/ports.ts";

/** What `npm pack` ships works without this repository, and without what only tests need. */

const ROOT = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const SHIPPED = "{protocol,web,authority,tracker,client,audit,cli}/**/*.ts";
/** In dist/vendor/. */
const BUNDLED = ["webtorrent", "bittorrent-protocol"];
/** In dist/web/built/, which is there: so what builds it is never asked for. */
const BUILT = /^web\/(\w+\/app|kit\/live)\//;
const BUILDERS = ["vite"];

test("every package that shipped code imports is a dependency, or in the bundle", () => {
  const dependencies = [...Object.keys(manifest.dependencies), ...BUNDLED, ...BUILDERS];
  const missing = globSync(SHIPPED, { cwd: ROOT })
    .filter((file) => !file.endsWith(".d.ts") && !BUILT.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      const imports = text.matchAll(
        /^(?:import|export) (?!type )[^;]*? from "([^."][^"]*)"|import\("([^."][^"]*)"\)/gm,
      );
      return [...imports].map(([, a, b]) => a ?? b ?? "").filter((name) => !isBuiltin(name));
    })
    .map((name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    )
    .filter((name) => !dependencies.includes(name));
  expect([...new Set(missing)]).toEqual([]);
});

// Compiles everything: a quarter of a minute of CPU.
describe.runIf(env.FLOODGATE_DEEP === "1")("the package, installed", () => {
  let root: string;
  let bin: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "floodgate-package-"));
    execFileSync(process.execPath, [join(ROOT, "scripts/package.ts")], { stdio: "inherit" });
    const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", root, "--json"], {
      cwd: ROOT,
    });
    const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }];
    const modules = join(root, "node_modules");
    mkdirSync(join(modules, "floodgate"), { recursive: true });
    execFileSync("tar", ["-xzf", join(root, filename), "--strip-components=1", "-C", join(modules, "floodgate")]);
    for (const name of [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
    }
    bin = join(modules, "floodgate", manifest.bin.floodgate);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test("brings its pages built", () => {
    const script = readFileSync(join(root, "node_modules/floodgate/dist/web/built/account.js"), "utf8");
    expect(script.length).toBeGreaterThan(10_000);
  });

  test.each([
    ["the Node that it needs", process.execPath],
    ["the Node of this machine", "node"],
  ])("shows its help on %s", (_name, node) => {
    for (const args of [["--help"], ["audit", "--help"], ["get", "--help"]]) {
      const { status, stdout, stderr } = spawnSync(node, [bin, ...args], { cwd: root, encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(/^Usage: floodgate/);
    }
  });

  test("runs a network, and sells a file on it", async () => {
    const main = join(root, "node_modules/floodgate/dist/cli/main.js");
    const runner = new CommandRunner({ FLOODGATE_PASSPHRASE: "correct horse" }, () => undefined, main);
    const home = ["--home", join(root, "home")];
    const card = ["--deposit", "5", "--card", "4242424242424242"];
    const film = join(root, "film.bin");
    writeFileSync(film, randomBytes(5 * 2 ** 20));
    try {
      const tracker = ["--tracker-port", String(await findFreePort())];
      const up = runner.start(["up", "--chain-port", "0", "--port", "0", ...tracker, ...home]);
      const { authority } = await up.event("ready");
      await runner.run(["wallet", "new", ...home]);
      await runner.run(["register", ...card, ...home]);
      const { infoHash } = await runner.run(["publish", film, "--price", "1", ...home]);
      await runner.start(["seed", String(infoHash), "--file", film, ...home]).event("ready");
      const buyer = ["--home", join(root, "buyer")];
      await runner.run(["wallet", "new", ...buyer]);
      await runner.run(["register", "--authority", String(authority), ...card, ...buyer]);
      const done = await runner.run(["get", String(infoHash), "--out", join(root, "out"), ...buyer]);
      expect(done).toMatchObject({ event: "done", paid: "4882" });
      expect(readFileSync(String(done.path)).equals(readFileSync(film))).toBe(true);
    } finally {
      await runner.stopAll();
    }
  });

  test("has entries with types for other programs", () => {
    const program = join(root, "program.ts");
    writeFileSync(
      program,
      `import { createPeer, runPeer } from "floodgate/client";
import { formatReport, runAudit, verifyProof } from "floodgate/audit";
import { hashDomain, parseAmount } from "floodgate/protocol";
const amount: bigint = parseAmount("1.5", 6);
console.log(typeof createPeer, typeof runPeer, typeof runAudit, typeof formatReport, typeof verifyProof, typeof hashDomain, amount);
`,
    );
    const run = spawnSync(process.execPath, [program], { cwd: root, encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout).toBe("function function function function function function 1500000n\n");
    const options = ["--noEmit", "--skipLibCheck", "--module", "nodenext", "--target", "es2024", "--strict"];
    const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")];
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const checked = spawnSync(process.execPath, [tsc, ...options, ...types, program], { cwd: root, encoding: "utf8" });
    expect(checked.stdout).toBe("");
    expect(checked.status).toBe(0);
  });
});

import { execFile } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { type Plugin, rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/**
 * Files that no server needs must load in a browser: they are bundled, and the bundle is loaded.
 */

const ROOT = join(import.meta.dirname, "..");

/**
 * What is pure: codecs, ledgers, policies, planners, the picker. Time and randomness are arguments.
 */
const PURE = [
  "protocol/**/*.ts",
  "client/{authority-client,clock,exchange,http,identity,poll,read-bounded}.ts",
  "client/{chain,exit}/*.ts",
  "client/account/{account,fund,home,network,offer,register,renew,summary,withdraw}.ts",
  "client/wallet/{session,sign-in,wallet}.ts",
  "client/payment/{payer,payee,reports,standing}/**/*.ts",
  "client/torrent/picker/**/*.ts",
  "client/torrent/wire/wire-{admission,backlog,extension,gate}.ts",
  "client/torrent/announce/*.ts",
  "client/stream/{answer,choose-file,media-type,readers}.ts",
  "authority/settlement/{packing,planner}.ts",
  "authority/allotments/{caps,credit,policy,reservations}.ts",
  "authority/**/*policy.ts",
  "tracker/core/**/*.ts",
];

/**
 * The native binding's place is taken by the package's own JavaScript, as its field "browser" says.
 */
const SECP256K1 = { native: "secp256k1/bindings.js", browser: "secp256k1/elliptic.js" };

const ENTRY = "floodgate:pure";

const files = PURE.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).filter((file) => !file.endsWith(".d.ts"));

/** Modules of Node that the bundle imports, with the file that does so. */
const nodeImports: string[] = [];
/** Our own files in the bundle. */
const bundled = new Set<string>();
let directory: string;

const plugin: Plugin = {
  name: "pure-files",
  async resolveId(source, importer) {
    if (source === ENTRY) return ENTRY;
    if (source === SECP256K1.native) return this.resolve(SECP256K1.browser, importer);
    if (!isBuiltin(source)) return null;
    const shim = await this.resolve(source, importer, { skipSelf: true });
    if (shim && !shim.external) return shim;
    nodeImports.push(`${relative(ROOT, importer ?? "")} imports ${source}`);
    return { id: source, external: true };
  },
  load(id) {
    if (id === ENTRY) return files.map((file) => `import ${JSON.stringify(join(ROOT, file))};`).join("\n");
    const file = relative(ROOT, id);
    if (!file.startsWith("node_modules")) bundled.add(file);
    return null;
  },
};

beforeAll(async () => {
  const bundle = await rolldown({
    input: ENTRY,
    platform: "browser",
    treeshake: false,
    logLevel: "silent",
    plugins: [plugin],
  });
  directory = mkdtempSync(join(tmpdir(), "floodgate-browser-"));
  await bundle.write({ dir: directory, format: "esm", entryFileNames: "pure.mjs", chunkFileNames: "[name].mjs" });
  await bundle.close();
});

afterAll(() => rmSync(directory, { recursive: true }));

describe("in a browser, the pure files", () => {
  test("are there", () => {
    expect(PURE.filter((pattern) => globSync(pattern, { cwd: ROOT }).length === 0)).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
    expect([...bundled]).toEqual(expect.arrayContaining(files));
  });

  test("import no module of Node, not even through others", () => {
    expect(nodeImports).toEqual([]);
  });

  test("use no global of Node, nor do the files that they import", () => {
    const wrong = [...bundled].filter((file) => {
      const text = readFileSync(join(ROOT, file), "utf8").replaceAll(/\/\*.*?\*\/|\/\/.*|"(?:[^"\\\n]|\\.)*"/gs, "");
      return /\b(Buffer|process|setImmediate|__dirname|require)\b[.(]/.test(text);
    });

    expect(wrong).toEqual([]);
  });

  test("load where there is nothing of Node", async () => {
    const script = join(directory, "load.mjs");
    writeFileSync(
      script,
      `const { log } = console;
       for (const name of ["Buffer", "process", "global", "setImmediate", "clearImmediate"]) delete globalThis[name];
       await import("./pure.mjs");
       log("loaded");`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script]);

    expect(stdout).toBe("loaded\n");
  });
});

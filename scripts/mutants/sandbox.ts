import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSource } from "./source.ts";

/**
 * A directory of one worker. `contracts/` stays as it is: tests take the contract's type from
 * there, so that they compile once. `mutant/` is where the mutation goes; tests deploy its
 * Floodgate from CODE_FILE (support/Deployer.sol), and import its libraries.
 */
export interface Sandbox extends Disposable {
  readonly root: string;
}

const ROOT = join(import.meta.dirname, "..", "..");
const TESTS = "test/contracts";
/** Creation code of the mutant, hex. */
export const CODE_FILE = "mutant.hex";

export function createSandbox(): Sandbox {
  const root = mkdtempSync(join(tmpdir(), "floodgate-mutants-"));
  cpSync(join(ROOT, "contracts"), join(root, "contracts"), { recursive: true });
  cpSync(join(ROOT, "contracts"), join(root, "mutant"), { recursive: true });
  cpSync(join(ROOT, "test", "vectors"), join(root, "test", "vectors"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, "package.json"), '{"name": "mutants", "private": true, "type": "module"}\n');
  for (const file of solidityFiles(join(ROOT, TESTS))) {
    const path = join(root, TESTS, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, useMutant(readFileSync(join(ROOT, TESTS, file), "utf8"), file));
  }
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  // Also when the program is stopped.
  process.once("exit", remove);
  return { root, [Symbol.dispose]: remove };
}

export interface Tests {
  readonly quick: readonly string[];
  /** Campaigns. */
  readonly slow: readonly string[];
  /** They import libraries of the mutant, so that each mutant compiles them again. */
  readonly anew: readonly string[];
}

/** Test files relative to the root. */
export function listTests(root: string): Tests {
  const files = solidityFiles(join(root, TESTS)).filter((file) => file.endsWith(".t.sol"));
  const kindOf = (file: string): keyof Tests => {
    const text = readFileSync(join(root, TESTS, file), "utf8");
    if (text.includes("/mutant/")) return "anew";
    return text.includes("function invariant_") || file.startsWith("InvariantOrder") ? "slow" : "quick";
  };
  const tests = Object.groupBy(files.sort(), kindOf);
  const named = (kind: keyof Tests): string[] => (tests[kind] ?? []).map((file) => join(TESTS, file));
  return { quick: named("quick"), slow: named("slow"), anew: named("anew") };
}

/** Where the sandbox has the file that is mutated. */
export function mutantPath(root: string, file: string): string {
  return join(root, file.replace(/^contracts/, "mutant"));
}

function solidityFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sol"));
}

/**
 * A test's source that imports the mutant's libraries. @throws when it embeds Floodgate's code by
 * itself
 */
export function useMutant(source: string, file: string): string {
  const up = "../".repeat(file.split("/").length - 1);
  const text = source.replaceAll(/"[./]*\/contracts\/libraries\//g, `"../../${up}mutant/libraries/`);
  const isDeployer = file === "support/Deployer.sol";
  if (!isDeployer && /\bis\b[^{;]*\bFloodgate\b|type\(Floodgate\)|\bnew Floodgate\b/.test(readSource(file, text).code))
    throw new Error(`${file}: mutants are deployed by \`newFloodgate(config)\` only`);
  return text;
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Compiles Floodgate in this process: a compiler that stays loaded saves a second for each mutant.
 */

interface Output {
  readonly errors?: readonly { readonly severity: string }[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, { evm: { bytecode: { object: string } } }>>>>;
}

interface Compiler {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
}

const solc = createRequire(import.meta.url)("solc") as Compiler;

/**
 * @returns creation code in hex without 0x, equal for equal programs; null if the compiler refuses
 * it
 */
export function compileFloodgate(root: string, folder: string, settings: object): string | null {
  const source = `${folder}/Floodgate.sol`;
  const input = {
    language: "Solidity",
    sources: { [source]: { content: readFileSync(join(root, source), "utf8") } },
    settings: {
      ...settings,
      // The hash of the source would make any two mutants differ.
      metadata: { appendCBOR: false },
      outputSelection: { [source]: { Floodgate: ["evm.bytecode.object"] } },
    },
  };
  const read = (path: string): { contents: string } => ({
    contents: readFileSync(join(root, path.startsWith("@") ? "node_modules" : "", path), "utf8"),
  });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as Output;
  if (output.errors?.some(({ severity }) => severity === "error")) return null;
  return output.contracts?.[source]?.Floodgate?.evm.bytecode.object ?? null;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fieldsOf, rewrite } from "./rewrite.ts";
import type { Spec } from "./specs.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/**
 * OpenZeppelin's Math without its bit tricks, and for the types that its callers narrow to: z3 sees
 * through neither tricks nor remainders.
 */
const MATH = `
function _min(uint96 a, uint96 b) pure returns (uint96) { return a < b ? a : b; }
function _max(uint96 a, uint96 b) pure returns (uint96) { return a > b ? a : b; }
function _min40(uint40 a, uint40 b) pure returns (uint40) { return a < b ? a : b; }
function _max40(uint40 a, uint40 b) pure returns (uint40) { return a > b ? a : b; }
function _saturatingSub(uint112 a, uint112 b) pure returns (uint112) { return a > b ? a - b : 0; }
`;

/** The whole file that SMTChecker reads: what is proved of the sources, then the properties. */
export function compose({ name, parts, variables }: Spec): string {
  const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
  const functions = parts.map((part) => rewrite(read(part.file), part));
  const structs = ["contracts/interfaces/IFloodgate.sol", ...parts.map(({ file }) => file)].map(read).join("\n");
  const body = `
abstract contract Parts {
uint96 internal constant NO_LIMIT = type(uint96).max;
${variables.map(([struct, variable]) => fieldsOf(structs, struct, variable)).join("\n")}
${functions.join("\n\n")}
}

${read(`scripts/prove/specs/${name}.sol`)}`;
  const names = variables.map(([, variable]) => variable).join("|");
  // z3 gets on with plain variables far better than with structures.
  const flat = body.replaceAll(new RegExp(`(?<![.\\w])(${names})\\.(\\w+)`, "g"), "$1_$2");
  return `// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n${MATH}${flat}`;
}

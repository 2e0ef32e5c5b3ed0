import { closingOf } from "../mutants/source.ts";

/**
 * Rewrites Solidity so that SMTChecker can follow it. It loses track of storage pointers, and of
 * errors with arguments. So a library's functions become those of a contract, and what a pointer
 * points to becomes one of its variables.
 */

/** Functions of one file, for the body of a contract. */
export interface Part {
  /** Path in the repository. */
  readonly file: string;
  /** All of the file if absent. */
  readonly functions?: readonly string[];
  /** Storage pointers, and the variables that they become; `v.f(x)` becomes `v_f(x)`. */
  readonly pointers: Readonly<Record<string, string>>;
  /** The variable that a library's functions are about: its name is put before theirs. */
  readonly variable?: string;
}

/** @throws when a wanted function is not in `source` */
export function rewrite(source: string, part: Part): string {
  const { file, functions, pointers, variable } = part;
  const all = functionsOf(stripComments(source));
  const names = functions ?? [...all.keys()];
  return names
    .map((name) => {
      const text = all.get(name);
      if (text === undefined) throw new Error(`${file} has no function ${name}: scripts/prove/specs.ts names it`);
      const result = replacePointers(simplify(text), pointers);
      return variable === undefined ? result : prefix(result, [...all.keys()], variable);
    })
    .join("\n\n");
}

/** A structure of the interface as variables: `a.b` becomes `a_b`. @throws when there is none */
export function fieldsOf(source: string, struct: string, variable: string): string {
  const [, body] = new RegExp(`\\bstruct ${struct} \\{([^}]*)\\}`).exec(stripComments(source)) ?? [];
  if (body === undefined) throw new Error(`no structure ${struct}: scripts/prove/specs.ts names it`);
  return body.replaceAll(/(\w+) (\w+);/g, `$1 internal ${variable}_$2;`);
}

function simplify(text: string): string {
  return (
    text
      .replaceAll(/\brevert \w+(?:\.\w+)?\([^;]*\);/g, "revert();")
      .replaceAll(/\bemit [^;]*;/g, "")
      .replaceAll(/\bIFloodgate\./g, "")
      .replaceAll(/\bcalldata\b/g, "memory")
      .replaceAll(/\bprivate\b/g, "internal")
      .replaceAll(/\buint40\(Math\.(\w+)\(/g, (_, name: string) => `uint40(_${name}40(`)
      .replaceAll(/\bMath\.(\w+)\(/g, "_$1(")
      // Amounts that callers pass are sums of base units below 2^96, and times below 2^40.
      .replaceAll(/\buint256 (amount|due|missing|limit)\b(?=[,)]| = self\.limit)/g, "uint96 $1")
      .replaceAll(/\buint256 spent\b/g, "uint112 spent")
      .replaceAll(/\bview returns \(uint256\) \{(?=\s*return _min)/g, "view returns (uint96) {")
      .replaceAll(/\buint256 latest\b/g, "uint40 latest")
  );
}

function replacePointers(text: string, pointers: Part["pointers"]): string {
  let result = text;
  for (const [pointer, variable] of Object.entries(pointers)) {
    const any = (pattern: string): RegExp => new RegExp(pattern.replaceAll("NAME", pointer), "g");
    result = result
      // As a parameter, as a local variable, as an argument.
      .replaceAll(any("(\\(\\s*)(?:mapping\\([^)]*\\)|\\w+) storage NAME(?:,\\s*|(?=\\)))"), "$1")
      .replaceAll(any("\\b\\w+ storage NAME = [^;]*;"), "")
      .replaceAll(any("(\\w\\()NAME(?:, |(?=\\)))"), "$1")
      .replaceAll(any("(?<![.\\w])NAME\\[key\\]"), variable)
      .replaceAll(any("(?<![.\\w])NAME\\.(\\w+)\\("), `${variable}_$1(`)
      .replaceAll(any("(?<![.\\w])NAME(?=\\.)"), variable);
  }
  return result;
}

function prefix(text: string, names: readonly string[], variable: string): string {
  return text.replaceAll(/(?<![.\w])(\w+)\(/g, (call, name: string) =>
    names.includes(name) ? `${variable}_${name}(` : call,
  );
}

/** Whole functions by name. */
function functionsOf(code: string): Map<string, string> {
  const functions = new Map<string, string>();
  for (const { 0: head, 1: name = "", index } of code.matchAll(/\bfunction (\w+)\([^;{}]*\{/g)) {
    functions.set(name, code.slice(index, closingOf(code, index + head.length - 1) + 1));
  }
  return functions;
}

function stripComments(source: string): string {
  return source.replaceAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "");
}

import { isAssembly, type Source } from "../source.ts";
import type { Edit } from "./edit.ts";

/**
 * Longest first; those that map to nothing are here so that no part of them is taken for another.
 */
const SYMBOLS: Readonly<Record<string, readonly string[]>> = {
  "<<=": [">>="],
  ">>=": ["<<="],
  "&&": ["||"],
  "||": ["&&"],
  "==": ["!="],
  "!=": ["=="],
  "<=": ["<", ">"],
  ">=": [">", "<"],
  "=>": [],
  "<<": [">>"],
  ">>": ["<<"],
  "++": ["--"],
  "--": ["++"],
  "+=": ["-=", "="],
  "-=": ["+=", "="],
  "|=": ["&=", "="],
  "<": ["<=", ">="],
  ">": [">=", "<="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "|": ["&"],
  "&": ["|"],
  "!": [""],
};
const SYMBOL = new RegExp(
  Object.keys(SYMBOLS)
    .map((symbol) => symbol.replaceAll(/[|+*/]/g, "\\$&"))
    .join("|"),
  "g",
);

const WORDS: Readonly<Record<string, string>> = { true: "false", false: "true", min: "max", max: "min" };
const YUL: Readonly<Record<string, string>> = {
  add: "sub",
  sub: "add",
  mul: "add",
  lt: "gt",
  gt: "lt",
  shl: "shr",
  shr: "shl",
  and: "or",
  or: "and",
  xor: "or",
  div: "mul",
  mod: "div",
  eq: "gt",
};

const INSTRUCTION = new RegExp(`\\b(?:${Object.keys(YUL).join("|")})(?=\\()`, "g");

/** `a < b` -> `a <= b`, `a >= b`; `+` -> `-`; `&&` -> `||` and so on. */
export function* flipSymbols({ code }: Source): Iterable<Edit> {
  for (const { 0: symbol, index } of code.matchAll(SYMBOL)) {
    for (const replacement of SYMBOLS[symbol] ?? []) {
      yield { operator: "flip", start: index, end: index + symbol.length, replacement };
    }
  }
}

/** `true` -> `false`, `Math.min` -> `Math.max`. */
export function* flipWords({ code }: Source): Iterable<Edit> {
  for (const { 0: word, index } of code.matchAll(/\b(?:true|false)\b|(?<=\bMath\.)(?:min|max)\b/g)) {
    yield { operator: "flip", start: index, end: index + word.length, replacement: WORDS[word] ?? word };
  }
}

/** `add` -> `sub`, `lt` -> `gt`, `shl` -> `shr` in assembly. */
export function* flipInstructions(source: Source): Iterable<Edit> {
  for (const { 0: word, index } of source.code.matchAll(INSTRUCTION)) {
    if (!isAssembly(source, index)) continue;
    yield { operator: "instruction", start: index, end: index + word.length, replacement: YUL[word] ?? word };
  }
}

/** Every number, one more and one less. */
export function* shiftNumbers({ code }: Source): Iterable<Edit> {
  for (const { 0: literal, index } of code.matchAll(/(?<![\w.])(?:0x[0-9a-fA-F]+|\d[\d_]*)(?![\w.])/g)) {
    const value = BigInt(literal.replaceAll("_", ""));
    const write = (next: bigint): string => (literal.startsWith("0x") ? `0x${next.toString(16)}` : String(next));
    for (const next of value === 0n ? [1n] : [value + 1n, value - 1n]) {
      yield { operator: "number", start: index, end: index + literal.length, replacement: write(next) };
    }
  }
}

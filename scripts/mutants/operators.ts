import { closingOf, isAssembly, type Source } from "./source.ts";

/** One change of a source: the text from `start` to `end` becomes `replacement`. */
export interface Edit {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

type Operator = (source: Source) => Iterable<Edit>;

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
function* flipSymbols({ code }: Source): Iterable<Edit> {
  for (const { 0: symbol, index } of code.matchAll(SYMBOL)) {
    for (const replacement of SYMBOLS[symbol] ?? []) {
      yield { operator: "flip", start: index, end: index + symbol.length, replacement };
    }
  }
}

/** `true` -> `false`, `Math.min` -> `Math.max`. */
function* flipWords({ code }: Source): Iterable<Edit> {
  for (const { 0: word, index } of code.matchAll(/\b(?:true|false)\b|(?<=\bMath\.)(?:min|max)\b/g)) {
    yield { operator: "flip", start: index, end: index + word.length, replacement: WORDS[word] ?? word };
  }
}

/** `add` -> `sub`, `lt` -> `gt`, `shl` -> `shr` in assembly. */
function* flipInstructions(source: Source): Iterable<Edit> {
  for (const { 0: word, index } of source.code.matchAll(INSTRUCTION)) {
    if (!isAssembly(source, index)) continue;
    yield { operator: "instruction", start: index, end: index + word.length, replacement: YUL[word] ?? word };
  }
}

/** Every number, one more and one less. */
function* shiftNumbers({ code }: Source): Iterable<Edit> {
  for (const { 0: literal, index } of code.matchAll(/(?<![\w.])(?:0x[0-9a-fA-F]+|\d[\d_]*)(?![\w.])/g)) {
    const value = BigInt(literal.replaceAll("_", ""));
    const write = (next: bigint): string => (literal.startsWith("0x") ? `0x${next.toString(16)}` : String(next));
    for (const next of value === 0n ? [1n] : [value + 1n, value - 1n]) {
      yield { operator: "number", start: index, end: index + literal.length, replacement: write(next) };
    }
  }
}

/** `onlyOwner`, `nonReentrant`, `whenNotPaused` go. */
function* dropModifiers({ code }: Source): Iterable<Edit> {
  for (const { 0: word, index } of code.matchAll(/ (?:onlyOwner|nonReentrant|whenNotPaused)\b/g)) {
    yield { operator: "modifier", start: index, end: index + word.length, replacement: "" };
  }
}

/**
 * `if (a && b)` -> `if (!(a && b))`, where no flip does the same; and the whole `if` goes, unless
 * it has an `else`.
 */
function* breakConditions({ code }: Source): Iterable<Edit> {
  for (const { 0: word, index } of code.matchAll(/\bif \(/g)) {
    const open = index + word.length - 1;
    const close = closingOf(code, open);
    const condition = code.slice(open + 1, close);
    if (/&&|\|\|/.test(condition) || !/[<>=!]/.test(condition)) {
      yield { operator: "condition", start: open + 1, end: close, replacement: `!(${condition.trim()})` };
    }
    const body = close + 1 + code.slice(close + 1).search(/\S/);
    const end = code[body] === "{" ? closingOf(code, body) + 1 : code.indexOf(";", body) + 1;
    if (!/^\s*else\b/.test(code.slice(end))) yield { operator: "guard", start: index, end, replacement: "" };
  }
}

const KEPT =
  /^(?:return|if|else|for|while|let|unchecked|event|error|struct|function|mapping)\b|^\(?(?:u?int\d*|bool|address|bytes\d*|string|[A-Z]\w*(?:\.[A-Z]\w*)?)(?:\[\])?(?: (?:storage|memory|calldata|private|public|internal|constant|immutable))* _?[a-z]/;

/**
 * A statement goes: a call, an assignment, an event, a lone `revert`. Declarations stay, since what
 * follows needs them.
 */
function* dropStatements({ code }: Source): Iterable<Edit> {
  for (const { 0: statement, index } of code.matchAll(/(?<=[;{}]\s*)[A-Za-z_+(-][^;{}]*;/g)) {
    const isWhole = count(statement, "(") === count(statement, ")") && !isInside(code, index);
    if (!isWhole || KEPT.test(statement)) continue;
    yield { operator: "statement", start: index, end: index + statement.length, replacement: "" };
  }
}

/** The same in assembly, where a line is a statement. */
function* dropInstructions({ code, assembly }: Source): Iterable<Edit> {
  for (const [from, to] of assembly) {
    for (const { 0: line, index } of code
      .slice(from, to)
      .matchAll(/(?<=\n *)(?:(?!let\b|for\b)\w+(?:\(| :=)[^\n]*)/g)) {
      if (count(line, "(") !== count(line, ")") || line.endsWith(",")) continue;
      yield { operator: "statement", start: from + index, end: from + index + line.length, replacement: "" };
    }
  }
}

function count(text: string, symbol: string): number {
  return text.split(symbol).length - 1;
}

/** Whether an open parenthesis surrounds `index`, as in the head of a `for`. */
function isInside(code: string, index: number): boolean {
  const before = code.slice(0, index);
  return count(before, "(") > count(before, ")");
}

export const OPERATORS: readonly Operator[] = [
  flipSymbols,
  flipWords,
  flipInstructions,
  shiftNumbers,
  dropModifiers,
  breakConditions,
  dropStatements,
  dropInstructions,
];

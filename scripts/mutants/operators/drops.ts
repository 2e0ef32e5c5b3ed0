import { closingOf, type Source } from "../source.ts";
import { count, type Edit } from "./edit.ts";

/** `onlyOwner`, `nonReentrant`, `whenNotPaused` go. */
export function* dropModifiers({ code }: Source): Iterable<Edit> {
  for (const { 0: word, index } of code.matchAll(/ (?:onlyOwner|nonReentrant|whenNotPaused)\b/g)) {
    yield { operator: "modifier", start: index, end: index + word.length, replacement: "" };
  }
}

/**
 * `if (a && b)` -> `if (!(a && b))`, where no flip does the same; and the whole `if` goes, unless
 * it has an `else`.
 */
export function* breakConditions({ code }: Source): Iterable<Edit> {
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
export function* dropStatements({ code }: Source): Iterable<Edit> {
  for (const { 0: statement, index } of code.matchAll(/(?<=[;{}]\s*)[A-Za-z_+(-][^;{}]*;/g)) {
    const isWhole = count(statement, "(") === count(statement, ")") && !isInside(code, index);
    if (!isWhole || KEPT.test(statement)) continue;
    yield { operator: "statement", start: index, end: index + statement.length, replacement: "" };
  }
}

/** The same in assembly, where a line is a statement. */
export function* dropInstructions({ code, assembly }: Source): Iterable<Edit> {
  for (const [from, to] of assembly) {
    for (const { 0: line, index } of code
      .slice(from, to)
      .matchAll(/(?<=\n *)(?:(?!let\b|for\b)\w+(?:\(| :=)[^\n]*)/g)) {
      if (count(line, "(") !== count(line, ")") || line.endsWith(",")) continue;
      yield { operator: "statement", start: from + index, end: from + index + line.length, replacement: "" };
    }
  }
}

/** Whether an open parenthesis surrounds `index`, as in the head of a `for`. */
function isInside(code: string, index: number): boolean {
  const before = code.slice(0, index);
  return count(before, "(") > count(before, ")");
}

/** `uint256 a = b;` -> `uint256 a;`, and `let a := b` -> `let a := 0`. */
export function* dropInitializers(source: Source): Iterable<Edit> {
  const declaration = /(?<=[;{}]\s*(?:u?int\d*|bool|address|bytes\d+) \w+) = [^;{}]+(?=;)/g;
  for (const { 0: value, index } of source.code.matchAll(declaration)) {
    yield { operator: "initializer", start: index, end: index + value.length, replacement: "" };
  }
  for (const { 0: value, index } of source.code.matchAll(/(?<=\blet \w+ := )[^\n]+?(?= *(?:\}|\n))/g)) {
    if (count(value, "(") !== count(value, ")") || value === "0") continue;
    yield { operator: "initializer", start: index, end: index + value.length, replacement: "0" };
  }
}

/** A `return` goes: what the function has so far, or 0. */
export function* dropReturns({ code }: Source): Iterable<Edit> {
  for (const { 0: statement, index } of code.matchAll(/\breturn\b[^;]*;/g)) {
    yield { operator: "return", start: index, end: index + statement.length, replacement: "{}" };
  }
}

/** A whole loop goes, not in assembly. */
export function* dropLoops({ code }: Source): Iterable<Edit> {
  for (const { 0: head, index } of code.matchAll(/\b(?:for|while) \(/g)) {
    const close = closingOf(code, index + head.length - 1);
    const body = close + 1 + code.slice(close + 1).search(/\S/);
    const end = code[body] === "{" ? closingOf(code, body) + 1 : code.indexOf(";", body) + 1;
    yield { operator: "loop", start: index, end, replacement: "" };
  }
}

/** The body of a function goes, of those in assembly, too. */
export function* emptyFunctions({ code }: Source): Iterable<Edit> {
  for (const { 0: head, index } of code.matchAll(/\b(?:function \w+|constructor)\([^;{}]*\{/g)) {
    const open = index + head.length - 1;
    const end = closingOf(code, open);
    if (code.slice(open + 1, end).trim() === "") continue;
    yield { operator: "function", start: open + 1, end, replacement: "" };
  }
}

import { isAssembly, type Source } from "../source.ts";
import { argumentsAt } from "./arguments.ts";
import type { Edit } from "./edit.ts";

/** Before a list that declares. */
const DECLARES = /\b(?:function|event|error|constructor|returns|mapping|struct)\b\s*\w*\s*$/;
const COMMUTATIVE = /\b(?:add|mul|and|or|xor|eq|Math\.min|Math\.max)$/;
const DECLARATION = /^(?:\w[\w.]*(?: (?:memory|storage|calldata))? \w+)?$/;

/** `f(a, b)` -> `f(b, a)`, for any two neighbours of a list. */
export function* swapArguments({ code }: Source): Iterable<Edit> {
  for (const { index } of code.matchAll(/\(/g)) {
    const before = code.slice(Math.max(0, index - 80), index);
    if (DECLARES.test(before) || COMMUTATIVE.test(before)) continue;
    const list = argumentsAt(code, index);
    for (const [i, [start, end]] of list.entries()) {
      const next = list[i + 1];
      if (!next) break;
      const [left, right] = [code.slice(start, end), code.slice(...next)];
      if (left === right || DECLARATION.test(left) !== DECLARATION.test(right)) continue;
      if (DECLARATION.test(left) && / /.test(left)) continue;
      const replacement = right + code.slice(end, next[0]) + left;
      yield { operator: "arguments", start, end: next[1], replacement };
    }
  }
}

/** Names of one type that a slip would confuse. */
const ALIKE: readonly (readonly [string, string])[] = [
  ["payer", "payee"],
  ["payer", "sessionKey"],
  ["sessionKey", "payeeKey"],
  ["account", "to"],
  ["balance", "withdrawing"],
  ["amount", "withdrawing"],
  ["amount", "cap"],
  ["limit", "spent"],
  ["limit", "expiresAt"],
  ["bondBudget", "nextBudget"],
  ["bondBudget", "bondSpent"],
  ["nextBudget", "bondSpent"],
  ["effectiveAt", "retiredAt"],
  ["total", "fee"],
  ["position", "end"],
  ["rows", "position"],
  ["debits", "leaves"],
  ["debitCount", "groupCount"],
  ["isAlive", "isUnsigned"],
  ["_feeBps", "_newFeeBps"],
  ["allotmentPeriod", "claimPeriod"],
  ["withdrawalDelay", "bondDelay"],
  ["operator", "feeRecipient"],
  ["paidBefore", "paidNow"],
];

/** `.payer` -> `.payee` and back; in assembly the next word of a structure: `0x40` -> `0x60`. */
export function* swapFields(source: Source): Iterable<Edit> {
  const { code } = source;
  for (const [one, other] of [...ALIKE, ...ALIKE.map(([a, b]) => [b, a] as const)]) {
    const isState = /^_|Period$|Delay$|operator|Recipient|^paid/.test(one);
    const name = new RegExp(`${isState ? "(?<![\\w.]|\\w{2} )" : "(?<=\\.)"}${one}\\b`, "g");
    for (const { index } of code.matchAll(name)) {
      if (isAssembly(source, index)) continue;
      yield { operator: "field", start: index, end: index + one.length, replacement: other };
    }
  }
  for (const { 0: literal, index } of code.matchAll(/(?<=\badd\(\w+, )0x[0-9a-f]+(?=\))/g)) {
    if (!isAssembly(source, index) || Number(literal) % 0x20 !== 0) continue;
    const replacement = `0x${(Number(literal) + 0x20).toString(16)}`;
    yield { operator: "field", start: index, end: index + literal.length, replacement };
  }
}

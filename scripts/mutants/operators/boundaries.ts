import { isAssembly, type Source } from "../source.ts";
import { argumentsAt } from "./arguments.ts";
import type { Edit } from "./edit.ts";

/** What of `<` -> `<=` and so on is missing: the boundary moves by 1 to the other side. */
const MOVED: Readonly<Record<string, string>> = { "<": "+ 1 <", ">=": "+ 1 >=", ">": "> 1 +", "<=": "<= 1 +" };

/** `a < b` -> `a + 1 < b`; in assembly `lt(a, b)` -> `lt(add(a, 1), b)`, `lt(a, add(b, 1))`. */
export function* moveBoundaries(source: Source): Iterable<Edit> {
  for (const { 0: symbol, index } of source.code.matchAll(/(?<=\s)(?:<=?|>=?)(?=\s)/g)) {
    const replacement = MOVED[symbol] ?? symbol;
    yield { operator: "boundary", start: index, end: index + symbol.length, replacement };
  }
  for (const { 0: word, index } of source.code.matchAll(/\b(?:lt|gt)(?=\()/g)) {
    if (!isAssembly(source, index)) continue;
    for (const [start, end] of argumentsAt(source.code, index + word.length)) {
      const replacement = `add(${source.code.slice(start, end)}, 1)`;
      yield { operator: "boundary", start, end, replacement };
    }
  }
}

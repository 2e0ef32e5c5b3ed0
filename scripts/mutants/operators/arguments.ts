import { closingOf } from "../source.ts";

/** Where each part of the list in the parenthesis at `open` begins and ends, without blanks. */
export function argumentsAt(code: string, open: number): (readonly [start: number, end: number])[] {
  const close = closingOf(code, open);
  const cuts = [open];
  let depth = 0;
  for (let i = open + 1; i < close; i++) {
    const symbol = code[i] ?? "";
    if ("([{".includes(symbol)) depth++;
    else if (")]}".includes(symbol)) depth--;
    else if (symbol === "," && depth === 0) cuts.push(i);
  }
  return cuts.map((cut, i) => {
    const text = code.slice(cut + 1, cuts[i + 1] ?? close);
    const start = cut + 1 + (text.length - text.trimStart().length);
    return [start, start + text.trim().length] as const;
  });
}

import type { Source } from "../source.ts";

/** One change of a source: the text from `start` to `end` becomes `replacement`. */
export interface Edit {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

export type Operator = (source: Source) => Iterable<Edit>;

export function count(text: string, symbol: string): number {
  return text.split(symbol).length - 1;
}

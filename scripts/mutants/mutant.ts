import { OPERATORS } from "./operators/all.ts";
import type { Edit } from "./operators/edit.ts";
import { readSource, type Source } from "./source.ts";

/** A source with one edit, named so that a person finds it again after lines have moved. */
export interface Mutant {
  readonly file: string;
  /** Of the first changed character; counts from 1. */
  readonly line: number;
  readonly operator: string;
  /** The lines that the edit touches, as one. */
  readonly before: string;
  /** The same after the edit; empty if nothing is left. */
  readonly after: string;
  /** The whole mutated file. */
  readonly text: string;
}

/** All mutants of a file, each once. */
export function listMutants(file: string, text: string): Mutant[] {
  const source = readSource(file, text);
  const mutants = OPERATORS.flatMap((operator) => [...operator(source)].map((edit) => applyEdit(source, edit)));
  return [...new Map(mutants.map((mutant) => [mutant.text, mutant])).values()];
}

/** File, line's text and mutation: the same as long as the line is. */
export function nameOf({ file, before, after }: Pick<Mutant, "file" | "before" | "after">): string {
  return `${file}: ${before} -> ${after}`;
}

function applyEdit({ file, text }: Source, { operator, start, end, replacement }: Edit): Mutant {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const nextLine = text.indexOf("\n", end);
  const lineEnd = nextLine === -1 ? text.length : nextLine;
  const edited = text.slice(0, start) + replacement + text.slice(end);
  return {
    file,
    line: text.slice(0, start).split("\n").length,
    operator,
    before: squeeze(text.slice(lineStart, lineEnd)),
    after: squeeze(edited.slice(lineStart, lineEnd + edited.length - text.length)),
    text: edited,
  };
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

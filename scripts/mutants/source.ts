/** A Solidity file as text that can be searched without meeting comments and strings. */
export interface Source {
  /** Path in the repository. */
  readonly file: string;
  readonly text: string;
  /** The same length; comments, strings, imports and the pragma are blank. */
  readonly code: string;
  /** Parts of `code` that are assembly, begin and end. */
  readonly assembly: readonly (readonly [number, number])[];
}

const BLANKS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"[^"\n]*"|^ *(?:pragma|import|using|type) [^;]*;/gm;

export function readSource(file: string, text: string): Source {
  const code = text.replaceAll(BLANKS, (match) => match.replaceAll(/[^\n]/g, " "));
  const assembly = [...code.matchAll(/\bassembly[^{]*\{/g)].map((match) => {
    const open = match.index + match[0].length - 1;
    return [open + 1, closingOf(code, open)] as const;
  });
  return { file, text, code, assembly };
}

/** Where the bracket at `open` is closed. */
export function closingOf(code: string, open: number): number {
  const [opening, closing] = code[open] === "(" ? ["(", ")"] : ["{", "}"];
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if (code[i] === opening) depth++;
    else if (code[i] === closing && --depth === 0) return i;
  }
  return code.length;
}

export function isAssembly({ assembly }: Source, offset: number): boolean {
  return assembly.some(([from, to]) => offset >= from && offset < to);
}

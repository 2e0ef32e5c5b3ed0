import { type Mutant, nameOf } from "./mutant.ts";

/**
 * Parses test/contracts/mutants.md: "## FILE", then lines "- `before` -> `after`: reason". @returns
 * reasons by name of the mutant
 */
export function parseExplanations(markdown: string): Map<string, string> {
  const reasons = new Map<string, string>();
  let file = "";
  // A line may be wrapped: what follows is indented.
  for (const line of markdown.replace(/\n {2}(?=\S)/g, " ").split("\n")) {
    file = /^## `?(contracts\/[\w/]+\.sol)`?$/.exec(line)?.[1] ?? file;
    const entry = /^- `(.+?)` -> (?:`(.+?)`|nothing): (.+)$/.exec(line);
    if (entry) reasons.set(nameOf({ file, before: entry[1] ?? "", after: entry[2] ?? "" }), entry[3] ?? "");
  }
  return reasons;
}

/** The line that explains a survivor, but for the reason. */
export function explanationOf({ before, after }: Pick<Mutant, "before" | "after">): string {
  return `- \`${before}\` -> ${after === "" ? "nothing" : `\`${after}\``}: `;
}

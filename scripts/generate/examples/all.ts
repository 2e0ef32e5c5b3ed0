import { httpExamples } from "./http.ts";
import { settlementExamples } from "./settlement.ts";
import { signedExamples } from "./signed.ts";
import { announceExamples, streamExamples } from "./wire.ts";

/** An example of the specification is the fenced block behind a line `<!-- example NAME -->`. */
const EXAMPLE = /^<!-- example ([a-z-]+) -->\n```([a-z]*)\n([\s\S]*?)\n```$/gm;

/** Every example by its name. */
export function protocolExamples(): Readonly<Record<string, string>> {
  return {
    ...signedExamples(),
    ...streamExamples(),
    ...announceExamples(),
    ...settlementExamples(),
    ...httpExamples(),
  };
}

/** The examples that a document shows, by name. */
export function readExamples(document: string): Map<string, string> {
  return new Map([...document.matchAll(EXAMPLE)].map(([, name, , text]) => [name as string, text as string]));
}

/** The document with each of its examples made anew. */
export function writeExamples(document: string): string {
  const examples = protocolExamples();
  return document.replaceAll(EXAMPLE, (_, name: string, language: string) => {
    const text = examples[name];
    if (text === undefined) throw new Error(`no example is called ${name}`);
    return `<!-- example ${name} -->\n\`\`\`${language}\n${text}\n\`\`\``;
  });
}

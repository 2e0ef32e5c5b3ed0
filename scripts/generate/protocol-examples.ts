import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { InputError } from "../../protocol/base/errors.ts";
import { httpExamples } from "./examples/http.ts";
import { settlementExamples } from "./examples/settlement.ts";
import { signedExamples } from "./examples/signed.ts";
import { announceExamples, streamExamples } from "./examples/wire.ts";

/**
 * Writes the examples of docs/protocol.md anew, with the codecs that the programs use:
 * node scripts/run.mjs scripts/generate/protocol-examples.ts
 * An example is the fenced block behind a line `<!-- example NAME -->`.
 */

const FILE = new URL("../../docs/protocol.md", import.meta.url);
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

/** The document with each of its examples made anew. @throws {InputError} EXAMPLE_UNKNOWN */
function writeExamples(document: string): string {
  const examples = protocolExamples();
  return document.replaceAll(EXAMPLE, (_, name: string, language: string) => {
    const text = examples[name];
    if (text === undefined) throw new InputError("EXAMPLE_UNKNOWN", `docs/protocol.md shows no such example: ${name}`);
    return `<!-- example ${name} -->\n\`\`\`${language}\n${text}\n\`\`\``;
  });
}

if (argv[1] === import.meta.filename) writeFileSync(FILE, writeExamples(readFileSync(FILE, "utf8")));

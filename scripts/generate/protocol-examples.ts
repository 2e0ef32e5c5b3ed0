import { readFileSync } from "node:fs";
import { writeExamples } from "./examples/all.ts";
import { writeOrCheck } from "./generated-file.ts";

/** Makes the examples of docs/protocol.md anew, with the codecs that the programs use. */

const FILE = "docs/protocol.md";
const text = readFileSync(new URL(`../../${FILE}`, import.meta.url), "utf8");

writeOrCheck(FILE, writeExamples(text));

#!/usr/bin/env node
// `floodgate` on any Node >= 18: hands over to the launcher, which installs what is missing, and
// starts the pinned Node.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const launcher = join(dirname(fileURLToPath(import.meta.url)), "..", "scripts", "run.mjs");
process.argv.splice(1, 1, launcher, "cli/main.ts");
await import("../scripts/run.mjs");

import { readOptions } from "../options.ts";
import { startGallery } from "./server.ts";

/** `npm run web`: all parts of the pages in all their states, on loopback until Ctrl-C. */

const HELP = `Usage: npm run web -- [OPTIONS]

Serves one page with all parts of the pages in all their states, under the policy of the real ones.

  --port <port>  TCP port, 0 for any free one (default: 8650)`;

const { port = "8650" } = readOptions(HELP, { port: { type: "string" } });

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
const { url } = await startGallery(Number(port));
console.log(`the kit is at ${url}/ (stop it with Ctrl-C)`);

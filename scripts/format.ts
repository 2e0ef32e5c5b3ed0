import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** `npm run format`: formats and fixes what Biome can fix by itself. */
const result = spawnSync(process.execPath, ["node_modules/@biomejs/biome/bin/biome", "check", "--write", "."], {
  cwd: join(import.meta.dirname, ".."),
  stdio: "inherit",
});
process.exit(result.status ?? 1);

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Plugin, rolldown } from "rolldown";
import { withoutUnused } from "../package/webtorrent.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PROGRAMS = join(ROOT, "node_modules", ".cache", "programs");
/** Native code, and what needs its own files beside it. */
const EXTERNAL = /^(better-sqlite3|secp256k1|hardhat|@nomicfoundation\/|solc|vite|rolldown)(\/|$)/;
/** Programs of an older source that nobody can be running any more. */
const OLD_MS = 24 * 60 * 60 * 1000;

/**
 * `floodgate` in a few files, for those who start it very often: a process then reads 60 modules
 * instead of 1,800, which takes half of its start. Returns the path of its main module.
 */
export async function bundleProgram(): Promise<string> {
  const bundle = await rolldown({
    input: join(ROOT, "cli", "main.ts"),
    platform: "node",
    external: EXTERNAL,
    logLevel: "silent",
    plugins: [withoutUnused(), keepPlaces()],
  });
  const { output } = await bundle.generate({ format: "esm", minify: false, hashCharacters: "hex" });
  await bundle.close();
  const files = output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source] as const);
  const hash = createHash("sha256");
  for (const [name, text] of files) hash.update(name).update(text);
  const directory = join(PROGRAMS, hash.digest("hex").slice(0, 16));
  write(directory, files);
  return join(directory, "main.js");
}

/** All at once, so that nobody ever runs half of it. */
function write(directory: string, files: readonly (readonly [name: string, text: string | Uint8Array])[]): void {
  if (existsSync(directory)) return;
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, "package.json"), '{ "type": "module" }\n');
  for (const [name, text] of files) writeFileSync(join(unfinished, name), text);
  try {
    renameSync(unfinished, directory);
  } catch {
    // Another process was quicker, with the same files.
    rmSync(unfinished, { recursive: true });
  }
  for (const name of readdirSync(PROGRAMS)) {
    const path = join(PROGRAMS, name);
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** A module goes on finding the files beside its source. */
function keepPlaces(): Plugin {
  return {
    name: "keep-places",
    transform: {
      filter: { id: { exclude: /node_modules/ }, code: /import\.meta\./ },
      handler(code, id) {
        return code
          .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href))
          .replaceAll("import.meta.dirname", JSON.stringify(join(id, "..")));
      },
    },
  };
}

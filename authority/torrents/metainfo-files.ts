import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { toStoreError } from "../store/store-errors.ts";

/**
 * Published .torrent files, each in a file of its own below the authority's home. They are large,
 * and must not fill the store that holds the money. A file is there before its torrent is stored.
 */
export interface MetainfoFiles {
  /**
   * Durable when it resolves. Writing the same again changes nothing.
   * @throws {FloodgateError} STORE_FULL, STORE_BROKEN
   */
  write(infoHash: InfoHash, metainfo: Uint8Array): Promise<void>;
  /** Undefined when there is none. */
  read(infoHash: InfoHash): Promise<Uint8Array | undefined>;
}

export function openMetainfoFiles(home: string): MetainfoFiles {
  // A folder with a million entries is slow on some file systems.
  const pathOf = (infoHash: InfoHash): string => join(home, "torrents", infoHash.slice(0, 2), `${infoHash}.torrent`);
  return {
    async write(infoHash, metainfo) {
      const path = pathOf(infoHash);
      const temporary = `${path}.${randomBytes(6).toString("hex")}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const file = await open(temporary, "wx", 0o600);
        try {
          await file.writeFile(metainfo);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw toStoreError(error);
      }
    },
    async read(infoHash) {
      try {
        return await readFile(pathOf(infoHash));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}

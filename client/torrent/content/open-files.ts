import type { FileHandle } from "node:fs/promises";

interface Entry {
  readonly handle: Promise<FileHandle>;
  users: number;
}

/** Of one content: a system allows about a thousand in all. */
const MAX_OPEN = 32;

/** Files by number, opened when they are needed; those that were used last stay open. */
export class OpenFiles {
  readonly #openFile: (file: number) => Promise<FileHandle>;
  /** The one that was used last comes last. */
  readonly #entries = new Map<number, Entry>();
  #isClosed = false;

  constructor(openFile: (file: number) => Promise<FileHandle>) {
    this.#openFile = openFile;
  }

  has(file: number): boolean {
    return this.#entries.has(file);
  }

  async use<T>(file: number, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error("the files are closed");
    const entry = this.#entries.get(file) ?? { handle: this.#openFile(file), users: 0 };
    this.#entries.delete(file);
    this.#entries.set(file, entry);
    entry.users++;
    try {
      const handle = await entry.handle.catch((error: unknown) => {
        if (this.#entries.get(file) === entry) this.#entries.delete(file);
        throw error;
      });
      return await work(handle);
    } finally {
      entry.users--;
      this.#trim();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.allSettled(entries.map(async ({ handle }) => (await handle).close()));
  }

  #trim(): void {
    let tooMany = this.#entries.size - MAX_OPEN;
    for (const [file, { handle, users }] of this.#entries) {
      if (tooMany <= 0) return;
      if (users > 0) continue;
      this.#entries.delete(file);
      tooMany--;
      handle.then((opened) => opened.close()).catch(() => undefined);
    }
  }
}

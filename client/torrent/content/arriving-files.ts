import { targetExists } from "./download-target.ts";
import { partsIn, type StoredFile } from "./file-store.ts";
import { completeFile } from "./part-files.ts";

interface Layout {
  readonly files: readonly StoredFile[];
  readonly length: number;
  readonly pieceLength: number;
}

/** Files of a download: each gets its name when its last piece is on disk. */
export class ArrivingFiles {
  readonly #layout: Layout;
  readonly #onFailed: (error: unknown) => void;
  /** By file: pieces that are not on disk. */
  readonly #missing: Int32Array;
  readonly #renaming = new Set<Promise<void>>();

  constructor(layout: Layout, onFailed: (error: unknown) => void) {
    this.#layout = layout;
    this.#onFailed = onFailed;
    const { files, pieceLength } = layout;
    this.#missing = Int32Array.from(files, ({ offset, length }) =>
      length === 0 ? 0 : Math.floor((offset + length - 1) / pieceLength) - Math.floor(offset / pieceLength) + 1,
    );
  }

  /** `sign`: 1 when the piece came to the disk, -1 when it was lost. */
  count(piece: number, sign: 1 | -1): void {
    const { files, length, pieceLength } = this.#layout;
    const from = piece * pieceLength;
    for (const { file } of partsIn(files, from, Math.min(pieceLength, length - from))) {
      const missing = (this.#missing[file] as number) - sign;
      this.#missing[file] = missing;
      if (missing === 0 && sign === 1) this.#complete(files[file] as StoredFile);
    }
  }

  /** Resolves when all names are given that can be. */
  async settled(): Promise<void> {
    while (this.#renaming.size > 0) await Promise.all(this.#renaming);
  }

  #complete(file: StoredFile): void {
    const renamed = completeFile(file)
      .then((isDone) => {
        if (!isDone) throw targetExists(file.path);
      })
      .catch(this.#onFailed)
      .finally(() => this.#renaming.delete(renamed));
    this.#renaming.add(renamed);
  }
}

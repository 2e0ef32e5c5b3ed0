import type { Hex } from "../facts/primitives.ts";
import type { BookDatabase } from "./book-database.ts";
import type { BundleHeader } from "./format/bundle-format.ts";

/** A bundle that was read and found intact. */
export interface BundleFile {
  /** From 1, in the order of `previous`. */
  readonly file: number;
  readonly name: Hex;
  readonly previous: Hex;
  readonly block: number;
  readonly time: number;
  /** The batch that named it first. */
  readonly batch: number | null;
}

const TABLES_OF_LINES = ["bundle_files", "bundle_allotments", "bundle_listed", "bundle_statements"];

/** Which bundles there are, and in which order they were made. */
export class BundleFiles {
  readonly #database: BookDatabase;

  constructor(database: BookDatabase) {
    this.#database = database;
  }

  /** Adds a bundle whose place in the chain of bundles is not known yet, under a number below 0. */
  addDraft(name: Hex, { previous, block, time }: BundleHeader): number {
    const lowest = this.#database.prepare<[], number>("SELECT min(0, min(file)) FROM bundle_files").pluck().get() ?? 0;
    const draft = lowest - 1;
    const sql = "INSERT INTO bundle_files VALUES (?, ?, ?, ?, ?, NULL)";
    this.#database.prepare(sql).run(draft, name, previous, block, time);
    return draft;
  }

  /** Puts a draft behind the last bundle. Returns its number. */
  append(draft: number): number {
    const file = (this.last()?.file ?? 0) + 1;
    for (const table of TABLES_OF_LINES)
      this.#database.prepare(`UPDATE ${table} SET file = ? WHERE file = ?`).run(file, draft);
    return file;
  }

  find(name: Hex): BundleFile | undefined {
    return this.#database.prepare<[string], BundleFile>("SELECT * FROM bundle_files WHERE name = ?").get(name);
  }

  /** Whether a known bundle names this one as the one before it. */
  isFollowed(name: Hex): boolean {
    const sql = "SELECT 1 FROM bundle_files WHERE previous = ? LIMIT 1";
    return this.#database.prepare<[string], number>(sql).pluck().get(name) !== undefined;
  }

  /** The newest in the chain of bundles. */
  last(): BundleFile | undefined {
    const sql = "SELECT * FROM bundle_files WHERE file > 0 ORDER BY file DESC LIMIT 1";
    return this.#database.prepare<[], BundleFile>(sql).get();
  }

  /** The newest that a batch has named. */
  lastNamed(): BundleFile | undefined {
    const sql = "SELECT * FROM bundle_files WHERE batch IS NOT NULL ORDER BY file DESC LIMIT 1";
    return this.#database.prepare<[], BundleFile>(sql).get();
  }

  /**
   * The first bundle made at this time or later. `what`: any, or only those that were made for a
   * batch. These tell all that has changed.
   */
  firstSince(time: number, what: "any" | "batch"): BundleFile | undefined {
    const lists =
      what === "any" ? "" : "AND EXISTS (SELECT 1 FROM bundle_listed l WHERE l.file = f.file AND l.reason IS NULL)";
    const sql = `SELECT * FROM bundle_files f WHERE time >= ? AND file > 0 ${lists} ORDER BY time, file LIMIT 1`;
    return this.#database.prepare<[number], BundleFile>(sql).get(time);
  }

  at(file: number): BundleFile | undefined {
    return this.#database.prepare<[number], BundleFile>("SELECT * FROM bundle_files WHERE file = ?").get(file);
  }

  setBatch(file: number, batch: number): void {
    this.#database.prepare("UPDATE bundle_files SET batch = ? WHERE file = ?").run(batch, file);
  }

  count(): number {
    return this.#database.prepare<[], number>("SELECT count(*) FROM bundle_files").pluck().get() as number;
  }
}

/** What a book of bundles asks of them, whatever keeps them. */
export type Files = Pick<BundleFiles, keyof BundleFiles>;

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { nameBundle } from "../../../protocol/audit/bundle.ts";
import { InputError } from "../../../protocol/base/errors.ts";

/** The store's file in the authority's home, and in a backup of it. */
export const STORE_FILE = "authority.sqlite";

/** What a store holds. */
export interface StoreSummary {
  readonly bytes: number;
  readonly accounts: number;
  readonly lanes: number;
  readonly bundles: number;
  /** Newest block whose events it holds; null before the first. */
  readonly block: number | null;
  /** It is a copy that no authority has started on. */
  readonly isCopy: boolean;
}

/**
 * Reads all of the store in a home or a backup, which may be in use.
 * @throws {InputError} STORE_MISSING, STORE_DAMAGED
 */
export function verifyStore(directory: string): StoreSummary {
  const path = join(directory, STORE_FILE);
  const database = openToRead(path);
  try {
    return check(database, path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw damaged(path, "it cannot be read", error);
  } finally {
    database.close();
  }
}

/** @throws {InputError} STORE_MISSING */
export function openToRead(path: string): Database.Database {
  if (!existsSync(path)) throw new InputError("STORE_MISSING", `there is no store of an authority at ${path}`);
  return new Database(path, { readonly: true, fileMustExist: true });
}

function check(database: Database.Database, path: string): StoreSummary {
  // All reads see one moment.
  database.exec("begin");
  const value = (sql: string) => database.prepare<[], number | string | null>(sql).pluck().get();
  const integrity = value("pragma integrity_check(1)");
  if (integrity !== "ok") throw damaged(path, String(integrity));
  if (value("select count(*) from pragma_foreign_key_check") !== 0) throw damaged(path, "rows without their owners");
  const reused = value(`select count(*) from accounts where
    exists (select 1 from lanes where payer = account and lane >= nextLane)`);
  if (reused !== 0) throw damaged(path, "lane numbers would be given out twice");
  checkBundles(database, path);
  const count = (table: string): number => Number(value(`select count(*) from ${table}`));
  return {
    bytes: statSync(path).size,
    accounts: count("accounts"),
    lanes: count("lanes"),
    bundles: count("bundles"),
    block: value("select max(number) from mirrorBlocks") as number | null,
    isCopy: value("select isCopy from network") === 1,
  };
}

interface BundleRow {
  readonly name: string;
  readonly previous: string;
  readonly body: Uint8Array;
}

/** Each bundle has the name of its bytes, and names one that came before. */
function checkBundles(database: Database.Database, path: string): void {
  const known = new Set<string>([`0x${"0".repeat(64)}`]);
  const lost = database.prepare<[], string | null>("select lostBundle from network").pluck().get();
  if (lost) known.add(lost);
  const rows = database.prepare<[], BundleRow>(
    `select name, previous, body from bundles join bundleBodies using (sequence)
     where retractedAt is null order by sequence`,
  );
  for (const { name, previous, body } of rows.iterate()) {
    if (nameBundle(body) !== name) throw damaged(path, `bundle ${name} has other bytes`);
    if (!known.has(previous)) throw damaged(path, `bundle ${name} does not follow the one before`);
    known.add(name);
  }
}

function damaged(path: string, what: string, cause?: unknown): InputError {
  return new InputError("STORE_DAMAGED", `the store ${path} is damaged: ${what}`, { cause });
}

import type { AuditDatabase } from "../session/audit-store.ts";
import { BookDatabase } from "./book-database.ts";
import { BundleBook } from "./bundle-book.ts";
import { BundleFiles } from "./bundle-files.ts";
import { LanePayments } from "./lane-payments.ts";
import { ListedVouchers } from "./listed-vouchers.ts";
import { PublishedAllotments } from "./published-allotments.ts";

/** A book of bundles in tables. `database`: the audit's own. Default: one in memory. */
export function createTableBook(database?: AuditDatabase): BundleBook {
  const tables = new BookDatabase(database);
  return new BundleBook({
    files: new BundleFiles(tables),
    allotments: new PublishedAllotments(tables),
    listed: new ListedVouchers(tables),
    payments: new LanePayments(tables),
    async draft(read) {
      tables.exec("SAVEPOINT bundle");
      try {
        const made = await read();
        tables.exec("RELEASE bundle");
        return made;
      } catch (error) {
        tables.exec("ROLLBACK TO bundle; RELEASE bundle");
        throw error;
      }
    },
  });
}

import { BundleBook } from "../bundle-book.ts";
import { MemoryAllotments } from "./memory-allotments.ts";
import { MemoryFiles } from "./memory-files.ts";
import { MemoryListed } from "./memory-listed.ts";
import { MemoryPayments } from "./memory-payments.ts";
import { Shelf } from "./shelf.ts";

/** A book of bundles where there is no database: in a browser. */
export function createMemoryBook(): BundleBook {
  const shelf = new Shelf();
  const files = new MemoryFiles(shelf);
  const payments = new MemoryPayments();
  const allotments = new MemoryAllotments(shelf, payments);
  return new BundleBook({
    ...{ files, allotments, payments, listed: new MemoryListed(shelf, payments) },
    async draft(read) {
      const before = shelf.contents.size;
      try {
        return await read();
      } catch (error) {
        if (shelf.contents.size > before) {
          allotments.undo(files.newestDraft);
          files.undoDraft(files.newestDraft);
        }
        throw error;
      }
    },
  });
}

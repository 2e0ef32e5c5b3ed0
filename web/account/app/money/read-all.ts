import type { Deposits, Timeline, TimelineLane, Withdrawals } from "../../../../protocol/http/timeline.ts";
import { type Entry, entriesOf } from "./entries.ts";

interface Lists {
  timeline(cursor: string | null): Promise<Timeline>;
  deposits(cursor: string | null): Promise<Deposits>;
  withdrawals(cursor: string | null): Promise<Withdrawals>;
}

/** 50,000 of a kind: a browser's memory has an end. */
const MAX_PAGES = 500;

/**
 * Every amount that the authority still lists, newest first: a file for the books must not miss
 * what the page has not shown. `whenLimited` gets each error, and settles when the same page may be
 * asked for again, or throws.
 */
export async function readAllEntries(lists: Lists, whenLimited: (error: unknown) => Promise<void>): Promise<Entry[]> {
  const pagesOf = async <T>(read: (cursor: string | null) => Promise<T & { cursor: string | null }>): Promise<T[]> => {
    const pages: T[] = [];
    let cursor: string | null = null;
    do {
      try {
        const page: T & { cursor: string | null } = await read(cursor);
        pages.push(page);
        cursor = page.cursor;
      } catch (error) {
        await whenLimited(error);
      }
    } while ((pages.length === 0 || cursor !== null) && pages.length < MAX_PAGES);
    return pages;
  };
  // One after another: together they would only meet the authority's limits sooner.
  const lanes = (await pagesOf(lists.timeline)).flatMap((page) => page.lanes);
  const deposits = (await pagesOf(lists.deposits)).flatMap((page) => page.deposits);
  const withdrawals = (await pagesOf(lists.withdrawals)).flatMap((page) => page.withdrawals);
  return entriesOf(once(lanes, nameOf), once(deposits, idOf), once(withdrawals, idOf));
}

const nameOf = ({ payer, lane }: TimelineLane): string => `${payer}/${lane}`;
const idOf = ({ id }: { readonly id: string }): string => id;

/** While pages were read, a newer row may have pushed another onto the next page. */
function once<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

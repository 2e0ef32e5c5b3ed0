import type { Timeline, TimelineLane } from "../../../../protocol/http/timeline.ts";

/** Lanes that were read, newest first as the authority lists them, and where the list goes on. */
export interface LaneBook {
  readonly lanes: readonly TimelineLane[];
  /** Of the next page of older lanes; null: there is none. */
  readonly cursor: string | null;
  readonly pages: number;
}

const nameOf = ({ payer, lane }: TimelineLane): string => `${payer}/${lane}`;

/**
 * The newest page was read again. What it lists is as it says, and older lanes stay as they were.
 * If it has none of the lanes of before, others may be between: the book begins anew.
 */
export function takeNewest(book: LaneBook | null, { lanes, cursor }: Timeline): LaneBook {
  const fresh = new Set(lanes.map(nameOf));
  const hasGap = cursor !== null && book?.lanes.some((lane) => fresh.has(nameOf(lane))) === false;
  if (book === null || hasGap) return { lanes, cursor, pages: 1 };
  const older = book.lanes.filter((lane) => !fresh.has(nameOf(lane)));
  return { ...book, lanes: [...lanes, ...older], cursor: book.pages === 1 ? cursor : book.cursor };
}

/** A page more of older lanes. */
export function takeOlder(book: LaneBook, { lanes, cursor }: Timeline): LaneBook {
  const known = new Set(book.lanes.map(nameOf));
  return {
    lanes: [...book.lanes, ...lanes.filter((lane) => !known.has(nameOf(lane)))],
    cursor,
    pages: book.pages + 1,
  };
}

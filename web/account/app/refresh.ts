import { tell } from "./act.ts";
import { entriesOf, isUnderWay } from "./money/entries.ts";
import { type LaneBook, takeNewest, takeOlder } from "./money/lane-book.ts";
import { type Login, login, money } from "./state.ts";

/** While something is under way, and when all has ended. */
const SOON_MS = 4_000;
const LATER_MS = 15_000;
/** Older pages change less: they are read again at each of so many rounds. */
const DEEP_EVERY = 10;

const books = new WeakMap<Login, LaneBook>();
let round = 0;

/** Reads the account anew. What a later reading has shown is never replaced by an earlier one's. */
export async function refresh(): Promise<void> {
  const current = login.value;
  if (current === null) return;
  round++;
  const mine = round;
  const { api } = current;
  const isDeep = round % DEEP_EVERY === 0;
  const [summary, book, { deposits }, { withdrawals }, { sessions }] = await Promise.all([
    api.account(),
    readLanes(current, isDeep),
    api.deposits(null),
    api.withdrawals(null),
    api.sessions(),
  ]);
  if (login.value !== current || mine !== round) return;
  books.set(current, book);
  const entries = entriesOf(book.lanes, deposits, withdrawals);
  money.value = { summary, entries, hasMore: book.cursor !== null, sessions };
}

async function readLanes(current: Login, isDeep: boolean): Promise<LaneBook> {
  const known = books.get(current) ?? null;
  const newest = await current.api.timeline(null);
  if (known === null || !isDeep) return takeNewest(known, newest);
  let book = takeNewest(null, newest);
  while (book.pages < known.pages && book.cursor !== null)
    book = takeOlder(book, await current.api.timeline(book.cursor));
  return book;
}

/** Shows a page more of older lanes. */
export async function readMore(): Promise<void> {
  const current = login.value;
  const book = current === null ? undefined : books.get(current);
  if (current === null || book === undefined || book.cursor === null) return;
  try {
    books.set(current, takeOlder(book, await current.api.timeline(book.cursor)));
    await refresh();
  } catch (error) {
    tell(error);
  }
}

/** Reads again and again while somebody looks. */
export function keepFresh(): void {
  const again = async (): Promise<void> => {
    if (login.value !== null && !document.hidden) await refresh().catch(tell);
    setTimeout(again, money.value?.entries.some(isUnderWay) === false ? LATER_MS : SOON_MS);
  };
  setTimeout(again, SOON_MS);
}

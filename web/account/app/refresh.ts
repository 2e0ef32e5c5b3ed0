import type { Deposits, Sessions, Withdrawals } from "../../../protocol/http/timeline.ts";
import { tell } from "./act.ts";
import { entriesOf, isUnderWay } from "./money/entries.ts";
import { type LaneBook, takeNewest, takeOlder } from "./money/lane-book.ts";
import { type Login, login, money } from "./state.ts";

/** While something is under way, and when all has ended. */
const SOON_MS = 4_000;
const LATER_MS = 15_000;
/** Older pages change less: they are read again at each of so many rounds. */
const DEEP_EVERY = 10;

/** What changes only when somebody does something is read at each of so many rounds. */
const LISTS_EVERY = 3;
/** After something was done here, all is read at each round for so long. */
const EAGER_MS = 120_000;

type Lists = Readonly<Pick<Deposits, "deposits"> & Pick<Withdrawals, "withdrawals"> & Pick<Sessions, "sessions">>;

const books = new WeakMap<Login, LaneBook>();
const lists = new WeakMap<Login, Lists>();
let round = 0;
let eagerUntil = 0;

/** Reads the account anew, since something was done. */
export function refresh(): Promise<void> {
  eagerUntil = performance.now() + EAGER_MS;
  return read();
}

/** What a later reading has shown is never replaced by an earlier one's. */
async function read(): Promise<void> {
  const current = login.value;
  if (current === null) return;
  round++;
  const mine = round;
  const { api } = current;
  const isDeep = round % DEEP_EVERY === 0;
  const [summary, book, listed] = await Promise.all([api.account(), readLanes(current, isDeep), readLists(current)]);
  if (login.value !== current || mine !== round) return;
  books.set(current, book);
  lists.set(current, listed);
  const { deposits, withdrawals, sessions } = listed;
  const entries = entriesOf(book.lanes, deposits, withdrawals);
  money.value = { summary, entries, hasMore: book.cursor !== null, sessions };
}

/** Payments and devices: those of before, if nothing of them is under way. */
async function readLists(current: Login): Promise<Lists> {
  const known = lists.get(current);
  const isMoving = money.value?.entries.some((entry) => entry.kind !== "lane" && isUnderWay(entry)) ?? true;
  const isPending = known?.sessions.some(({ state }) => state === "pending") ?? true;
  const isDue = isMoving || isPending || round % LISTS_EVERY === 0 || performance.now() < eagerUntil;
  if (known !== undefined && !isDue) return known;
  const { api } = current;
  const [{ deposits }, { withdrawals }, { sessions }] = await Promise.all([
    api.deposits(null),
    api.withdrawals(null),
    api.sessions(),
  ]);
  return { deposits, withdrawals, sessions };
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
    if (login.value !== null && !document.hidden) await read().catch(tell);
    setTimeout(again, money.value?.entries.some(isUnderWay) === false ? LATER_MS : SOON_MS);
  };
  setTimeout(again, SOON_MS);
}

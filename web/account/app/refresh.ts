import { tell } from "./act.ts";
import { entriesOf } from "./money/entries.ts";
import { type Login, login, money } from "./state.ts";

const EVERY_MS = 4_000;
const MAX_PAGES = 100;

let pages = 1;
let round = 0;

/** Reads the account anew. What a later reading has shown is never replaced by an earlier one's. */
export async function refresh(): Promise<void> {
  const current = login.value;
  if (current === null) return;
  round++;
  const mine = round;
  const read = await readAll(current);
  if (login.value === current && mine === round) money.value = read;
}

async function readAll({ api }: Login): Promise<NonNullable<typeof money.value>> {
  const [summary, lanes, { deposits }, { withdrawals }, { sessions }] = await Promise.all([
    api.account(),
    readLanes(api),
    api.deposits(null),
    api.withdrawals(null),
    api.sessions(),
  ]);
  return { summary, entries: entriesOf(lanes.lanes, deposits, withdrawals), hasMore: lanes.hasMore, sessions };
}

async function readLanes(api: Login["api"]) {
  const first = await api.timeline(null);
  let [lanes, cursor] = [first.lanes, first.cursor];
  for (let page = 1; page < pages && cursor !== null; page++) {
    const next = await api.timeline(cursor);
    [lanes, cursor] = [[...lanes, ...next.lanes], next.cursor];
  }
  return { lanes, hasMore: cursor !== null };
}

/** Shows a page more of older lanes. */
export async function readMore(): Promise<void> {
  pages = Math.min(pages + 1, MAX_PAGES);
  await refresh().catch(tell);
}

/** Reads again and again while somebody looks. */
export function keepFresh(): void {
  const again = async (): Promise<void> => {
    if (login.value !== null && !document.hidden) await refresh().catch(tell);
    setTimeout(again, EVERY_MS);
  };
  setTimeout(again, EVERY_MS);
}

import { GAS_DAYS, type GasDay, gasDaysOf } from "../../web/operator/gas-days.ts";
import { sumLiveCaps } from "../allotments/bond-watch.ts";
import type { Context } from "../context.ts";
import { DAY_SEC } from "../day.ts";
import { findPause, listActions } from "../store/operator/operator-actions.ts";
import { browseTorrents } from "../store/views/listed-torrents.ts";
import {
  listDeskAccounts,
  readDeskAges,
  readDeskCounts,
  readDeskWork,
  readWaitingLanes,
  sumGas,
} from "../store/views/operator-desk.ts";

/** Rows of each table on the desk. */
const ROWS = 25;
/** Many who look at once see the same: one reading for all of them. */
const KEPT_MS = 3_000;

export type Desk = Awaited<ReturnType<typeof readDesk>>;

/** Reads the operator's desk, at most once in three seconds unless it is told to `forget`. */
export function createDeskReader(
  context: Context,
  nowMs: () => number,
): { readonly read: () => Promise<Desk>; readonly forget: () => void } {
  let [readAt, kept]: [number, Promise<Desk> | null] = [Number.NEGATIVE_INFINITY, null];
  const read = (): Promise<Desk> => {
    if (kept !== null && nowMs() < readAt + KEPT_MS) return kept;
    readAt = nowMs();
    const reading = readDesk(context);
    kept = reading;
    reading.catch(() => {
      if (kept === reading) kept = null;
    });
    return reading;
  };
  const forget = (): void => {
    kept = null;
  };
  return { read, forget };
}

/** Gas of the newest days, ascending. */
export async function readGasDays({ clock, store }: Pick<Context, "clock" | "store">): Promise<GasDay[]> {
  const today = Math.floor(clock.now() / DAY_SEC);
  return gasDaysOf(await sumGas(store.db, today - GAS_DAYS + 1, DAY_SEC), today);
}

async function readDesk(context: Context) {
  const { chain, clock, keys, readiness, store } = context;
  const { confirmed, latest } = chain;
  const [counts, since, waiting, work, accounts, { torrents }, promised, gas, gasDays, actions, pause] =
    await Promise.all([
      readDeskCounts(store.db),
      readDeskAges(store.db),
      readWaitingLanes(store.db),
      readDeskWork(store.db, ROWS),
      listDeskAccounts(store.db, ROWS),
      browseTorrents(store.db, { query: "", tag: "", order: "new", offset: 0, limit: ROWS }),
      sumLiveCaps(store.db, confirmed, chain.facts.claimPeriodSec),
      chain.readGasBalance().catch(() => null),
      readGasDays(context),
      listActions(store.db, ROWS),
      findPause(store.db),
    ]);
  const bond = await chain.readBond(keys.signers[0] ?? null);
  const withMoney = await Promise.all(
    accounts.map(async (one) => ({ ...one, balance: (await chain.readAccount(one.account)).balance })),
  );
  return {
    now: clock.now(),
    operator: chain.operator,
    latest,
    confirmed,
    problems: readiness.problems(),
    counts,
    since,
    waiting,
    ...work,
    accounts: withMoney,
    contents: torrents,
    promised,
    bond,
    gasDays,
    /** Wei; null: the node cannot be asked now. */
    gas,
    actions,
    isPaused: pause?.action === "pause",
  };
}

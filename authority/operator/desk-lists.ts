import type { DeskList, DeskListName, DeskListPlace } from "../../web/operator/desk-list-page.ts";
import type { Context } from "../context.ts";
import { countActions, listActions } from "../store/operator/operator-actions.ts";
import { countBatches, pageOfBatches } from "../store/tables/batches.ts";
import { browseTorrents } from "../store/views/listed-torrents.ts";
import { listDeskAccounts, readDeskCounts } from "../store/views/operator-desk.ts";

const PAGE_SIZE = 100;

/** One page of one list of the desk, the newest first. `page`: from 1. */
export async function readDeskList(
  context: Context,
  name: DeskListName,
  page: number,
): Promise<{ readonly list: DeskList; readonly place: DeskListPlace }> {
  const { chain, store } = context;
  const [limit, offset] = [PAGE_SIZE, (page - 1) * PAGE_SIZE];
  const placeOf = (count: number): DeskListPlace => ({ count, page, pageSize: PAGE_SIZE });
  switch (name) {
    case "accounts": {
      const [{ accounts: count }, accounts] = await Promise.all([
        readDeskCounts(store.db),
        listDeskAccounts(store.db, limit, offset),
      ]);
      const rows = await Promise.all(
        accounts.map(async (one) => ({ ...one, balance: (await chain.readAccount(one.account)).balance })),
      );
      return { list: { name, rows }, place: placeOf(count) };
    }
    case "contents": {
      const { torrents, count } = await browseTorrents(store.db, { query: "", tag: "", order: "new", offset, limit });
      return { list: { name, rows: torrents }, place: placeOf(count) };
    }
    case "batches": {
      const [count, rows] = await Promise.all([countBatches(store.db), pageOfBatches(store.db, limit, offset)]);
      return { list: { name, rows }, place: placeOf(count) };
    }
    case "log": {
      const [count, rows] = await Promise.all([countActions(store.db), listActions(store.db, limit, offset)]);
      return { list: { name, rows }, place: placeOf(count) };
    }
  }
}

import { type Kysely, sql } from "kysely";

/**
 * What the chain has done to the store can be undone. A write inside of `derivedAt` leaves what was
 * there before, with the block that it follows from. When that block goes away, `undoAfter` puts it
 * back. Triggers do it, so no query can forget to.
 *
 * Only these columns follow from the chain; all others are the authority's own word, and stay.
 */
const DERIVED: Readonly<Record<string, { readonly key: readonly string[]; readonly columns: readonly string[] }>> = {
  mirror: { key: ["name"], columns: ["value"] },
  accounts: { key: ["account"], columns: ["isLeaving"] },
  batches: { key: ["id"], columns: ["number", "skipped", "total", "fee", "failedAt"] },
  deposits: { key: ["id"], columns: ["state", "reason"] },
  lanes: {
    key: ["sequence"],
    columns: [
      "state",
      "batchId",
      "batchRow",
      "claimId",
      "paid",
      "fee",
      "paidAtBlock",
      "reason",
      "statementId",
      "isVoucherOnly",
    ],
  },
  chainDeposits: { key: ["block", "logIndex"], columns: ["amount"] },
  lostBatches: { key: ["number"], columns: ["isRead"] },
  lostRows: { key: ["payer", "lane"], columns: ["amount"] },
  relays: { key: ["actionId"], columns: ["state"] },
  settledSums: { key: ["payer", "payee"], columns: ["amount"] },
  transactions: {
    key: ["id"],
    columns: ["state", "block", "gasUsed", "reason", "nonce", "hash", "refusedSince"],
  },
  withdrawals: { key: ["id"], columns: ["state", "withdrawableAt", "reason"] },
};

/** Rows of these tables go away with the block that made them. */
const INSERTED = ["mirror", "chainDeposits", "settledSums", "lostBatches", "lostRows"];

const object = (row: "old" | "new", columns: readonly string[]): string =>
  `json_object(${columns.map((column) => `'${column}', ${row}."${column}"`).join(", ")})`;

/** The changed columns; the others are null, so that a long text is kept only where it counts. */
const changed = (row: "old" | "new", columns: readonly string[]): string => {
  const fields = columns.map(
    (column) => `'${column}', case when old."${column}" is not new."${column}" then ${row}."${column}" end`,
  );
  return `json_object(${fields.join(", ")})`;
};

/** Call it before migrations: a trigger on a column keeps it from being dropped. */
export async function dropUndoTriggers(db: Kysely<never>): Promise<void> {
  const triggers = sql<{
    name: string;
  }>`select name from sqlite_master where type = 'trigger' and name glob 'undo_*'`;
  for (const { name } of (await triggers.execute(db)).rows) await run(db, `drop trigger ${name}`);
}

/** Call it at each start, after the migrations: they may have made a table anew. */
export async function installUndoTriggers(db: Kysely<never>): Promise<void> {
  const block = "(select block from undoCursor)";
  for (const [table, { key, columns }] of Object.entries(DERIVED)) {
    const listed = columns.map((column) => `"${column}"`).join(", ");
    const differs = columns.map((column) => `old."${column}" is not new."${column}"`).join(" or ");
    await run(
      db,
      `create trigger undo_${table} after update of ${listed} on ${table}
        when ${block} is not null and (${differs}) begin
        insert into undo (block, tableName, key, before, after)
        values (${block}, '${table}', ${object("old", key)}, ${changed("old", columns)}, ${changed("new", columns)});
      end`,
    );
    if (!INSERTED.includes(table)) continue;
    await run(
      db,
      `create trigger undo_${table}_insert after insert on ${table} when ${block} is not null begin
        insert into undo (block, tableName, key, before, after)
        values (${block}, '${table}', ${object("new", key)}, null, null);
      end`,
    );
  }
}

async function run(db: Kysely<never>, statement: string): Promise<void> {
  await sql.raw(statement).execute(db);
}

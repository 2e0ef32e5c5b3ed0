import { accountOf } from "../../authority/support/context.ts";
import { START } from "../../authority/support/fake-chain.ts";
import { CONTENTS } from "./contents.ts";
import type { Stage } from "./stage.ts";

const REASONS = ["age", "value", "full", "leaving", "deadline", "forced"] as const;
const STATES = ["sent", "mined", "final", "final", "failed", "final"] as const;

/** Accounts, contents, batches and transactions, as after a day of work. */
export async function fillDesk(stage: Stage): Promise<void> {
  const { authority } = stage;
  const { store, readiness } = authority.context;
  for (const content of CONTENTS) await stage.add(content);
  for (let i = 0; i < 6; i++) {
    const account = accountOf(0xb0 + i);
    authority.chain.fund(account, BigInt(5_000_000 + i * 1_234_567));
    await authority.session(account, i + 1);
  }
  await store.transaction(async (trx) => {
    for (const [i, reason] of REASONS.entries()) {
      const id = i + 1;
      const state = STATES[i] as (typeof STATES)[number];
      const actionId = `settle:${id}`;
      await trx
        .insertInto("batches")
        .values({
          actionId,
          kind: i % 2 === 0 ? "vouchers" : "statements",
          reason,
          number: state === "sent" ? null : i,
          rowCount: 12 + 31 * i,
          skipped: i === 4 ? 2 : 0,
          total: String(1_234_567 * (i + 1)),
          fee: String(24_691 * (i + 1)),
          failedAt: state === "failed" ? START : null,
        })
        .execute();
      await trx
        .insertInto("transactions")
        .values({
          actionId,
          kind: "settle",
          recipient: accountOf(0xc0),
          data: "0x",
          state,
          nonce: i,
          hash: `0x${id.toString(16).repeat(64)}`,
          block: null,
          gasUsed: state === "sent" ? null : String(310_000 + 41_000 * i),
          reason: state === "sent" ? "gas costs more than the ceiling of 500 gwei" : null,
          refusedSince: null,
          endedAt: state === "final" || state === "failed" ? START - (REASONS.length - i) * 86_400 : null,
        })
        .execute();
    }
  });
  await fillPastDays(stage);
  readiness.report("gas price", "gas costs more than the ceiling of 500 gwei: 1 transaction waits");
}

/** Deposits of three weeks: more on some days than on others. */
async function fillPastDays({ authority }: Stage): Promise<void> {
  const past = Array.from({ length: 24 }, (_, day) =>
    Array.from({ length: (day * 5) % 7 }, (_, i) => ({
      actionId: `fund:${day}-${i}`,
      kind: "fund" as const,
      ...{ recipient: accountOf(0xc0), data: "0x" as const, state: "final" as const, nonce: null, hash: null },
      ...{ block: 1, gasUsed: "101000", reason: null, refusedSince: null, endedAt: START - day * 86_400 },
    })),
  ).flat();
  await authority.context.store.transaction((trx) => trx.insertInto("transactions").values(past).execute());
}

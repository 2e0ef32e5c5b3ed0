import type { Context } from "../../../authority/context.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";

const CHUNK = 400;
const SIGNATURE: Hex = `0x${"5a".repeat(64)}`;

const addressOf = (kind: string, number: number): Address => `0x${kind}${number.toString(16).padStart(38, "0")}`;

/** Open lanes with a voucher, of a hundred payers and payees; none of them ends soon. */
export async function seedLanes({ store, clock }: Context, count: number): Promise<void> {
  for (let first = 0; first < count; first += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, count - first) }, (_, i) => laneOf(first + i, clock.now()));
    await store.transaction(async (trx) => {
      await trx.insertInto("lanes").values(rows).execute();
      // The store notes what changes, and not what is inserted.
      await trx
        .updateTable("lanes")
        .set({ amount: "1000", voucherSignature: SIGNATURE, receivedAt: clock.now() })
        .where("sequence", ">", first)
        .execute();
    });
  }
}

/** The payees close so many lanes. */
export async function closeLanes({ store, clock }: Context, count: number): Promise<void> {
  for (let closed = 0; closed < count; closed += CHUNK) {
    const open = store.db.selectFrom("lanes").select("sequence").where("state", "=", "open").where("isFinal", "=", 0);
    await store.db
      .updateTable("lanes")
      .set({ isFinal: 1, finishedAt: clock.now() })
      .where("sequence", "in", open.orderBy("sequence").limit(Math.min(CHUNK, count - closed)))
      .execute();
  }
}

function laneOf(number: number, now: number) {
  return {
    payer: addressOf("aa", number % 100),
    lane: Math.floor(number / 100) + 1,
    payee: addressOf("bb", Math.floor(number / 10) % 100),
    sessionKey: addressOf("cc", number % 100),
    payeeKey: addressOf("dd", Math.floor(number / 10) % 100),
    cap: "100000",
    pricePerGiB: "10000",
    credit: 524_288,
    infoHash: "ab".repeat(20),
    expiresAt: now + 36_000 + (number % 3_600),
    signature: SIGNATURE,
    issuedAtBlock: 1,
    issuedAt: now,
    amount: "0",
    voucherSignature: null,
    receivedAt: null,
    isFinal: 0,
    finishedAt: null,
    statementId: null,
    state: "open" as const,
    batchId: null,
    batchRow: null,
    claimId: null,
    paid: "0",
    fee: "0",
    paidAtBlock: null,
    reason: null,
  };
}

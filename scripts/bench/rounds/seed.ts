import type { Context } from "../../../authority/context.ts";
import { laneOfAllotment } from "../../../authority/store/tables/lane-allotment.ts";
import { insertLanes } from "../../../authority/store/tables/lanes.ts";
import { type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";

const CHUNK = 400;
const SIGNATURE: Hex = `0x${"5a".repeat(64)}`;

const addressOf = (kind: string, number: number): Address => `0x${kind}${number.toString(16).padStart(38, "0")}`;

/** Open lanes with a voucher, of a hundred payers and payees; none of them ends soon. */
export async function seedLanes({ store, clock }: Context, count: number): Promise<void> {
  for (let first = 0; first < count; first += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, count - first) }, (_, i) =>
      laneOfAllotment(allotmentOf(first + i, clock.now()), { number: 1, timestamp: clock.now() }),
    );
    await store.transaction(async (trx) => {
      await insertLanes(trx, rows);
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

function allotmentOf(number: number, now: number): SignedAllotment {
  return {
    payer: addressOf("aa", number % 100),
    lane: Math.floor(number / 100) + 1,
    payee: addressOf("bb", Math.floor(number / 10) % 100),
    sessionKey: addressOf("cc", number % 100),
    payeeKey: addressOf("dd", Math.floor(number / 10) % 100),
    cap: 100_000n,
    pricePerGiB: 10_000n,
    credit: 524_288,
    infoHash: "ab".repeat(20),
    expiresAt: now + 36_000 + (number % 3_600),
    signature: hexToBytes(SIGNATURE),
  };
}

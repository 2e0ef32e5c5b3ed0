import { insertDeposit } from "../../../../authority/store/tables/deposits.ts";
import { laneOfAllotment, rowOfLane } from "../../../../authority/store/tables/lane-allotment.ts";
import { insertLane, type StoredLane } from "../../../../authority/store/tables/lanes.ts";
import { insertWithdrawal } from "../../../../authority/store/tables/withdrawals.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { accountOf } from "../../../authority/support/context.ts";
import { START } from "../../../authority/support/fake-chain.ts";
import type { Stage } from "../stage.ts";

const SIGNATURE = `0x${"5a".repeat(64)}` as const;

/** What a lane may look like at each station of its way. */
const STATIONS: readonly Partial<StoredLane>[] = [
  {},
  { amount: "1250000", receivedAt: START - 5, voucherSignature: SIGNATURE },
  { amount: "2345678", receivedAt: START - 20, voucherSignature: SIGNATURE, isFinal: 1, finishedAt: START - 20 },
  { amount: "780000", receivedAt: START - 70, voucherSignature: SIGNATURE, state: "settling", batchId: 1, batchRow: 0 },
  { amount: "990001", receivedAt: START - 80, voucherSignature: SIGNATURE, state: "settling", batchId: 2, batchRow: 4 },
  {
    ...{ amount: "5600000", receivedAt: START - 900, voucherSignature: SIGNATURE, state: "settled", batchId: 3 },
    ...{ batchRow: 11, paid: "5600000", fee: "112000", paidAtBlock: 9 },
  },
  { amount: "7", receivedAt: START - 3_000, voucherSignature: SIGNATURE, state: "skipped", reason: "DUST" },
  { amount: "0", isFinal: 1, finishedAt: START - 60 },
];

/** Money of an account at each station, in and out. `titles`: of the contents, in turn. */
export async function fillAccount(stage: Stage, account: Address, titles: readonly string[]): Promise<void> {
  const { authority } = stage;
  const { store } = authority.context;
  authority.chain.fund(account, 48_765_432n);
  const hashes: string[] = [];
  for (const title of titles)
    hashes.push(await stage.add({ title, files: [{ path: "a", sizeBytes: 1_000 }], pricePerGiB: 500_000n }));
  const other = await authority.session(accountOf(0xd1), 201);
  const device = await authority.session(account, 202);
  authority.chain.authorize(account, device.sessionKey);
  // Twice each title, each time at another station: what ended unused is not shown.
  const count = 2 * Math.max(STATIONS.length, titles.length);
  const stationOf = (i: number): number => (i + Math.floor(i / titles.length)) % STATIONS.length;
  await store.transaction(async (trx) => {
    await addBatches(trx);
    for (let i = 0; i < count; i++) {
      const isPayer = i % 3 === 1;
      const allotment = {
        payer: isPayer ? account : other.account,
        payee: isPayer ? other.account : account,
        sessionKey: isPayer ? device.sessionKey : other.sessionKey,
        payeeKey: isPayer ? other.sessionKey : device.sessionKey,
        ...{
          lane: 100 + i,
          cap: 9_000_000n,
          pricePerGiB: 500_000n,
          credit: 1,
          infoHash: hashes[i % hashes.length] as string,
        },
        ...{ expiresAt: START + 90, signature: new Uint8Array(64) },
      };
      const row = rowOfLane(laneOfAllotment(allotment, { number: 1, timestamp: START - 100 - i }));
      await insertLane(trx, { ...row, ...STATIONS[stationOf(i)] });
    }
    const deposit = { account, bodyHash: "", reason: null, createdAt: START - 5_000 };
    await insertDeposit(trx, { ...deposit, id: "d1", idempotencyKey: "k1", amount: "50000000", state: "credited" });
    const declined = { state: "declined", reason: titles[0] ?? "the card was declined" } as const;
    await insertDeposit(trx, { ...deposit, id: "d2", idempotencyKey: "k2", amount: "1000000", ...declined });
    const withdrawal = { account, recipient: account, releaseNonce: null, releaseDeadline: null, reason: null };
    const waiting = { state: "waiting", withdrawableAt: START + 200, createdAt: START - 40 } as const;
    await insertWithdrawal(trx, { ...withdrawal, id: "w1", amount: "4000000", ...waiting });
    const paid = { state: "paid", withdrawableAt: null, createdAt: START - 4_000 } as const;
    await insertWithdrawal(trx, { ...withdrawal, id: "w2", amount: "1234567", ...paid });
  });
}

type Transaction = Parameters<Parameters<Stage["authority"]["context"]["store"]["transaction"]>[0]>[0];

async function addBatches(trx: Transaction): Promise<void> {
  for (const [i, state] of (["sent", "mined", "final"] as const).entries()) {
    const id = i + 1;
    const actionId = `settle:${id}`;
    const number = state === "final" ? 7 : null;
    const batch = {
      actionId,
      kind: "vouchers",
      reason: "age",
      number,
      rowCount: 12,
      skipped: 0,
      total: "5600000",
    } as const;
    await trx
      .insertInto("batches")
      .values({ ...batch, fee: "112000", failedAt: null })
      .execute();
    const hash = `0x${String(id).repeat(64)}` as const;
    const transaction = {
      actionId,
      kind: "settle",
      recipient: accountOf(0xc0),
      data: "0x",
      state,
      nonce: i,
      hash,
    } as const;
    await trx
      .insertInto("transactions")
      .values({ ...transaction, block: null, gasUsed: null, reason: null, refusedSince: null })
      .execute();
  }
}

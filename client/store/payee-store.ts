import { invariant } from "../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import type { SignedVoucher } from "../../protocol/signed/voucher.ts";
import type { MoneyJournal } from "./daily-money.ts";
import { type LaneRow, readAllotment, readVoucher, writeAllotment } from "./lane-rows.ts";
import type { PayeeLaneRecord, SignedReceipt } from "./records.ts";
import type { Tables } from "./tables.ts";
import type { Saved } from "./write-queue.ts";

/** What a peer must remember as payee. */
export interface PayeeStore {
  findPayeeLane(payer: Address, lane: number): PayeeLaneRecord | null;
  /** Lanes of this payer's session on this content, ascending. */
  listPayeeLanes(sessionKey: Address, infoHash: InfoHash): PayeeLaneRecord[];
  /** All lanes that have a voucher, from any payer; oldest expiry first. */
  listVouchers(): PayeeLaneRecord[];
  /** Call it before the offer is accepted. */
  saveAccepted(allotment: SignedAllotment): Promise<void>;
  /**
   * Call it before credit is given for the voucher.
   * @throws {InvariantError} above the cap, or on an unknown lane
   */
  saveVoucher(voucher: SignedVoucher): Saved;
  saveClosed(payer: Address, lane: number): Promise<void>;
  /**
   * Lanes whose highest voucher, or final flag, the authority has not acknowledged; oldest expiry
   * first.
   */
  listToPush(limit: number): PayeeLaneRecord[];
  saveReceipt(receipt: SignedReceipt, isFinal: boolean): Promise<void>;
  /** The authority refused this amount. The lane is not pushed again until it has a higher one. */
  savePushRefused(payer: Address, lane: number, amount: Amount, code: string): Promise<void>;
  /** Lanes that were refused for one of these codes, and end after this time, are pushed again. */
  forgetPushRefusals(codes: readonly string[], endsAfter: number): Promise<void>;
  /**
   * The authority says how often it was restored. When that has grown, all lanes with vouchers are
   * to be pushed once more.
   */
  saveRestores(restores: number): Promise<void>;
  /**
   * Forgets lanes whose allotment expired before this time, seconds since 1970. Their vouchers can
   * no longer be settled.
   */
  forgetLanes(expiredBefore: number): Promise<void>;
}

interface PayeeLaneRow extends LaneRow {
  readonly isClosed: number;
  readonly isFinal: number;
  readonly receiptAmount: string | null;
  readonly receiptAt: number;
  readonly receiptSignature: Uint8Array;
  readonly pushRefusal: string | null;
}

export function openPayeeStore(tables: Tables, money: MoneyJournal): PayeeStore {
  const read = prepareReads(tables);
  const write = prepareWrites(tables);
  return {
    findPayeeLane: (payer, lane) => read.lane(payer, lane)[0] ?? null,
    listPayeeLanes: (sessionKey, infoHash) => read.lanesOf(sessionKey, infoHash),
    listVouchers: () => read.vouchers(),
    listToPush: (limit) => read.toPush(limit),
    saveAccepted: (allotment) =>
      tables.save(() => {
        const { payer, lane, sessionKey, infoHash, expiresAt } = allotment;
        write.insertLane(payer, lane, sessionKey, infoHash, expiresAt, writeAllotment(allotment));
      }),
    saveVoucher: (voucher) =>
      tables.saveInSteps(() => {
        const row = write.findLane(voucher.payer, voucher.lane);
        invariant(row !== undefined, "LANE_NOT_STORED", `voucher on lane ${voucher.lane}, which is not stored`);
        const lane = readLane(row);
        invariant(voucher.amount <= lane.allotment.cap, "VOUCHER_CAP", `lane ${voucher.lane} is above its cap`);
        if (voucher.amount <= lane.amount) return;
        write.setVoucher(voucher.amount.toString(), voucher.signature, voucher.payer, voucher.lane);
        money.earned(lane.allotment.infoHash, voucher.payer, voucher.amount - lane.amount);
      }),
    saveClosed: (payer, lane) => tables.save(() => void write.setClosed(payer, lane)),
    saveReceipt: (receipt, isFinal) =>
      tables.save(() => {
        const { payer, lane, amount, receivedAt, signature } = receipt;
        write.setReceipt(amount.toString(), receivedAt, signature, isFinal ? 1 : 0, payer, lane);
      }),
    savePushRefused: (payer, lane, amount, code) =>
      tables.save(() => void write.setRefusal(code, payer, lane, amount.toString())),
    forgetPushRefusals: (codes, endsAfter) =>
      tables.save(() => {
        for (const code of codes) write.forgetRefusals(code, endsAfter);
      }),
    saveRestores: (restores) =>
      tables.save(() => {
        if (write.setRestores(restores, restores) > 0) write.pushAllAgain();
      }),
    forgetLanes: (expiredBefore) => tables.save(() => void write.forgetLanes(expiredBefore)),
  };
}

function prepareReads(tables: Tables) {
  return {
    lane: tables.all("SELECT * FROM payeeLanes WHERE payer = ? AND lane = ?", readLane),
    lanesOf: tables.all("SELECT * FROM payeeLanes WHERE sessionKey = ? AND infoHash = ? ORDER BY lane", readLane),
    vouchers: tables.all("SELECT * FROM payeeLanes WHERE amount != '0' ORDER BY expiresAt, payer, lane", readLane),
    toPush: tables.all(
      `SELECT * FROM payeeLanes
       WHERE amount != '0' AND pushRefusal IS NULL AND (receiptAmount IS NOT amount OR isClosed > isFinal OR isForgotten = 1)
       ORDER BY expiresAt LIMIT ?`,
      readLane,
    ),
  };
}

function prepareWrites(tables: Tables) {
  return {
    insertLane: tables.run(
      `INSERT INTO payeeLanes (payer, lane, sessionKey, infoHash, expiresAt, allotment) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ),
    findLane: tables.get<PayeeLaneRow>("SELECT * FROM payeeLanes WHERE payer = ? AND lane = ?"),
    setVoucher: tables.run(
      "UPDATE payeeLanes SET amount = ?, signature = ?, isFinal = 0, pushRefusal = NULL WHERE payer = ? AND lane = ?",
    ),
    setClosed: tables.run("UPDATE payeeLanes SET isClosed = 1 WHERE payer = ? AND lane = ?"),
    setReceipt: tables.run(
      `UPDATE payeeLanes SET receiptAmount = ?, receiptAt = ?, receiptSignature = ?, isFinal = max(isFinal, ?),
         isForgotten = 0
       WHERE payer = ? AND lane = ?`,
    ),
    setRefusal: tables.run("UPDATE payeeLanes SET pushRefusal = ? WHERE payer = ? AND lane = ? AND amount = ?"),
    forgetRefusals: tables.run("UPDATE payeeLanes SET pushRefusal = NULL WHERE pushRefusal = ? AND expiresAt > ?"),
    setRestores: tables.run("UPDATE authority SET restores = ? WHERE restores < ?"),
    pushAllAgain: tables.run("UPDATE payeeLanes SET isForgotten = 1 WHERE amount != '0'"),
    forgetLanes: tables.run("DELETE FROM payeeLanes WHERE expiresAt < ?"),
  };
}

function readLane(row: PayeeLaneRow): PayeeLaneRecord {
  const allotment = readAllotment(row);
  return {
    allotment,
    ...readVoucher(row),
    isClosed: row.isClosed === 1,
    isFinal: row.isFinal === 1,
    receipt: readReceipt(row, allotment),
    pushRefusal: row.pushRefusal,
  };
}

function readReceipt(row: PayeeLaneRow, { payer, payee, lane }: SignedAllotment): SignedReceipt | null {
  if (row.receiptAmount === null) return null;
  const signature = new Uint8Array(row.receiptSignature);
  return { payer, payee, lane, amount: BigInt(row.receiptAmount), receivedAt: row.receiptAt, signature };
}

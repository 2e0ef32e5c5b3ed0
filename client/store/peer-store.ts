import { FloodgateError, invariant } from "../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { Signature } from "../../protocol/base/secp256k1.ts";
import type { Amount } from "../../protocol/base/units.ts";
import { allotmentFromJson, allotmentToJson } from "../../protocol/http/schemas.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import type { SignedVoucher } from "../../protocol/signed/voucher.ts";
import { openDatabase } from "./database.ts";
import type {
  PairKey,
  PairRecord,
  PayeeLaneRecord,
  PayerLaneRecord,
  PieceRecord,
  SignedReceipt,
  Standing,
} from "./records.ts";
import { createWalSync } from "./wal-sync.ts";
import { WriteQueue } from "./write-queue.ts";

/**
 * The money memory of one peer home. Every `save` resolves when the record is durable (writes made in one turn share an
 * fsync, in order), so act after it; each may be repeated and never lowers an amount. Reads see all saves made
 * before them. A failed write rejects with FloodgateError STORE_FAILED: stop handling money on what it was about.
 */
export interface PeerStore {
  /** Payer. All lanes ever on this content, of this session and of earlier ones, ascending: they say what was paid. */
  listPayerLanes(infoHash: InfoHash): PayerLaneRecord[];
  listPairs(infoHash: InfoHash): PairRecord[];
  /** In the order in which they were asked for. */
  listPieces(infoHash: InfoHash): PieceRecord[];
  findPayerLane(lane: number): PayerLaneRecord | null;
  /** Payer. Whether this session has signed on a lane that ends after this time (seconds since 1970, chain time). */
  hasSigned(sessionKey: Address, endsAfter: number): boolean;
  /** Payer. A lane that T gave. */
  saveAllotment(allotment: SignedAllotment): Promise<void>;
  /**
   * Payer. Before the voucher is sent. A lower amount than the stored one changes nothing. Resolves when it survives a kill of
   * this process: what a power cut takes, the payee's next `accept` brings back.
   */
  saveSigned(voucher: SignedVoucher): Promise<void>;
  /** Payer. A lower adjustment than the stored one changes nothing. */
  saveAdjust(pair: PairKey, adjust: Amount): Promise<void>;
  /** Payer. Before the pieces are asked for: replaces whoever was asked before. */
  saveAsked(pair: PairKey, pieces: readonly number[]): Promise<void>;
  /** Payer. Counts asked pieces in their pairs' totals, once. */
  saveVerified(
    infoHash: InfoHash,
    pieces: readonly { readonly piece: number; readonly lengthBytes: number }[],
  ): Promise<void>;

  findPayeeLane(payer: Address, lane: number): PayeeLaneRecord | null;
  /** Payee. Lanes of this payer's session on this content, ascending. */
  listPayeeLanes(sessionKey: Address, infoHash: InfoHash): PayeeLaneRecord[];
  /** Payee. All lanes that have a voucher, whoever signed it; oldest expiry first. */
  listVouchers(): PayeeLaneRecord[];
  /** Payee. Before the offer is accepted. */
  saveAccepted(allotment: SignedAllotment): Promise<void>;
  /** Payee. Before credit is given for it. @throws {InvariantError} above the cap, or on a closed or unknown lane */
  saveVoucher(voucher: SignedVoucher): Promise<void>;
  saveClosed(payer: Address, lane: number): Promise<void>;
  /** Payee. Lanes of which T does not know the highest voucher, or that they are final; oldest expiry first. */
  listToPush(limit: number): PayeeLaneRecord[];
  saveReceipt(receipt: SignedReceipt, isFinal: boolean): Promise<void>;
  /** Payee. T will not take this amount: it is pushed no more, until the lane has a higher one. */
  savePushRefused(payer: Address, lane: number, amount: Amount, code: string): Promise<void>;

  findStanding(account: Address): Standing;
  saveStanding(standing: Standing): Promise<void>;

  /** Payee. Forgets lanes whose allotment expired before this time, seconds since 1970: their vouchers are gone for good. */
  forgetLanes(expiredBefore: number): Promise<void>;
  /** Commits what waits, gives the home back. Later saves reject. */
  close(): void;
}

/** Opens or creates the store in `home` (a private directory). @throws {InputError} HOME_IN_USE, STORE_UNUSABLE, STORE_TOO_NEW */
export function openPeerStore(home: string): PeerStore {
  const db = openDatabase(home);
  const wal = createWalSync(db.name);
  const queue = new WriteQueue(db, () => wal.sync());
  const save = (apply: () => void, how?: { readonly isSynced: boolean }): Promise<void> => queue.add(apply, how);
  const all = <Row, Value>(sql: string, read: (row: Row) => Value) => {
    const statement = db.prepare(sql);
    return (...values: readonly unknown[]): Value[] => {
      queue.flush();
      return (statement.all(...values) as Row[]).map(read);
    };
  };
  const run = (sql: string) => {
    const statement = db.prepare(sql);
    return (...values: readonly unknown[]): number => statement.run(...values).changes;
  };

  const readPayerLane = (row: LaneRow): PayerLaneRecord => ({ allotment: readAllotment(row), ...readVoucher(row) });
  const payerLanes = all("SELECT * FROM payerLanes WHERE infoHash = ? ORDER BY lane", readPayerLane);
  const payerLane = all("SELECT * FROM payerLanes WHERE lane = ?", readPayerLane);
  const signedLanes = all(
    "SELECT lane FROM payerLanes WHERE sessionKey = ? AND expiresAt > ? AND amount != '0' LIMIT 1",
    ({ lane }: { lane: number }) => lane,
  );
  const pairs = all("SELECT * FROM pairs WHERE infoHash = ?", readPair);
  const pieces = all(
    "SELECT pieces.piece, pieces.state, pairs.* FROM pieces JOIN pairs ON pairs.id = pieces.pair WHERE pieces.infoHash = ? ORDER BY sequence",
    (row: PairRow & Pick<PieceRecord, "piece" | "state">): PieceRecord => {
      const { payee, payeeKey, infoHash, pricePerGiB } = readPair(row);
      return { piece: row.piece, state: row.state, pair: { payee, payeeKey, infoHash, pricePerGiB } };
    },
  );
  const payeeLane = all("SELECT * FROM payeeLanes WHERE payer = ? AND lane = ?", readPayeeLane);
  const payeeLanes = all("SELECT * FROM payeeLanes WHERE sessionKey = ? AND infoHash = ? ORDER BY lane", readPayeeLane);
  const vouchers = all("SELECT * FROM payeeLanes WHERE amount != '0' ORDER BY expiresAt, payer, lane", readPayeeLane);
  const toPush = all(
    `SELECT * FROM payeeLanes
     WHERE amount != '0' AND pushRefusal IS NULL AND (receiptAmount IS NOT amount OR isClosed > isFinal)
     ORDER BY expiresAt LIMIT ?`,
    readPayeeLane,
  );
  const standing = all("SELECT * FROM standings WHERE account = ?", (row: Standing) => row);

  const insertPayerLane = run(
    "INSERT INTO payerLanes (lane, sessionKey, infoHash, expiresAt, allotment) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const payerAmount = db.prepare("SELECT amount FROM payerLanes WHERE lane = ?").pluck();
  const setSigned = run("UPDATE payerLanes SET amount = ?, signature = ? WHERE lane = ?");
  const insertPair = run(
    "INSERT INTO pairs (payee, payeeKey, infoHash, pricePerGiB) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const findPair = db.prepare(
    "SELECT id, adjust FROM pairs WHERE payee = ? AND payeeKey = ? AND infoHash = ? AND pricePerGiB = ?",
  );
  const setAdjust = run("UPDATE pairs SET adjust = ? WHERE id = ?");
  // A verified piece that is asked for again was lost from the disk: it is a new one.
  const setAsked = run(
    `INSERT INTO pieces (infoHash, piece, pair, state, sequence) VALUES (?, ?, ?, 'asked', ?)
     ON CONFLICT DO UPDATE SET pair = excluded.pair, state = 'asked', sequence = excluded.sequence`,
  );
  const setVerified = run("UPDATE pieces SET state = 'verified' WHERE infoHash = ? AND piece = ? AND state = 'asked'");
  const addVerified = run(
    `UPDATE pairs SET verifiedBytes = verifiedBytes + ?
     WHERE id = (SELECT pair FROM pieces WHERE infoHash = ? AND piece = ?)`,
  );
  const insertPayeeLane = run(
    `INSERT INTO payeeLanes (payer, lane, sessionKey, infoHash, expiresAt, allotment) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const readLane = db.prepare("SELECT * FROM payeeLanes WHERE payer = ? AND lane = ?");
  const setVoucher = run(
    "UPDATE payeeLanes SET amount = ?, signature = ?, isFinal = 0, pushRefusal = NULL WHERE payer = ? AND lane = ?",
  );
  const setClosed = run("UPDATE payeeLanes SET isClosed = 1 WHERE payer = ? AND lane = ?");
  const setReceipt = run(
    `UPDATE payeeLanes SET receiptAmount = ?, receiptAt = ?, receiptSignature = ?, isFinal = max(isFinal, ?)
     WHERE payer = ? AND lane = ?`,
  );
  const setRefusal = run("UPDATE payeeLanes SET pushRefusal = ? WHERE payer = ? AND lane = ? AND amount = ?");
  const setStanding = run(
    "INSERT OR REPLACE INTO standings (account, defaults, badPieces, bannedUntil) VALUES (?, ?, ?, ?)",
  );
  const forgetPayee = run("DELETE FROM payeeLanes WHERE expiresAt < ?");

  let sequence = db.prepare("SELECT coalesce(max(sequence), 0) FROM pieces").pluck().get() as number;

  const pairOf = (key: PairKey): { id: number; adjust: string } => {
    const values = [key.payee, key.payeeKey, key.infoHash, key.pricePerGiB.toString()];
    insertPair(...values);
    return findPair.get(...values) as { id: number; adjust: string };
  };

  return {
    listPayerLanes: (infoHash) => payerLanes(infoHash),
    listPairs: (infoHash) => pairs(infoHash),
    listPieces: (infoHash) => pieces(infoHash),
    findPayerLane: (lane) => payerLane(lane)[0] ?? null,
    hasSigned: (sessionKey, endsAfter) => signedLanes(sessionKey, endsAfter).length > 0,
    saveAllotment: (allotment) =>
      save(() => {
        const { lane, sessionKey, infoHash, expiresAt } = allotment;
        insertPayerLane(lane, sessionKey, infoHash, expiresAt, writeAllotment(allotment));
      }),
    saveSigned: (voucher) =>
      save(() => {
        const known = payerAmount.get(voucher.lane) as string | undefined;
        invariant(known !== undefined, "LANE_UNKNOWN", `signed on lane ${voucher.lane}, which is not stored`);
        if (voucher.amount > BigInt(known)) setSigned(voucher.amount.toString(), voucher.signature, voucher.lane);
      }, NOT_SYNCED),
    saveAdjust: (key, adjust) =>
      save(() => {
        const pair = pairOf(key);
        if (adjust > BigInt(pair.adjust)) setAdjust(adjust.toString(), pair.id);
      }),
    saveAsked: (key, asked) =>
      save(() => {
        const { id } = pairOf(key);
        for (const piece of asked) setAsked(key.infoHash, piece, id, ++sequence);
      }),
    saveVerified: (infoHash, verified) =>
      save(() => {
        for (const { piece, lengthBytes } of verified) {
          if (setVerified(infoHash, piece) === 1) addVerified(lengthBytes, infoHash, piece);
        }
      }),

    findPayeeLane: (payer, lane) => payeeLane(payer, lane)[0] ?? null,
    listPayeeLanes: (sessionKey, infoHash) => payeeLanes(sessionKey, infoHash),
    listVouchers: () => vouchers(),
    saveAccepted: (allotment) =>
      save(() => {
        const { payer, lane, sessionKey, infoHash, expiresAt } = allotment;
        insertPayeeLane(payer, lane, sessionKey, infoHash, expiresAt, writeAllotment(allotment));
      }),
    saveVoucher: (voucher) =>
      save(() => {
        const row = readLane.get(voucher.payer, voucher.lane) as PayeeLaneRow | undefined;
        invariant(row !== undefined, "LANE_UNKNOWN", `voucher on lane ${voucher.lane}, which is not stored`);
        const lane = readPayeeLane(row);
        invariant(voucher.amount <= lane.allotment.cap, "VOUCHER_CAP", `lane ${voucher.lane} is above its cap`);
        if (voucher.amount <= lane.amount) return;
        setVoucher(voucher.amount.toString(), voucher.signature, voucher.payer, voucher.lane);
      }),
    saveClosed: (payer, lane) => save(() => void setClosed(payer, lane)),
    listToPush: (limit) => toPush(limit),
    saveReceipt: (receipt, isFinal) =>
      save(() => {
        const { payer, lane, amount, receivedAt, signature } = receipt;
        setReceipt(amount.toString(), receivedAt, signature, isFinal ? 1 : 0, payer, lane);
      }),
    savePushRefused: (payer, lane, amount, code) => save(() => void setRefusal(code, payer, lane, amount.toString())),

    findStanding: (account) => standing(account)[0] ?? { account, defaults: 0, badPieces: 0, bannedUntil: 0 },
    saveStanding: ({ account, defaults, badPieces, bannedUntil }) =>
      save(() => void setStanding(account, defaults, badPieces, bannedUntil)),
    forgetLanes: (expiredBefore) => save(() => void forgetPayee(expiredBefore)),
    close() {
      queue.flush();
      // Closing writes the log into the database and syncs both.
      db.close();
      queue.settle();
      queue.fail(new FloodgateError("STORE_CLOSED", "the store of this home is closed"));
      wal.close();
    },
  };
}

const NOT_SYNCED = { isSynced: false };

interface LaneRow {
  readonly allotment: string;
  readonly amount: string;
  readonly signature: Uint8Array | null;
}

interface PairRow {
  readonly payee: Address;
  readonly payeeKey: Address;
  readonly infoHash: InfoHash;
  readonly pricePerGiB: string;
  readonly verifiedBytes: number;
  readonly adjust: string;
}

interface PayeeLaneRow extends LaneRow {
  readonly isClosed: number;
  readonly isFinal: number;
  readonly receiptAmount: string | null;
  readonly receiptAt: number;
  readonly receiptSignature: Uint8Array;
  readonly pushRefusal: string | null;
}

function writeAllotment(allotment: SignedAllotment): string {
  return JSON.stringify(allotmentToJson(allotment));
}

function readAllotment(row: LaneRow): SignedAllotment {
  return allotmentFromJson(JSON.parse(row.allotment));
}

function readVoucher(row: LaneRow): { amount: Amount; signature: Signature | null } {
  return { amount: BigInt(row.amount), signature: row.signature && new Uint8Array(row.signature) };
}

function readPair(row: PairRow): PairRecord {
  const { payee, payeeKey, infoHash, verifiedBytes } = row;
  return { payee, payeeKey, infoHash, verifiedBytes, pricePerGiB: BigInt(row.pricePerGiB), adjust: BigInt(row.adjust) };
}

function readPayeeLane(row: PayeeLaneRow): PayeeLaneRecord {
  const allotment = readAllotment(row);
  const { payer, payee, lane } = allotment;
  const receipt =
    row.receiptAmount === null
      ? null
      : {
          payer,
          payee,
          lane,
          amount: BigInt(row.receiptAmount),
          receivedAt: row.receiptAt,
          signature: new Uint8Array(row.receiptSignature),
        };
  return {
    allotment,
    ...readVoucher(row),
    isClosed: row.isClosed === 1,
    isFinal: row.isFinal === 1,
    receipt,
    pushRefusal: row.pushRefusal,
  };
}

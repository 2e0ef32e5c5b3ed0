import { invariant } from "../../protocol/base/errors.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { SignedAllotment } from "../../protocol/signed/allotment.ts";
import type { SignedVoucher } from "../../protocol/signed/voucher.ts";
import type { MoneyJournal } from "./daily-money.ts";
import { type LaneRow, readAllotment, readVoucher, writeAllotment } from "./lane-rows.ts";
import type { PairKey, PairRecord, PayerLaneRecord, PieceRecord } from "./records.ts";
import type { Tables } from "./tables.ts";

/** What a peer must remember as payer. */
export interface PayerStore {
  /**
   * All lanes ever on this content, of this session and of earlier ones, ascending. They say what
   * was paid.
   */
  listPayerLanes(infoHash: InfoHash): PayerLaneRecord[];
  listPairs(infoHash: InfoHash): PairRecord[];
  /** In the order in which they were asked for. */
  listPieces(infoHash: InfoHash): PieceRecord[];
  findPayerLane(lane: number): PayerLaneRecord | null;
  /**
   * Whether this session has signed on a lane that ends after this time (seconds since 1970, chain
   * time).
   */
  hasSigned(sessionKey: Address, endsAfter: number): boolean;
  /** Stores a lane that the authority gave. */
  saveAllotment(allotment: SignedAllotment): Promise<void>;
  /**
   * Call it before the voucher is sent. A lower amount than the stored one changes nothing. It
   * resolves when the voucher survives a kill of this process. What a power cut takes, the payee's
   * next `accept` brings back.
   */
  saveSigned(voucher: SignedVoucher): Promise<void>;
  /** A lower adjustment than the stored one changes nothing. */
  saveAdjust(pair: PairKey, adjust: Amount): Promise<void>;
  /**
   * Call it before the pieces are asked for. It replaces the payee that was asked before. It
   * resolves when the record survives a kill of this process; the disk has it soon after.
   */
  saveAsked(pair: PairKey, pieces: readonly number[]): Promise<void>;
  /** Counts asked pieces in their pairs' totals, once. */
  saveVerified(
    infoHash: InfoHash,
    pieces: readonly { readonly piece: number; readonly lengthBytes: number }[],
  ): Promise<void>;
}

interface PairRow {
  readonly payee: Address;
  readonly payeeKey: Address;
  readonly infoHash: InfoHash;
  readonly pricePerGiB: string;
  readonly verifiedBytes: number;
  readonly adjust: string;
}

type PieceRow = PairRow & Pick<PieceRecord, "piece" | "state">;

export function openPayerStore(tables: Tables, money: MoneyJournal): PayerStore {
  const read = prepareReads(tables);
  const write = prepareWrites(tables);
  let sequence = tables.db.prepare("SELECT coalesce(max(sequence), 0) FROM pieces").pluck().get() as number;

  const pairOf = (key: PairKey): { id: number; adjust: string } => {
    const values = [key.payee, key.payeeKey, key.infoHash, key.pricePerGiB.toString()];
    write.insertPair(...values);
    return write.findPair(...values) as { id: number; adjust: string };
  };

  return {
    listPayerLanes: (infoHash) => read.lanesOf(infoHash),
    listPairs: (infoHash) => read.pairs(infoHash),
    listPieces: (infoHash) => read.pieces(infoHash),
    findPayerLane: (lane) => read.lane(lane)[0] ?? null,
    hasSigned: (sessionKey, endsAfter) => read.signedLanes(sessionKey, endsAfter).length > 0,
    saveAllotment: (allotment) =>
      tables.save(() => {
        const { lane, sessionKey, infoHash, expiresAt } = allotment;
        write.insertLane(lane, sessionKey, infoHash, expiresAt, writeAllotment(allotment));
      }),
    saveSigned: (voucher) =>
      tables.saveUnsynced(() => {
        const known = write.findAmount(voucher.lane);
        invariant(known !== undefined, "LANE_NOT_STORED", `signed on lane ${voucher.lane}, which is not stored`);
        if (voucher.amount <= BigInt(known.amount)) return;
        write.setSigned(voucher.amount.toString(), voucher.signature, voucher.lane);
        money.paid(known.infoHash, voucher.payee, voucher.amount - BigInt(known.amount));
      }),
    saveAdjust: (key, adjust) =>
      tables.save(() => {
        const pair = pairOf(key);
        if (adjust > BigInt(pair.adjust)) write.setAdjust(adjust.toString(), pair.id);
      }),
    saveAsked(key, asked) {
      const { committed } = tables.saveInSteps(() => {
        const { id } = pairOf(key);
        for (const piece of asked) write.setAsked(key.infoHash, piece, id, ++sequence);
      });
      return committed;
    },
    saveVerified: (infoHash, verified) =>
      tables.save(() => {
        for (const { piece, lengthBytes } of verified) {
          if (write.setVerified(infoHash, piece) === 1) write.addVerified(lengthBytes, infoHash, piece);
        }
      }),
  };
}

function prepareReads(tables: Tables) {
  return {
    lanesOf: tables.all("SELECT * FROM payerLanes WHERE infoHash = ? ORDER BY lane", readLane),
    lane: tables.all("SELECT * FROM payerLanes WHERE lane = ?", readLane),
    signedLanes: tables.all(
      "SELECT lane FROM payerLanes WHERE sessionKey = ? AND expiresAt > ? AND amount != '0' LIMIT 1",
      ({ lane }: { lane: number }) => lane,
    ),
    pairs: tables.all("SELECT * FROM pairs WHERE infoHash = ?", readPair),
    pieces: tables.all(
      `SELECT pieces.piece, pieces.state, pairs.* FROM pieces JOIN pairs ON pairs.id = pieces.pair
       WHERE pieces.infoHash = ? ORDER BY sequence`,
      readPiece,
    ),
  };
}

function prepareWrites(tables: Tables) {
  return {
    insertLane: tables.run(
      `INSERT INTO payerLanes (lane, sessionKey, infoHash, expiresAt, allotment) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ),
    findAmount: tables.get<{ amount: string; infoHash: InfoHash }>(
      "SELECT amount, infoHash FROM payerLanes WHERE lane = ?",
    ),
    setSigned: tables.run("UPDATE payerLanes SET amount = ?, signature = ? WHERE lane = ?"),
    insertPair: tables.run(
      "INSERT INTO pairs (payee, payeeKey, infoHash, pricePerGiB) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    findPair: tables.get<{ id: number; adjust: string }>(
      "SELECT id, adjust FROM pairs WHERE payee = ? AND payeeKey = ? AND infoHash = ? AND pricePerGiB = ?",
    ),
    setAdjust: tables.run("UPDATE pairs SET adjust = ? WHERE id = ?"),
    // A verified piece that is asked for again was lost from the disk: it is a new one.
    setAsked: tables.run(
      `INSERT INTO pieces (infoHash, piece, pair, state, sequence) VALUES (?, ?, ?, 'asked', ?)
       ON CONFLICT DO UPDATE SET pair = excluded.pair, state = 'asked', sequence = excluded.sequence`,
    ),
    setVerified: tables.run(
      "UPDATE pieces SET state = 'verified' WHERE infoHash = ? AND piece = ? AND state = 'asked'",
    ),
    addVerified: tables.run(
      `UPDATE pairs SET verifiedBytes = verifiedBytes + ?
       WHERE id = (SELECT pair FROM pieces WHERE infoHash = ? AND piece = ?)`,
    ),
  };
}

function readLane(row: LaneRow): PayerLaneRecord {
  return { allotment: readAllotment(row), ...readVoucher(row) };
}

function readPair(row: PairRow): PairRecord {
  const { payee, payeeKey, infoHash, verifiedBytes } = row;
  return { payee, payeeKey, infoHash, verifiedBytes, pricePerGiB: BigInt(row.pricePerGiB), adjust: BigInt(row.adjust) };
}

function readPiece(row: PieceRow): PieceRecord {
  const { payee, payeeKey, infoHash, pricePerGiB } = readPair(row);
  return { piece: row.piece, state: row.state, pair: { payee, payeeKey, infoHash, pricePerGiB } };
}

import { bytesToHex, hexToBytes } from "../../../protocol/base/bytes.ts";
import {
  type Batch,
  buildBatch,
  buildStatementBatch,
  encodeBatch,
  type SettleableLane,
} from "../../../protocol/contract/batch.ts";
import { paidRowsOf } from "../../../protocol/contract/evidence.ts";
import { hashStatement, type SignedStatement } from "../../../protocol/signed/statement.ts";
import { publishBundle } from "./bundle.ts";
import { claimLane } from "./claims.ts";
import { isUsed, type Lane, signVoucher } from "./lane.ts";
import { signCompact } from "./people.ts";
import type { Scene } from "./scene.ts";

/** A batch as the chain has taken it: what evidence for a claim is made of. */
export interface SettledBatch {
  readonly batch: Batch;
  /** For each group, bit i: row i paid. */
  readonly paidRows: readonly bigint[];
}

/** Lanes that T could settle now. */
export function settleableLanes({ lanes }: Scene): Lane[] {
  return lanes.filter((lane) => lane.taken !== null && !isUsed(lane));
}

/** T settles these lanes, each by its voucher. */
export async function settleByVouchers(scene: Scene, lanes: readonly Lane[]): Promise<void> {
  const bundleHash = publishBundle(scene, lanes, []);
  const rows = lanes.map((lane): SettleableLane => {
    const amount = amountOf(lane);
    const { payer, payee, sessionKey, lane: number } = lane.allotment;
    const signature = hexToBytes(signVoucher(scene.separator, lane, amount));
    return { payer, payee, sessionKey, lane: number, amount, signature };
  });
  await send(scene, buildBatch(bundleHash, rows), lanes);
}

/** T settles these lanes by their payers' statements, one for each session key. */
export async function settleByStatements(scene: Scene, lanes: readonly Lane[]): Promise<void> {
  const sessions = [...new Set(lanes.map(({ session }) => session))];
  const statements = sessions.map((session): SignedStatement => {
    const own = lanes
      .filter((lane) => lane.session === session)
      .toSorted((a, b) => a.allotment.lane - b.allotment.lane);
    const { payer, sessionKey } = (own[0] as Lane).allotment;
    const rows = own.map((lane) => {
      return { payee: lane.allotment.payee, lane: lane.allotment.lane, amount: amountOf(lane) };
    });
    const digest = hashStatement(scene.separator, { payer, lanes: rows });
    return { payer, sessionKey, lanes: rows, signature: hexToBytes(signCompact(session, digest)) };
  });
  const bundleHash = publishBundle(scene, lanes, statements);
  await send(scene, buildStatementBatch(bundleHash, statements), lanes);
}

/** Sometimes a payee is faster than the batch: its row is skipped then. */
async function send(scene: Scene, batch: Batch, lanes: readonly Lane[]): Promise<void> {
  const { chain, random, operator } = scene;
  const hasty = random.once(3) ? random.pick(lanes) : null;
  if (hasty) await claimLane(scene, hasty);
  await chain.call(operator.address, "settle", bytesToHex(encodeBatch(batch)));
  const rows = batch.groups.flatMap((group) => group.rows.map(({ lane }) => ({ payer: group.payer, lane })));
  const laneOf = ({ payer, lane }: (typeof rows)[number]): Lane =>
    lanes.find(({ allotment }) => allotment.payer === payer && allotment.lane === lane) as Lane;
  const skipped = rows.flatMap((row, index) => (laneOf(row).isClaimed ? [index] : []));
  scene.batches.push({ batch, paidRows: paidRowsOf(batch, new Set(skipped)) });
  for (const lane of lanes) {
    if (lane.isClaimed) continue;
    lane.paid = amountOf(lane);
    lane.batch = scene.batches.length;
  }
}

function amountOf(lane: Lane): bigint {
  if (lane.taken === null) throw new Error("T holds no voucher of this lane");
  return lane.taken.amount;
}

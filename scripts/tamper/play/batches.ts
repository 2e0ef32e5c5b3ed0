import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import {
  type Batch,
  type BatchHead,
  buildBatch,
  buildStatementBatch,
  encodeBatch,
} from "../../../protocol/contract/batch.ts";
import { paidRowsOf } from "../../../protocol/contract/evidence.ts";
import type { SignedStatement } from "../../../protocol/signed/statement.ts";
import { publishBundle } from "./bundle.ts";
import type { Step } from "./chain.ts";
import { claimLane } from "./claims.ts";
import { NO_ID } from "./money-moves.ts";
import { signStatement, voucherRow } from "./papers.ts";
import { isDust, isUsed, type Lane, type Scene } from "./scene.ts";

/** Seconds for which a batch may be mined. */
const VALID_SEC = 60;

/** A batch that the authority has made, and its lanes. */
interface Prepared {
  readonly batch: Batch;
  readonly lanes: readonly Lane[];
}

/** Lanes that the authority could settle now. */
export function settleableLanes({ lanes }: Scene): Lane[] {
  return lanes.filter((lane) => lane.taken !== null && !isDust(lane) && !isUsed(lane));
}

/** Settles these lanes, each by its voucher. */
export async function settleByVouchers(scene: Scene, lanes: readonly Lane[]): Promise<void> {
  await send(scene, prepareVouchers(scene, lanes));
}

/** Settles these lanes by their payers' statements, one for each session key. */
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
    return signStatement(scene.papers, { payer, sessionKey, lanes: rows }, session);
  });
  const batch = buildStatementBatch(headOf(scene, publishBundle(scene, lanes, statements)), statements);
  await send(scene, { batch, lanes });
}

/**
 * Two batches on their way at once: the second one's bundle lists the first one's lanes as being
 * settled.
 */
export async function settleTwo(scene: Scene, first: readonly Lane[], second: readonly Lane[]): Promise<void> {
  const one = prepareVouchers(scene, first);
  for (const lane of first) lane.isSettling = true;
  const other = prepareVouchers(scene, second);
  await send(scene, one);
  for (const lane of first) lane.isSettling = false;
  await send(scene, other);
}

function prepareVouchers(scene: Scene, lanes: readonly Lane[]): Prepared {
  const bundleHash = publishBundle(scene, lanes, []);
  const rows = lanes.map((lane) =>
    voucherRow(scene.papers, { ...lane.allotment, amount: amountOf(lane) }, lane.session),
  );
  return { batch: buildBatch(headOf(scene, bundleHash), rows), lanes };
}

function headOf({ chain }: Scene, bundleHash: Hex): BatchHead {
  return { bundleHash, validUntil: chain.last().time + VALID_SEC };
}

/**
 * Sometimes a payee is faster than the batch, and its row is skipped. Sometimes other calls come in
 * the same transaction.
 */
async function send(scene: Scene, { batch, lanes }: Prepared): Promise<void> {
  const { chain, random, operator } = scene;
  const hasty = random.once(3) ? random.pick(lanes) : null;
  if (hasty) await claimLane(scene, hasty);
  const step: Step = ["settle", bytesToHex(encodeBatch(batch))];
  if (random.once(4)) await chain.multicall(operator.address, [depositStep(scene), step]);
  else await chain.call(operator.address, ...step);
  const rows = batch.groups.flatMap((group) => group.rows.map(({ lane }) => ({ payer: group.payer, lane })));
  const laneOf = ({ payer, lane }: (typeof rows)[number]): Lane =>
    lanes.find(({ allotment }) => allotment.payer === payer && allotment.lane === lane) as Lane;
  const skipped = rows.flatMap((row, index) => (laneOf(row).isClaimed ? [index] : []));
  scene.batches.push({ batch, paidRows: paidRowsOf(batch, new Set(skipped)) });
  for (const lane of lanes) {
    lane.isSkipped = lane.isClaimed;
    if (lane.isClaimed) continue;
    lane.paid = amountOf(lane);
    lane.batch = scene.batches.length;
  }
}

function depositStep({ random, parties }: Scene): Step {
  return ["depositFor", random.pick(parties).wallet.address, random.between(1n, 99n), NO_ID];
}

function amountOf(lane: Lane): bigint {
  if (lane.taken === null) throw new Error("the authority holds no voucher of this lane");
  return lane.taken.amount;
}

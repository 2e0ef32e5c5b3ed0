import type { Allotment } from "../../../protocol/signed/allotment.ts";
import { ALLOTMENT_PERIOD, SETTLE_PERIOD, SMALLEST_ROW } from "./constants.ts";
import type { Party } from "./people.ts";
import { freeOf, type Lane, type Scene, sessionOf } from "./scene.ts";

const CONTENTS = ["ab", "cd", "ef"].map((byte) => byte.repeat(20));
/** So large that nobody's credit reaches a quarter. */
export const CONTENT_SIZES = new Map(
  CONTENTS.map((infoHash) => [`0x${infoHash}`, { sizeBytes: 2 ** 30, pieceLength: 2 ** 18 }]),
);
const PRICES = [10_000n, 12_500n];
const CREDIT = 1 << 20;
/** Seconds. */
const SHORTEST_LIFE = 40n;

/**
 * The authority gives out a lane within the payer's free money. Returns null when there is none.
 */
export async function issue(scene: Scene, payer: Party, payee: Party): Promise<Lane | null> {
  const { random } = scene;
  const { expiresAt: end } = await sessionOf(scene, payer);
  const free = await freeOf(scene, payer);
  const { time } = scene.chain.last();
  if (free < 100n || end - time <= SHORTEST_LIFE) return null;
  const life = Math.min(ALLOTMENT_PERIOD, end - time);
  const expiresAt = time + Number(random.between(SHORTEST_LIFE, BigInt(life)));
  const lane = grant(scene, payer, payee, random.between(50n, (free + 1n) / 2n), expiresAt);
  scene.unpublished.push(lane);
  return lane;
}

/** Signs an allotment, whether there is money for it or not. */
export function grant(scene: Scene, payer: Party, payee: Party, cap: bigint, expiresAt: number): Lane {
  const { random, papers, lanes } = scene;
  const { block: issuedAtBlock, time: issuedAt } = scene.chain.last();
  const allotment: Allotment = {
    payer: payer.wallet.address,
    payee: payee.wallet.address,
    sessionKey: payer.session.address,
    payeeKey: payee.session.address,
    lane: 1 + lanes.filter((lane) => lane.payer === payer).length,
    cap,
    pricePerGiB: random.pick(PRICES),
    credit: CREDIT,
    infoHash: random.pick(CONTENTS),
    expiresAt,
  };
  const lane: Lane = {
    payer,
    payee,
    session: payer.session,
    allotment,
    allotmentSignature: papers.allotment(allotment, scene.allotter),
    issuedAtBlock,
    issuedAt,
    settleBy: expiresAt + SETTLE_PERIOD,
    promised: 0n,
    taken: null,
    receipt: null,
    paid: 0n,
    batch: null,
    isClaimed: false,
    isSkipped: false,
    isSettling: false,
    told: null,
  };
  lanes.push(lane);
  return lane;
}

/** The payer promises more, up to the cap. The first promise may be dust. */
export function promise({ random }: Scene, lane: Lane): void {
  const { cap } = lane.allotment;
  if (lane.promised === 0n && random.once(6)) lane.promised = random.between(1n, SMALLEST_ROW - 1n);
  else lane.promised = random.once(4) ? cap : random.between(lane.promised + 1n, cap);
}

/** The payee pushes its best voucher to the authority, and gets a receipt. */
export function push(scene: Scene, lane: Lane): void {
  lane.taken = { amount: lane.promised, receivedAt: scene.chain.last().time };
  lane.receipt = receiptOf(scene, lane, lane.taken);
}

/** The authority's word for what it has received, by the key that signs now. */
export function receiptOf({ papers, allotter }: Scene, { allotment }: Lane, taken: NonNullable<Lane["taken"]>) {
  const { payer, payee, lane } = allotment;
  return { ...taken, signature: papers.receipt({ payer, payee, lane, ...taken }, allotter) };
}

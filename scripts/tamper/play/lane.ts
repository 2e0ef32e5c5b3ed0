import type { Hex } from "../../../protocol/base/bytes.ts";
import { type Allotment, hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { type Key, type Party, signCompact } from "./people.ts";
import { ALLOTMENT_PERIOD, freeOf, type Scene, sessionOf } from "./scene.ts";

/** One lane as its payee and T know it. */
export interface Lane {
  readonly payer: Party;
  readonly payee: Party;
  /** The payer's session key of its time. */
  readonly session: Key;
  readonly allotment: Allotment;
  readonly allotmentSignature: Hex;
  readonly issuedAtBlock: number;
  readonly issuedAt: number;
  /** The payee's best voucher, base units. */
  promised: bigint;
  /** What of it T has taken, and when; null before the first push. */
  taken: { readonly amount: bigint; readonly receivedAt: number } | null;
  /** T's word for it. */
  receipt: { readonly amount: bigint; readonly receivedAt: number; readonly signature: Hex } | null;
  /** On-chain, by batch and claims, before fees. */
  paid: bigint;
  /** Number of the batch that paid on it. */
  batch: number | null;
  isClaimed: boolean;
  /** T has not yet told in a bundle that a claim has used it. */
  isClaimNews: boolean;
}

const CONTENTS = ["ab", "cd", "ef"].map((byte) => byte.repeat(20));
const PRICES = [10_000n, 12_500n];
const CREDIT = 1 << 20;
/** Seconds. */
const SHORTEST_LIFE = 40n;

/** T gives out a lane within the payer's free money. Returns null when there is none. */
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
  const { random, separator, lanes } = scene;
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
    allotmentSignature: signCompact(scene.allotter, hashAllotment(separator, allotment)),
    issuedAtBlock,
    issuedAt,
    promised: 0n,
    taken: null,
    receipt: null,
    paid: 0n,
    batch: null,
    isClaimed: false,
    isClaimNews: false,
  };
  lanes.push(lane);
  return lane;
}

/** The payer promises more, up to the cap or to `most`. */
export function promise({ random }: Scene, lane: Lane): void {
  const { cap } = lane.allotment;
  lane.promised = random.once(4) ? cap : random.between(lane.promised + 1n, cap);
}

/** The payee shows T its best voucher, and gets a receipt. */
export function push(scene: Scene, lane: Lane): void {
  const { separator, chain, allotter } = scene;
  const { payer, payee, lane: number } = lane.allotment;
  const receivedAt = chain.last().time;
  lane.taken = { amount: lane.promised, receivedAt };
  const receipt = { payer, payee, lane: number, amount: lane.promised, receivedAt };
  lane.receipt = {
    amount: lane.promised,
    receivedAt,
    signature: signCompact(allotter, hashReceipt(separator, receipt)),
  };
}

export function isUsed(lane: Lane): boolean {
  return lane.batch !== null || lane.isClaimed;
}

/** The payer's session key has signed this amount of the lane. */
export function signVoucher(separator: DomainSeparator, lane: Lane, amount: bigint): Hex {
  const { payer, payee, lane: number } = lane.allotment;
  return signCompact(lane.session, hashVoucher(separator, { payer, payee, lane: number, amount }));
}

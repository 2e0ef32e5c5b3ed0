import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Batch } from "../../../protocol/contract/batch.ts";
import type { Random } from "../random.ts";
import type { Chain } from "./chain.ts";
import { CLAIM_PERIOD, NO_LIMIT, SMALLEST_ROW } from "./constants.ts";
import type { Granted, Papers } from "./papers.ts";
import type { Key, Party } from "./people.ts";

/** A play under way: an honest authority, its customers, and the chain that sees what they do. */
export interface Scene {
  readonly random: Random;
  readonly chain: Chain;
  readonly papers: Papers;
  readonly parties: readonly Party[];
  /** Has tokens, and deposits for others. */
  readonly patron: Key;
  owner: Key;
  operator: Key;
  allotter: Key;
  /** Earlier allotters that are not retired yet. */
  readonly leaving: Key[];
  /** How many keys have ever been an allotter. */
  allotters: number;
  /** How many numbered deposits the patron has made. */
  deposits: number;
  readonly lanes: Lane[];
  readonly batches: SettledBatch[];
  /** The bundles that the authority publishes: UTF-8 bytes by name. */
  readonly bundles: Map<Hex, Uint8Array>;
  previousBundle: Hex;
  /** Lanes whose allotments are in no bundle yet, in order of issue. */
  unpublished: Lane[];
}

/** One lane as its payee and the authority know it. */
export interface Lane extends Granted {
  readonly payer: Party;
  readonly payee: Party;
  readonly issuedAtBlock: number;
  readonly issuedAt: number;
  /** Last second in which an honest authority settles it. */
  settleBy: number;
  /** The payee's best voucher, base units. */
  promised: bigint;
  /** What the authority has received of it, and when. Null: before the first push. */
  taken: { readonly amount: bigint; readonly receivedAt: number } | null;
  /** The authority's word for it. */
  receipt: { readonly amount: bigint; readonly receivedAt: number; readonly signature: Hex } | null;
  /** On-chain, by batch and claims, before fees. */
  paid: bigint;
  /** Number of the batch that paid on it. */
  batch: number | null;
  isClaimed: boolean;
  /** A batch tried to pay on it, and a claim was faster. */
  isSkipped: boolean;
  /** A batch that settles it is on its way. */
  isSettling: boolean;
  /** What bundles said of it last; null: nothing yet. */
  told: string | null;
}

/** A batch as the chain has taken it: what the evidence of a claim is made of. */
export interface SettledBatch {
  readonly batch: Batch;
  /** For each group, bit i: row i paid. */
  readonly paidRows: readonly bigint[];
}

export interface Account {
  readonly balance: bigint;
  readonly withdrawing: bigint;
  readonly withdrawableAt: number;
  readonly releaseNonce: number;
}

export interface Session {
  readonly limit: bigint;
  readonly spent: bigint;
  readonly expiresAt: number;
  readonly revoked: boolean;
}

export function isUsed(lane: Lane): boolean {
  return lane.batch !== null || lane.isClaimed;
}

export function isDust({ taken }: Lane): boolean {
  return taken !== null && taken.amount < SMALLEST_ROW;
}

export function accountOf({ chain }: Scene, account: Address): Promise<Account> {
  return chain.view<Account>("accountOf", account);
}

export function sessionOf({ chain }: Scene, party: Pick<Party, "wallet" | "session">): Promise<Session> {
  const { wallet, session } = party;
  return chain.view<Session>("sessionOf", wallet.address, session.address);
}

/** Those of a payer's lanes that may still take money: until their claims are over. */
function reservedLanes({ lanes, chain }: Scene, payer: Party): Lane[] {
  const { time } = chain.last();
  return lanes.filter((lane) => lane.payer === payer && time < lane.allotment.expiresAt + CLAIM_PERIOD);
}

/** What they may still take: cap - paid of each. */
export function reservedOf(scene: Scene, payer: Party): bigint {
  return reservedLanes(scene, payer).reduce((sum, { allotment, paid }) => sum + allotment.cap - paid, 0n);
}

/**
 * What the authority may still promise of this payer's money: what its account and each session
 * with lanes leave (docs/protocol.md 3.1).
 */
export async function freeOf(scene: Scene, payer: Party): Promise<bigint> {
  const { balance, withdrawing } = await accountOf(scene, payer.wallet.address);
  const sessions = new Set([payer.session, ...reservedLanes(scene, payer).map(({ session }) => session)]);
  let left = balance - withdrawing;
  for (const session of sessions) {
    const { limit, spent } = await sessionOf(scene, { wallet: payer.wallet, session });
    if (limit !== NO_LIMIT && limit - spent < left) left = limit - spent;
  }
  return left - reservedOf(scene, payer);
}

import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import type { Random } from "../random.ts";
import type { SettledBatch } from "./batches.ts";
import type { Chain } from "./chain.ts";
import type { Lane } from "./lane.ts";
import type { Key, Party } from "./people.ts";

/** A and CW, seconds. */
export const ALLOTMENT_PERIOD = 120;
export const CLAIM_PERIOD = 120;
/** T settles what is due so long after a lane's end. */
export const SETTLE_PERIOD = CLAIM_PERIOD / 4;
/** 2^96-1: a session without a limit. */
export const NO_LIMIT = 2n ** 96n - 1n;

/** A play under way: an honest T, its customers, and the chain that sees what they do. */
export interface Scene {
  readonly random: Random;
  readonly chain: Chain;
  readonly separator: DomainSeparator;
  readonly parties: readonly Party[];
  /** Has tokens: deposits for others. */
  readonly patron: Key;
  owner: Key;
  operator: Key;
  allotter: Key;
  /** Every key that has ever been an allotter. */
  allotters: number;
  readonly lanes: Lane[];
  readonly batches: SettledBatch[];
  /** T's audit bundles: UTF-8 bytes by name. */
  readonly bundles: Map<Hex, Uint8Array>;
  previousBundle: Hex;
  /** Lanes whose allotments are in no bundle yet, in order of issue. */
  unpublished: Lane[];
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

export function accountOf({ chain }: Scene, account: Address): Promise<Account> {
  return chain.view<Account>("accountOf", account);
}

export function sessionOf({ chain }: Scene, { wallet, session }: Party): Promise<Session> {
  return chain.view<Session>("sessionOf", wallet.address, session.address);
}

/** What a payer's lanes may still take: cap - paid of each until its claims are over. */
export function reservedOf({ lanes, chain }: Scene, payer: Party): bigint {
  const { time } = chain.last();
  return lanes
    .filter((lane) => lane.payer === payer && time < lane.allotment.expiresAt + CLAIM_PERIOD)
    .reduce((sum, { allotment, paid }) => sum + allotment.cap - paid, 0n);
}

/** What T may still promise of this payer's money. */
export async function freeOf(scene: Scene, payer: Party): Promise<bigint> {
  const { balance, withdrawing } = await accountOf(scene, payer.wallet.address);
  const { limit, spent } = await sessionOf(scene, payer);
  const left = limit === NO_LIMIT ? balance : limit - spent;
  const money = balance - withdrawing;
  return (left < money ? left : money) - reservedOf(scene, payer);
}

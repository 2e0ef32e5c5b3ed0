import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { EndReceipt } from "./ending.ts";
import { bumpedFees, type Fees, type GasPrice, isPayable } from "./fees.ts";

/** One signed transaction of an action. Of one action there are several: replacements. */
export interface Attempt {
  readonly sender: Address;
  readonly nonce: number;
  readonly hash: Hex;
  readonly fees: Fees;
  /** It only uses the nonce up, without doing anything. */
  readonly isCancel: boolean;
  /** The newest block then. */
  readonly signedAtBlock: number;
}

/** An action that has not ended. */
export interface Pending {
  readonly id: number;
  readonly state: "intent" | "signed" | "sent" | "mined";
  /** All ever signed, oldest first. Those with `nonce` can still be mined. */
  readonly attempts: readonly Attempt[];
  /** Null: none can, as far as a confirmed block tells. */
  readonly nonce: number | null;
  /** Where it was seen last. */
  readonly block: number | null;
  /** Last second in which it has an effect; null: any. */
  readonly deadline: number | null;
  /** Seconds since 1970: it is left alone before. */
  readonly notBefore: number;
  /** Why the nodes never take it as it is; null: they may. */
  readonly cancelReason: string | null;
  /** The nodes want a higher fee. */
  readonly isUnderpriced: boolean;
  /** The newest block when it was sent last, by this process; null: not yet. */
  readonly sentAtBlock: number | null;
}

/** What the nodes say. Nonces are how many transactions the chain holds of a sender. */
export interface ChainView {
  /** It signs what begins. */
  readonly operator: Address;
  /** All senders whose keys are here: what they have signed can be replaced. */
  readonly signers: ReadonlySet<Address>;
  readonly latest: number;
  /** Time of the newest block: deadlines are the chain's. */
  readonly time: number;
  /** The authority's clock, which runs on without blocks. */
  readonly now: number;
  readonly nonces: ReadonlyMap<Address, { readonly latest: number; readonly confirmed: number }>;
  /** By hash. Null: in no block. Without an entry: nobody could tell. */
  readonly receipts: ReadonlyMap<Hex, (EndReceipt & { readonly isFinal: boolean }) | null>;
  readonly price: GasPrice;
}

export interface Policy {
  /** A transaction that waits for so many blocks gets a higher fee. */
  readonly bumpAfterBlocks: number;
  /** Most that is paid, wei per gas. */
  readonly ceiling: bigint;
  /** Nodes hold only so many of one sender. */
  readonly maxWaiting: number;
}

export type Effect =
  /** It is in a confirmed block. */
  | { readonly type: "end"; readonly id: number; readonly attempt: Attempt; readonly receipt: EndReceipt }
  | { readonly type: "mined"; readonly id: number; readonly attempt: Attempt; readonly receipt: EndReceipt }
  /** Its block is gone. */
  | { readonly type: "unmined"; readonly id: number }
  /** Something else has used its nonce in a confirmed block, so its effect on the chain decides. */
  | { readonly type: "lost"; readonly id: number }
  | { readonly type: "send"; readonly id: number; readonly hash: Hex }
  | { readonly type: "replace"; readonly id: number; readonly fees: Fees }
  | { readonly type: "cancel"; readonly id: number; readonly fees: Fees; readonly reason: string }
  /** A nonce below others that nothing uses: they cannot be mined before it. */
  | { readonly type: "fill"; readonly sender: Address; readonly nonce: number }
  /** Nothing was signed, and it is too late. */
  | { readonly type: "drop"; readonly id: number; readonly reason: string }
  /** Try it and sign it, in this order, with the next free nonces. */
  | { readonly type: "begin"; readonly id: number };

export interface Plan {
  readonly effects: readonly Effect[];
  /** The first nonce that was never used. */
  readonly nextNonce: number;
  /** Replacements that would pay more than the ceiling: they wait for the price to fall. */
  readonly aboveCeiling: number;
}

/** A block or two may pass until a node has passed a transaction on. */
const RESEND_BLOCKS = 2;
const TOO_LATE = "too late: it was not in a block before its deadline";

/**
 * What to do about all actions that have not ended. Pure. Each is decided for itself, so one that
 * is stuck or cannot be read holds up no other. `usedNonces`: the operator's from the
 * chain's own on, of all that was ever signed.
 */
export function planTransactions(
  pending: readonly Pending[],
  usedNonces: ReadonlySet<number>,
  view: ChainView,
  policy: Policy,
): Plan {
  const effects: Effect[] = [];
  let aboveCeiling = 0;
  for (const one of pending) {
    const effect = follow(one, view, policy);
    if (effect === "above-ceiling") aboveCeiling++;
    else if (effect !== null) effects.push(effect);
  }
  const { latest } = view.nonces.get(view.operator) ?? { latest: 0 };
  const nextNonce = Math.max(latest, ...[...usedNonces].map((nonce) => nonce + 1));
  for (const sender of view.signers)
    effects.push(...findGaps(pending, sender, sender === view.operator ? nextNonce : 0, view, policy.maxWaiting));
  const waiting = pending.filter(({ state }) => state === "signed" || state === "sent").length;
  let room = Math.max(0, policy.maxWaiting - waiting);
  for (const { id, state, notBefore, deadline } of pending) {
    if (state !== "intent" || view.now < notBefore) continue;
    if (deadline !== null && view.time > deadline) continue;
    if (room-- > 0) effects.push({ type: "begin", id });
  }
  return { effects, nextNonce, aboveCeiling };
}

function follow(one: Pending, view: ChainView, policy: Policy): Effect | "above-ceiling" | null {
  const { id, state, attempts, nonce, deadline } = one;
  const found = attempts.flatMap((attempt) => {
    const receipt = view.receipts.get(attempt.hash);
    if (!receipt) return [];
    // An earlier nonce's failure was judged when it was given up. A success counts at any time.
    const counts = attempt.nonce === nonce || (receipt.isSuccess && !attempt.isCancel);
    return counts ? [{ attempt, receipt }] : [];
  });
  // Two can be mined when a nonce was lost on the word of a node that lagged. The first one counts.
  const [first] = found.toSorted((a, b) => a.receipt.block - b.receipt.block);
  if (first) {
    if (first.receipt.isFinal) return { type: "end", id, ...first };
    return state === "mined" && one.block === first.receipt.block ? null : { type: "mined", id, ...first };
  }
  const isLate = deadline !== null && view.time > deadline;
  if (state === "intent" || nonce === null) return isLate ? { type: "drop", id, reason: TOO_LATE } : null;
  // Nothing is decided about one that no node could tell of.
  if (attempts.some(({ hash }) => !view.receipts.has(hash))) return null;
  const live = attempts.filter((attempt) => attempt.nonce === nonce);
  const newest = live.at(-1);
  const nonces = newest && view.nonces.get(newest.sender);
  if (newest === undefined || nonces === undefined) return null;
  if (nonces.confirmed > nonce) return { type: "lost", id };
  // In a block that one node has and another has not, or used by something else: time tells.
  if (nonces.latest > nonce) return null;
  if (state === "mined") return { type: "unmined", id };
  if (!view.signers.has(newest.sender)) return resend(one, newest, view);
  return bumpOrSend(one, { newest, isNext: nonces.latest === nonce, isLate }, view, policy);
}

function bumpOrSend(
  one: Pending,
  { newest, isNext, isLate }: { readonly newest: Attempt; readonly isNext: boolean; readonly isLate: boolean },
  view: ChainView,
  { bumpAfterBlocks, ceiling }: Policy,
): Effect | "above-ceiling" | null {
  const reason = one.cancelReason ?? (isLate ? TOO_LATE : null);
  const isStuck = isNext || !isPayable(newest.fees, view.price);
  const isDue = one.isUnderpriced || (isStuck && view.latest - newest.signedAtBlock >= bumpAfterBlocks);
  const isToCancel = reason !== null && !newest.isCancel;
  if (!isToCancel && !isDue) return resend(one, newest, view);
  const fees = bumpedFees(newest.fees, view.price, ceiling);
  if (fees === null) return resend(one, newest, view) ?? "above-ceiling";
  if (reason !== null || newest.isCancel) return { type: "cancel", id: one.id, fees, reason: reason ?? TOO_LATE };
  return { type: "replace", id: one.id, fees };
}

function resend(one: Pending, newest: Attempt, { latest, now }: ChainView): Effect | null {
  if (now < one.notBefore) return null;
  const isDue = one.sentAtBlock === null || one.state === "signed" || latest >= one.sentAtBlock + RESEND_BLOCKS;
  return isDue ? { type: "send", id: one.id, hash: newest.hash } : null;
}

/**
 * Nonces of this sender, from the chain's on, that no pending action holds: what waits above them
 * is mined only after them. Nobody sends again what had used them, since it has ended, such as a
 * deposit that failed in a block that is gone and was paid back. `end`: all below it were used.
 */
function findGaps(
  pending: readonly Pending[],
  sender: Address,
  end: number,
  { nonces }: ChainView,
  most: number,
): Effect[] {
  const held = new Set(
    pending.flatMap(({ nonce, attempts }) => (attempts.at(-1)?.sender === sender && nonce !== null ? [nonce] : [])),
  );
  const last = Math.max(end - 1, ...held);
  const gaps: Effect[] = [];
  for (let nonce = nonces.get(sender)?.latest ?? last; nonce <= last && gaps.length < most; nonce++)
    if (!held.has(nonce)) gaps.push({ type: "fill", sender, nonce });
  return gaps;
}

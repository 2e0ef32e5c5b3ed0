import type { Address } from "../../facts/primitives.ts";
import type { AccountState, SessionState } from "../../facts/state.ts";
import type { LiveLane } from "../published-allotments.ts";

/** 2^96-1: a session without a limit. */
const NO_LIMIT = (1n << 96n) - 1n;

/** The state at the end of the block at which the authority read all money. */
export interface MoneyThen {
  readonly account: Pick<AccountState, "balance" | "withdrawing"> | undefined;
  sessionOf(sessionKey: Address): Pick<SessionState, "limit" | "spent"> | undefined;
}

/** The first lane with which a payer's lanes could take more than there was. Base units. */
export interface Overcommitment {
  readonly lane: number;
  /** The session whose limit was too low. Null: the deposit was. */
  readonly sessionKey: Address | null;
  readonly reserved: bigint;
  readonly free: bigint;
}

/**
 * The rule of docs/protocol.md 3.1: in order of issue, each lane together with all before it must
 * be covered. `live`: the lanes of one payer; `issued`: those to be judged. Unused releases are
 * unknown, so the authority is judged a little too kindly.
 */
export function findOvercommitment(
  live: readonly LiveLane[],
  issued: ReadonlySet<number>,
  { account, sessionOf }: MoneyThen,
): Overcommitment | null {
  const free = account ? account.balance - account.withdrawing : 0n;
  const ofSession = new Map<Address, bigint>();
  let reserved = 0n;
  for (const { lane, sessionKey, open } of live) {
    reserved += open;
    const own = (ofSession.get(sessionKey) ?? 0n) + open;
    ofSession.set(sessionKey, own);
    if (!issued.has(lane)) continue;
    if (reserved > free) return { lane, sessionKey: null, reserved, free };
    const left = limitLeft(sessionOf(sessionKey));
    if (own > left) return { lane, sessionKey, reserved: own, free: left };
  }
  return null;
}

/**
 * What one payer's live lanes may take beyond its balance and its sessions' limits. The bond pays
 * that.
 */
export function uncovered(live: readonly LiveLane[], { account, sessionOf }: MoneyThen): bigint {
  const ofSession = Map.groupBy(live, ({ sessionKey }) => sessionKey);
  const payable = [...ofSession].map(([key, lanes]) => {
    const [sum, left] = [sumOf(lanes), limitLeft(sessionOf(key))];
    return sum < left ? sum : left;
  });
  const balance = account?.balance ?? 0n;
  const within = payable.reduce((sum, amount) => sum + amount, 0n);
  return sumOf(live) - (within < balance ? within : balance);
}

function limitLeft(session: Pick<SessionState, "limit" | "spent"> | undefined): bigint {
  if (session === undefined) return 0n;
  return session.limit === NO_LIMIT ? NO_LIMIT : session.limit - session.spent;
}

function sumOf(lanes: readonly LiveLane[]): bigint {
  return lanes.reduce((sum, { open }) => sum + open, 0n);
}

import type { Deposits, Sessions, Withdrawals } from "../../protocol/http/timeline.ts";
import type { Caller, Context } from "../context.ts";
import { depositReply } from "../funding/deposits.ts";
import { type ChainDeposit, listPaidIn } from "../store/deposits/chain-deposits.ts";
import { findRelay } from "../store/tables/sessions.ts";
import { listSessionsOf, listWithdrawalsOf } from "../store/views/account-timeline.ts";
import { withdrawalReply } from "../withdrawals/withdrawals.ts";

const PAGE = 100;

/** A page of what was paid in, newest first, behind the first `offset`. */
export async function listDeposits({ chain, store }: Context, { account }: Caller, offset: number): Promise<Deposits> {
  const operators = await chain.readOperators();
  const rows = await listPaidIn(store.db, { account, operators }, { offset, limit: PAGE });
  const deposits = rows.map(async (row): Promise<Deposits["deposits"][number]> => {
    if (row.by === "chain") return onChain(row.deposit);
    const { createdAt } = row.deposit;
    return { ...(await depositReply(store.db, row.deposit)), by: "card", from: null, createdAt };
  });
  return { deposits: await Promise.all(deposits), cursor: cursorOf(rows, offset) };
}

/** The mirror holds final blocks only. */
function onChain({ txHash, logIndex, depositId, sender, amount, at }: ChainDeposit): Deposits["deposits"][number] {
  const id = /^0x0*$/.test(depositId) ? `${txHash}:${logIndex}` : depositId;
  return { id, by: "chain", from: sender, amount, state: "credited", reason: null, txHash, createdAt: at };
}

/** A page of what was taken out or asked back, newest first, behind the first `offset`. */
export async function listWithdrawals(context: Context, { account }: Caller, offset: number): Promise<Withdrawals> {
  const rows = await listWithdrawalsOf(context.store.db, account, offset, PAGE);
  const replies = rows.map(async (row) => ({ ...(await withdrawalReply(context, row)), createdAt: row.createdAt }));
  return { withdrawals: await Promise.all(replies), cursor: cursorOf(rows, offset) };
}

function cursorOf(rows: readonly unknown[], offset: number): string | null {
  return rows.length === PAGE ? String(offset + PAGE) : null;
}

/** The account's newest session keys, and what the contract lets each spend. */
export async function listSessions(context: Context, { account }: Caller): Promise<Sessions> {
  const { chain, clock, presence, revocations, store } = context;
  const rows = await listSessionsOf(store.db, account, PAGE);
  const now = clock.now();
  const sessions = rows.map(async ({ sessionKey, createdAt }): Promise<Sessions["sessions"][number]> => {
    const [relay, session] = await Promise.all([
      findRelay(store.db, account, sessionKey),
      chain.readSession(account, sessionKey),
    ]);
    return {
      sessionKey,
      createdAt,
      isOnline: presence.isOnline(sessionKey),
      isLoggedOut: revocations.isRevoked({ sessionKey, issuedAt: createdAt }),
      state: stateOf(session, relay?.state ?? null, now),
      limit: session.limit.toString(),
      spent: session.spent.toString(),
      expiresAt: session.expiresAt,
    };
  });
  return { sessions: await Promise.all(sessions) };
}

function stateOf(
  session: { readonly isRevoked: boolean; readonly expiresAt: number },
  relay: "pending" | "relayed" | "failed" | null,
  now: number,
): Sessions["sessions"][number]["state"] {
  if (session.isRevoked) return "revoked";
  if (session.expiresAt > now) return "active";
  if (relay === "pending" || relay === "failed") return relay;
  return session.expiresAt === 0 ? "none" : "expired";
}

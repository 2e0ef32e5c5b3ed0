import type { Static } from "typebox";
import { AccessError, InputError, PaymentError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { SessionReply, SessionSchema } from "../../protocol/http/accounts.ts";
import { hashSessionAuthorization } from "../../protocol/signed/session.ts";
import { encodeAuthorizeSessionFor, lastSecondOf } from "../chain/contract-calls.ts";
import type { Ending } from "../chain/transactions/ending.ts";
import type { Caller, Context } from "../context.ts";
import { RELAY_GAS, takeGas } from "../gas-budget.ts";
import { endRelay, findRelay, findRelayOf, findSessions, insertRelay } from "../store/tables/sessions.ts";
import { enqueueTransaction, findTransaction } from "../store/tables/transactions.ts";
import { isSignedByKey } from "./wallet-key.ts";

/** The wallet's clock may differ from the authority's by this much. */
const SKEW_SEC = 60;

/**
 * Relays the wallet's authorization of a session key that has logged in to its account: this one,
 * or that of another device. The same authorization again changes
 * nothing.
 * @throws {AccessError} FORBIDDEN, RATE_LIMITED
 * @throws {PaymentError} DEPOSIT_REQUIRED
 * @throws {InputError} SESSION_EXPIRY_INVALID, SESSION_REFUSED
 */
export async function relaySession(
  context: Context,
  caller: Caller,
  body: Static<typeof SessionSchema>,
): Promise<SessionReply> {
  const { chain, clock, config, store } = context;
  const sessionKey = parseAddress(body.sessionKey);
  const [known] = await findSessions(store.db, [sessionKey]);
  if (known?.account !== caller.account)
    throw new AccessError("FORBIDDEN", "log in with the session key that is to be authorized");
  const limit = parseBaseUnits(body.limit);
  const { expiresAt } = body;
  const now = clock.now();
  const latest = now + config.params.sessionLifetimeSec + SKEW_SEC;
  if (expiresAt <= now || expiresAt > latest)
    throw new InputError("SESSION_EXPIRY_INVALID", `a session must end within ${config.params.sessionLifetimeSec} s`);
  const account = await chain.readAccount(caller.account);
  if (account.balance === 0n)
    throw new PaymentError("DEPOSIT_REQUIRED", "the account has no deposit: pay one in first (floodgate deposit)");
  const actionId = `session:${caller.account}:${sessionKey}:${limit}:${expiresAt}`;
  const authorization = { account: caller.account, sessionKey, limit, expiresAt };
  const data = encodeAuthorizeSessionFor(authorization, body.signature as `0x${string}`);
  const digest = hashSessionAuthorization(context.separator, authorization);
  const { isRevoked } = await chain.readSession(caller.account, sessionKey);
  // The contract judges all else, such as the signature of a wallet with code.
  if (isRevoked || !(await isSignedByKey(caller.account, digest, body.signature as `0x${string}`))) {
    const simulation = await chain.simulate(chain.facts.contract, data);
    if (!simulation.ok)
      throw new InputError("SESSION_REFUSED", `the contract refuses the authorization: ${simulation.reason}`);
  }
  await store.transaction(async (trx) => {
    if (await findTransaction(trx, actionId)) return;
    await takeGas(context, trx, { account: caller.account, actionId, gas: RELAY_GAS.session });
    const relay = { actionId, account: caller.account, sessionKey, limit: limit.toString(), expiresAt, createdAt: now };
    await insertRelay(trx, relay);
    await enqueueTransaction(trx, { actionId, kind: "session", recipient: chain.facts.contract, data });
  });
  context.wake();
  return readSession(context, caller, sessionKey);
}

/** @throws {AccessError} SESSION_UNKNOWN */
export async function readSession(context: Context, caller: Caller, sessionKey: Address): Promise<SessionReply> {
  const { chain, store } = context;
  const relay = await findRelay(store.db, caller.account, sessionKey);
  const transaction = relay && (await findTransaction(store.db, relay.actionId));
  const session = await chain.readSession(caller.account, sessionKey);
  if (!relay && session.expiresAt === 0)
    throw new AccessError("SESSION_UNKNOWN", "this account has not authorized that session key");
  // The chain decides, since anyone may relay the same authorization.
  const isActive = !relay || (session.expiresAt >= relay.expiresAt && session.limit >= BigInt(relay.limit));
  const pendingOrFailed = relay?.state === "failed" ? "failed" : "pending";
  return {
    sessionKey,
    state: session.isRevoked ? "revoked" : isActive ? "active" : pendingOrFailed,
    limit: session.limit.toString(),
    spent: session.spent.toString(),
    expiresAt: session.expiresAt,
    txHash: transaction?.hash ?? null,
  };
}

/** How a relayed authorization ends. Anyone may relay it: the chain decides. */
export function sessionEnding({ chain, store }: Pick<Context, "chain" | "store">): Ending {
  return {
    deadlineOf: lastSecondOf,
    async isDone({ actionId }) {
      const relay = await findRelayOf(store.db, actionId);
      if (!relay) return false;
      const session = await chain.readSession(relay.account, relay.sessionKey);
      return session.expiresAt >= relay.expiresAt && session.limit >= BigInt(relay.limit);
    },
    onFinal: (db, { actionId }) => endRelay(db, actionId, "relayed"),
    onFailed: (db, { actionId }) => endRelay(db, actionId, "failed"),
  };
}

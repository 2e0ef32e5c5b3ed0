import { type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { InputError, ProtocolError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import type { StatementBody, StatementOffer } from "../../protocol/http/payments.ts";
import { hashStatement, MAX_STATEMENT_LANES, type StatementLane } from "../../protocol/signed/statement.ts";
import type { Caller, Context } from "../context.ts";
import { isStatementWorth } from "../settlement/gas-worth.ts";
import { finishedSince, settlementRules } from "../settlement/planner.ts";
import type { Db } from "../store/database.ts";
import type { StoredLane } from "../store/tables/lanes.ts";
import { dropStatement, insertStatement, listOpenLanesOfSession } from "../store/tables/statements.ts";

/**
 * The finished lanes of this session that one signature would settle (docs/protocol.md 7.3). While
 * one of them is unsigned, all are offered: the new statement replaces the earlier ones, so a batch
 * has one group for each session.
 */
export async function offerStatement(context: Context, caller: Caller): Promise<StatementOffer> {
  const all = await listStatable(context, context.store.db, caller);
  const unsigned = all.filter(({ statementId }) => statementId === null);
  const waiting = unsigned.length === 0 || all.length > MAX_STATEMENT_LANES ? unsigned : all;
  const offered = waiting.slice(0, MAX_STATEMENT_LANES);
  const isWorth = isStatementWorth(offered.map(amountsOf), context.gasWorth.costOf);
  return {
    payer: caller.account,
    lanes: (isWorth ? offered : []).map(({ payee, lane, amount }) => ({ payee, lane, amount })),
  };
}

/**
 * Stores the payer's statement. It must say exactly what the authority holds vouchers for: less
 * would cost a payee, and the payee could not prove more. The same statement again changes nothing.
 * @throws {InputError} STATEMENT_INVALID, STATEMENT_STALE
 * @throws {ProtocolError} SIGNATURE_INVALID
 */
export async function takeStatement(context: Context, caller: Caller, body: StatementBody): Promise<StatementOffer> {
  const { clock, log, separator, store } = context;
  const lanes = body.lanes.map(parseLane);
  const { account: payer, sessionKey } = caller;
  const digest = hashStatement(separator, { payer, lanes });
  if (recoverSigner(digest, hexToBytes(body.signature as Hex)) !== sessionKey)
    throw new ProtocolError("SIGNATURE_INVALID", "the statement is not signed by this session key");
  const isNew = await store.transaction(async (trx) => {
    const held = new Map((await listStatable(context, trx, caller)).map((lane) => [lane.lane, lane]));
    const named = lanes.map((lane) => sameLane(held.get(lane.lane), lane));
    const [first] = named as [StoredLane, ...StoredLane[]];
    if (first.statementId !== null && named.every(({ statementId }) => statementId === first.statementId)) return false;
    if (!isStatementWorth(named.map(amountsOf), context.gasWorth.costOf))
      throw new InputError("STATEMENT_STALE", "the lanes are not worth the gas of a statement now: wait for more");
    for (const id of new Set(named.map(({ statementId }) => statementId)))
      if (id !== null) await dropStatement(trx, id);
    const statement = { payer, sessionKey, signature: body.signature as Hex, createdAt: clock.now() };
    await insertStatement(trx, statement, named);
    return true;
  });
  if (isNew) {
    log.info({ payer, lanes: lanes.length }, "statement stored");
    context.wake();
  }
  return offerStatement(context, caller);
}

async function listStatable(context: Context, db: Db, { account, sessionKey }: Caller): Promise<StoredLane[]> {
  const rules = settlementRules(context);
  const now = context.clock.now();
  const open = await listOpenLanesOfSession(db, account, sessionKey);
  return open.filter(
    (lane) =>
      lane.isVoucherOnly === 0 && BigInt(lane.amount) >= rules.minRow && finishedSince(lane, now, rules) !== null,
  );
}

function amountsOf({ payee, amount }: StoredLane) {
  return { payee, amount: BigInt(amount) };
}

function sameLane(held: StoredLane | undefined, { payee, amount }: StatementLane): StoredLane {
  if (held?.payee !== payee || held.amount !== amount.toString()) throw stale();
  return held;
}

function parseLane({ payee, lane, amount }: StatementBody["lanes"][number]): StatementLane {
  return { payee: parseAddress(payee), lane, amount: parseBaseUnits(amount) };
}

function stale(): InputError {
  return new InputError(
    "STATEMENT_STALE",
    "the lanes are not, or no longer, as this statement says: ask for them again",
  );
}

import { parseAddress } from "../../../protocol/base/ids.ts";
import {
  AccountLanesSchema,
  AccountSchema,
  DepositReplySchema,
  DepositSchema,
  SessionReplySchema,
  SessionSchema,
} from "../../../protocol/http/accounts.ts";
import { WithdrawalReplySchema, WithdrawalSchema } from "../../../protocol/http/payments.ts";
import { listAccountLanes } from "../../accounts/account-lanes.ts";
import { readAccountSummary } from "../../accounts/account-summary.ts";
import { readSession, relaySession } from "../../accounts/sessions.ts";
import type { Context } from "../../context.ts";
import type { Charges } from "../../funding/charges.ts";
import { createDeposit, readDeposit } from "../../funding/deposits.ts";
import { readWithdrawal, requestWithdrawal } from "../../withdrawals/withdrawals.ts";
import { CursorSchema, readCursor } from "../cursor.ts";
import { callerOf } from "../gate.ts";
import { ACCESS, DOWNLOAD, IdSchema, PROBLEMS, SESSION, type Server } from "./route.ts";

/** May end in a transaction that the authority pays. */
const RELAYED = { ...SESSION, cost: 20 } as const;

/** Routes about the money of the caller's account. */
export function addAccountRoutes(server: Server, context: Context, charges: Charges): void {
  server.post(
    "/v1/deposits",
    {
      config: RELAYED,
      schema: { body: DepositSchema, security: ACCESS, response: { 200: DepositReplySchema, ...PROBLEMS } },
    },
    (request) => {
      const key = request.headers["idempotency-key"];
      return createDeposit(
        context,
        charges,
        callerOf(request),
        typeof key === "string" ? key : undefined,
        request.body,
      );
    },
  );
  server.get(
    "/v1/deposits/:id",
    {
      config: SESSION,
      schema: { params: IdSchema, security: ACCESS, response: { 200: DepositReplySchema, ...PROBLEMS } },
    },
    (request) => readDeposit(context, callerOf(request), request.params.id),
  );

  server.post(
    "/v1/sessions",
    {
      config: RELAYED,
      schema: { body: SessionSchema, security: ACCESS, response: { 200: SessionReplySchema, ...PROBLEMS } },
    },
    (request) => relaySession(context, callerOf(request), request.body),
  );
  server.get(
    "/v1/sessions/:id",
    {
      config: DOWNLOAD,
      schema: { params: IdSchema, security: ACCESS, response: { 200: SessionReplySchema, ...PROBLEMS } },
    },
    (request) => readSession(context, callerOf(request), parseAddress(request.params.id)),
  );

  server.get(
    "/v1/account",
    { config: DOWNLOAD, schema: { security: ACCESS, response: { 200: AccountSchema, ...PROBLEMS } } },
    (request) => readAccountSummary(context, callerOf(request)),
  );
  server.get(
    "/v1/account/lanes",
    {
      config: SESSION,
      schema: { querystring: CursorSchema, security: ACCESS, response: { 200: AccountLanesSchema, ...PROBLEMS } },
    },
    (request) => listAccountLanes(context, callerOf(request), readCursor(request.query.cursor)),
  );

  server.post(
    "/v1/withdrawals",
    {
      config: RELAYED,
      schema: { body: WithdrawalSchema, security: ACCESS, response: { 200: WithdrawalReplySchema, ...PROBLEMS } },
    },
    (request) => requestWithdrawal(context, callerOf(request), request.body),
  );
  server.get(
    "/v1/withdrawals/:id",
    {
      config: SESSION,
      schema: { params: IdSchema, security: ACCESS, response: { 200: WithdrawalReplySchema, ...PROBLEMS } },
    },
    (request) => readWithdrawal(context, callerOf(request), request.params.id),
  );
}

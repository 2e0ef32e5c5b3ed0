import { parseAddress } from "../../../protocol/base/ids.ts";
import {
  AccountLanesSchema,
  AccountSchema,
  DepositReplySchema,
  DepositSchema,
  SessionReplySchema,
  SessionSchema,
} from "../../../protocol/http/accounts.ts";
import {
  ComplaintReplySchema,
  ComplaintSchema,
  PushReplySchema,
  PushSchema,
  StatementOfferSchema,
  StatementSchema,
  WithdrawalReplySchema,
  WithdrawalSchema,
} from "../../../protocol/http/payments.ts";
import { listAccountLanes } from "../../accounts/account-lanes.ts";
import { readAccountSummary } from "../../accounts/account-summary.ts";
import { readSession, relaySession } from "../../accounts/sessions.ts";
import { takeComplaint } from "../../complaints/take-complaint.ts";
import type { Context } from "../../context.ts";
import type { Charges } from "../../funding/charges.ts";
import { createDeposit, readDeposit } from "../../funding/deposits.ts";
import { offerStatement, takeStatement } from "../../statements/statements.ts";
import { pushVouchers } from "../../vouchers/intake.ts";
import { readWithdrawal, requestWithdrawal } from "../../withdrawals/withdrawals.ts";
import { requireCaller } from "../bearer.ts";
import { CursorSchema, readCursor } from "../cursor.ts";
import { ACCESS, IdSchema, PROBLEMS, type Server } from "./route.ts";

/** Routes about the money of the caller's account. */
export function addAccountRoutes(server: Server, context: Context, charges: Charges): void {
  const callerOf = (request: { headers: { authorization?: string | undefined } }) =>
    requireCaller(context, request.headers.authorization);

  server.post(
    "/v1/deposits",
    { schema: { body: DepositSchema, security: ACCESS, response: { 200: DepositReplySchema, ...PROBLEMS } } },
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
    { schema: { params: IdSchema, security: ACCESS, response: { 200: DepositReplySchema, ...PROBLEMS } } },
    (request) => readDeposit(context, callerOf(request), request.params.id),
  );

  server.post(
    "/v1/sessions",
    { schema: { body: SessionSchema, security: ACCESS, response: { 200: SessionReplySchema, ...PROBLEMS } } },
    (request) => relaySession(context, callerOf(request), request.body),
  );
  server.get(
    "/v1/sessions/:id",
    { schema: { params: IdSchema, security: ACCESS, response: { 200: SessionReplySchema, ...PROBLEMS } } },
    (request) => readSession(context, callerOf(request), parseAddress(request.params.id)),
  );

  server.get(
    "/v1/account",
    { schema: { security: ACCESS, response: { 200: AccountSchema, ...PROBLEMS } } },
    (request) => readAccountSummary(context, callerOf(request)),
  );
  server.get(
    "/v1/account/lanes",
    { schema: { querystring: CursorSchema, security: ACCESS, response: { 200: AccountLanesSchema, ...PROBLEMS } } },
    (request) => listAccountLanes(context, callerOf(request), readCursor(request.query.cursor)),
  );

  server.post(
    "/v1/vouchers",
    { schema: { body: PushSchema, security: ACCESS, response: { 200: PushReplySchema, ...PROBLEMS } } },
    (request) => pushVouchers(context, callerOf(request), request.body),
  );

  server.post(
    "/v1/complaints",
    { schema: { body: ComplaintSchema, security: ACCESS, response: { 200: ComplaintReplySchema, ...PROBLEMS } } },
    (request) => takeComplaint(context, callerOf(request), request.body),
  );

  server.get(
    "/v1/statement",
    { schema: { security: ACCESS, response: { 200: StatementOfferSchema, ...PROBLEMS } } },
    (request) => offerStatement(context, callerOf(request)),
  );
  server.post(
    "/v1/statement",
    { schema: { body: StatementSchema, security: ACCESS, response: { 200: StatementOfferSchema, ...PROBLEMS } } },
    (request) => takeStatement(context, callerOf(request), request.body),
  );

  server.post(
    "/v1/withdrawals",
    { schema: { body: WithdrawalSchema, security: ACCESS, response: { 200: WithdrawalReplySchema, ...PROBLEMS } } },
    (request) => requestWithdrawal(context, callerOf(request), request.body),
  );
  server.get(
    "/v1/withdrawals/:id",
    { schema: { params: IdSchema, security: ACCESS, response: { 200: WithdrawalReplySchema, ...PROBLEMS } } },
    (request) => readWithdrawal(context, callerOf(request), request.params.id),
  );
}

import { Type } from "typebox";
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
import { listAccountLanes, readAccount } from "../../accounts/account-summary.ts";
import { readSession, relaySession } from "../../accounts/sessions.ts";
import { takeComplaint } from "../../complaints/take-complaint.ts";
import type { Context } from "../../context.ts";
import type { Funding } from "../../funding/deposits.ts";
import { offerStatement, takeStatement } from "../../statements/statements.ts";
import { pushVouchers } from "../../vouchers/intake.ts";
import { readWithdrawal, requestWithdrawal } from "../../withdrawals/withdrawals.ts";
import { requireCaller } from "../bearer.ts";
import { ACCESS, IdSchema, PROBLEMS, type Server } from "./route.ts";

/** Routes of one account's money. */
export function addAccountRoutes(server: Server, context: Context, funding: Funding): void {
  const callerOf = (request: { headers: { authorization?: string | undefined } }) =>
    requireCaller(context, request.headers.authorization);

  server.post(
    "/v1/deposits",
    { schema: { body: DepositSchema, security: ACCESS, response: { 200: DepositReplySchema, ...PROBLEMS } } },
    (request) => {
      const key = request.headers["idempotency-key"];
      return funding.create(callerOf(request), typeof key === "string" ? key : undefined, request.body);
    },
  );
  server.get(
    "/v1/deposits/:id",
    { schema: { params: IdSchema, security: ACCESS, response: { 200: DepositReplySchema, ...PROBLEMS } } },
    (request) => funding.read(callerOf(request), request.params.id),
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
    (request) => readAccount(context, callerOf(request)),
  );
  const CursorSchema = Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 128 })) });
  server.get(
    "/v1/account/lanes",
    { schema: { querystring: CursorSchema, security: ACCESS, response: { 200: AccountLanesSchema, ...PROBLEMS } } },
    (request) => listAccountLanes(context, callerOf(request), request.query.cursor),
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

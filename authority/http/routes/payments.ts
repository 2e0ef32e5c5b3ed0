import {
  ComplaintReplySchema,
  ComplaintSchema,
  PushReplySchema,
  PushSchema,
  StatementOfferSchema,
  StatementSchema,
} from "../../../protocol/http/payments.ts";
import { takeComplaint } from "../../complaints/take-complaint.ts";
import type { Context } from "../../context.ts";
import { offerStatement, takeStatement } from "../../statements/statements.ts";
import { pushVouchers } from "../../vouchers/intake.ts";
import { callerOf } from "../gate.ts";
import { NETWORK_PART, type RequestLimits } from "../limits/request-limits.ts";
import { ACCESS, DOWNLOAD, PROBLEMS, type Server } from "./route.ts";

/**
 * A voucher as JSON has no less. So a push pays for its vouchers by the size that it states, before
 * it is read.
 */
const MIN_VOUCHER_BYTES = 235;

/** Routes on which peers tell of payments. */
export function addPaymentRoutes(server: Server, context: Context, limits: RequestLimits): void {
  server.post(
    "/v1/vouchers",
    {
      config: { ...DOWNLOAD, bytesPerUnit: MIN_VOUCHER_BYTES },
      schema: { body: PushSchema, security: ACCESS, response: { 200: PushReplySchema, ...PROBLEMS } },
    },
    async (request) => {
      const caller = callerOf(request);
      const { vouchers } = request.body;
      // Each voucher costs a unit, and most of it comes back for one that is taken.
      const paid = Number(request.headers["content-length"] ?? 0) / MIN_VOUCHER_BYTES;
      const units = Math.max(paid, vouchers.length);
      limits.takeOfNetwork(request.ip, (units - paid) * NETWORK_PART);
      limits.takeOfAccount(caller.account, units - paid, request.ip);
      const reply = await pushVouchers(context, caller, request.body);
      const stored = reply.results.filter((result) => !("code" in result)).length;
      // The useful part of what the size has cost.
      if (vouchers.length > 0) limits.reward(request.ip, caller.account, (units * stored) / vouchers.length);
      return reply;
    },
  );

  server.post(
    "/v1/complaints",
    {
      config: DOWNLOAD,
      schema: { body: ComplaintSchema, security: ACCESS, response: { 200: ComplaintReplySchema, ...PROBLEMS } },
    },
    (request) => takeComplaint(context, callerOf(request), request.body),
  );

  server.get(
    "/v1/statement",
    { config: DOWNLOAD, schema: { security: ACCESS, response: { 200: StatementOfferSchema, ...PROBLEMS } } },
    (request) => offerStatement(context, callerOf(request)),
  );
  server.post(
    "/v1/statement",
    {
      config: DOWNLOAD,
      schema: { body: StatementSchema, security: ACCESS, response: { 200: StatementOfferSchema, ...PROBLEMS } },
    },
    (request) => takeStatement(context, callerOf(request), request.body),
  );
}

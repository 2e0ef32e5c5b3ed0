import { Type } from "typebox";
import { LaneSchema } from "../../../protocol/base/schemas.ts";
import {
  DepositsSchema,
  LanePapersSchema,
  PermitSchema,
  SessionsSchema,
  TimelineSchema,
  WithdrawalsSchema,
} from "../../../protocol/http/timeline.ts";
import type { Context } from "../../context.ts";
import { readPermit } from "../../funding/permits.ts";
import { listDeposits, listSessions, listWithdrawals } from "../../timeline/account-lists.ts";
import { readLanePapers, readTimeline } from "../../timeline/timeline.ts";
import { CursorSchema, readCursor, readOffset } from "../cursor.ts";
import { callerOf } from "../gate.ts";
import { ACCESS, PROBLEMS, SESSION, type Server } from "./route.ts";

const LaneParamsSchema = Type.Object({ payer: Type.String({ maxLength: 64 }), lane: LaneSchema });
/** A page reads a hundred rows, and signs a receipt at most. */
const LIST = { ...SESSION, cost: 5 } as const;

/** Routes that tell an account where its money is, why, and what comes next. */
export function addTimelineRoutes(server: Server, context: Context): void {
  server.get(
    "/v1/account/timeline",
    {
      config: LIST,
      schema: { querystring: CursorSchema, security: ACCESS, response: { 200: TimelineSchema, ...PROBLEMS } },
    },
    (request) => readTimeline(context, callerOf(request), readCursor(request.query.cursor)),
  );
  server.get(
    "/v1/account/timeline/:payer/:lane",
    {
      config: LIST,
      schema: { params: LaneParamsSchema, security: ACCESS, response: { 200: LanePapersSchema, ...PROBLEMS } },
    },
    (request) => readLanePapers(context, callerOf(request), request.params),
  );
  server.get(
    "/v1/deposits",
    {
      config: LIST,
      schema: { querystring: CursorSchema, security: ACCESS, response: { 200: DepositsSchema, ...PROBLEMS } },
    },
    (request) => listDeposits(context, callerOf(request), readOffset(request.query.cursor)),
  );
  server.get(
    "/v1/account/permit",
    // Three questions to a node.
    { config: { ...SESSION, cost: 20 }, schema: { security: ACCESS, response: { 200: PermitSchema, ...PROBLEMS } } },
    (request) => readPermit(context, callerOf(request)),
  );
  server.get(
    "/v1/withdrawals",
    {
      config: LIST,
      schema: { querystring: CursorSchema, security: ACCESS, response: { 200: WithdrawalsSchema, ...PROBLEMS } },
    },
    (request) => listWithdrawals(context, callerOf(request), readOffset(request.query.cursor)),
  );
  server.get(
    "/v1/sessions",
    { config: LIST, schema: { security: ACCESS, response: { 200: SessionsSchema, ...PROBLEMS } } },
    (request) => listSessions(context, callerOf(request)),
  );
}

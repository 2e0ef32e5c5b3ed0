import { Type } from "typebox";
import { BatchesSchema } from "../../../protocol/http/operator.ts";
import { type Info, InfoSchema, ReadinessSchema } from "../../../protocol/http/public.ts";
import type { Context } from "../../context.ts";
import { listBatchReplies } from "../../settlement/settle.ts";
import { CursorSchema, readCursor } from "../cursor.ts";
import { PROBLEMS, type Server } from "./route.ts";

/** It answers: 200 also when a part does not work, so that nobody restarts it for that. */
const HealthSchema = Type.Object({
  status: Type.Union([Type.Literal("ok"), Type.Literal("degraded")]),
  block: Type.Integer(),
  confirmed: Type.Integer(),
});

/** Routes for everyone. */
export function addPublicRoutes(server: Server, context: Context, own: { info: () => Promise<Info> }): void {
  server.get("/v1/info", { schema: { response: { 200: InfoSchema, ...PROBLEMS } } }, () => own.info());

  server.get("/v1/health", { schema: { response: { 200: HealthSchema, ...PROBLEMS } } }, () => ({
    status: context.readiness.problems().length === 0 ? ("ok" as const) : ("degraded" as const),
    block: context.chain.latest.number,
    confirmed: context.chain.confirmed.number,
  }));

  server.get("/readyz", { schema: { response: { 200: ReadinessSchema, 503: ReadinessSchema } } }, (_request, reply) => {
    const problems = [...context.readiness.problems()];
    const isReady = problems.length === 0;
    reply.status(isReady ? 200 : 503);
    return { isReady, problems };
  });

  server.get(
    "/v1/batches",
    { schema: { querystring: CursorSchema, response: { 200: BatchesSchema, ...PROBLEMS } } },
    (request) => listBatchReplies(context, readCursor(request.query.cursor)),
  );
}

import { Type } from "typebox";
import {
  MAX_TRACKER_QUESTION_BYTES,
  SettleReplySchema,
  SettleSchema,
  TrackerAnnouncesSchema,
  TrackerAnswersSchema,
} from "../../../protocol/http/operator.ts";
import { answerAnnounces } from "../../allotments/answer-announce.ts";
import type { Context } from "../../context.ts";
import { EXPOSITION_TYPE, formatMetrics } from "../../operator/exposition.ts";
import { readMetrics } from "../../operator/metrics.ts";
import { settleNow } from "../../settlement/settle.ts";
import { OPERATOR, PROBLEMS, type Server } from "./route.ts";

/**
 * Routes for holders of the operator secret: the tracker, monitors, and people who run the
 * authority.
 */
export function addOperatorRoutes(server: Server, context: Context): void {
  server.get(
    "/metrics",
    {
      config: { access: "operator" },
      schema: { produces: ["text/plain"], security: OPERATOR, response: { 200: Type.String(), ...PROBLEMS } },
    },
    async (_request, reply) => reply.type(EXPOSITION_TYPE).send(formatMetrics(await readMetrics(context))),
  );
  server.post(
    "/v1/operator/settle",
    {
      config: { access: "operator" },
      schema: { body: SettleSchema, security: OPERATOR, response: { 200: SettleReplySchema, ...PROBLEMS } },
    },
    (request) => settleNow(context, request.body),
  );
  server.post(
    "/v1/tracker/announces",
    {
      schema: {
        body: TrackerAnnouncesSchema,
        security: OPERATOR,
        response: { 200: TrackerAnswersSchema, ...PROBLEMS },
      },
      config: { access: "operator" },
      bodyLimit: MAX_TRACKER_QUESTION_BYTES,
    },
    (request) => answerAnnounces(context, request.body.announces),
  );
}

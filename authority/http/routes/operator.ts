import {
  MAX_TRACKER_QUESTION_BYTES,
  SettleReplySchema,
  SettleSchema,
  TrackerAnnouncesSchema,
  TrackerAnswersSchema,
} from "../../../protocol/http/operator.ts";
import { answerAnnounces } from "../../allotments/answer-announce.ts";
import type { Context } from "../../context.ts";
import { settleNow } from "../../settlement/settle.ts";
import { OPERATOR, PROBLEMS, type Server } from "./route.ts";

/** Routes for holders of the operator secret: the tracker, and people who run the authority. */
export function addOperatorRoutes(server: Server, context: Context): void {
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

import {
  SettleReplySchema,
  SettleSchema,
  TrackerAnnounceReplySchema,
  TrackerAnnounceSchema,
} from "../../../protocol/http/operator.ts";
import { answerAnnounce } from "../../allotments/answer-announce.ts";
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
    "/v1/tracker/announce",
    {
      schema: {
        body: TrackerAnnounceSchema,
        security: OPERATOR,
        response: { 200: TrackerAnnounceReplySchema, ...PROBLEMS },
      },
      config: { access: "operator" },
    },
    (request) => answerAnnounce(context, request.body),
  );
}

import type { Hex } from "../../../protocol/base/bytes.ts";
import {
  SponsorSchema,
  SponsorshipSchema,
  TicketRequestSchema,
  TicketSchema,
} from "../../../protocol/http/sponsors.ts";
import type { Context } from "../../context.ts";
import { giveTicket } from "../../sponsors/give-ticket.ts";
import { readSponsorship, sponsor } from "../../sponsors/sponsorships.ts";
import { callerOf } from "../gate.ts";
import { ACCESS, InfoHashParamsSchema, PROBLEMS, SESSION, type Server } from "./route.ts";

/** Downloads that others pay (docs/protocol.md 4.14). */
export function addSponsorRoutes(server: Server, context: Context): void {
  server.post(
    "/v1/sponsorship",
    {
      config: { ...SESSION, cost: 20 },
      schema: { body: SponsorSchema, security: ACCESS, response: { 200: SponsorshipSchema, ...PROBLEMS } },
    },
    (request) => sponsor(context, callerOf(request), request.body),
  );
  server.get(
    "/v1/sponsorship",
    { config: SESSION, schema: { security: ACCESS, response: { 200: SponsorshipSchema, ...PROBLEMS } } },
    (request) => readSponsorship(context, callerOf(request)),
  );
  server.post(
    "/v1/torrents/:infoHash/tickets",
    {
      // It may end in a transaction that the authority pays.
      config: { cost: 50 },
      schema: {
        params: InfoHashParamsSchema,
        body: TicketRequestSchema,
        response: { 200: TicketSchema, ...PROBLEMS },
      },
    },
    (request) =>
      giveTicket(context, request.params.infoHash, { secret: request.body.secret as Hex, address: request.ip }),
  );
}

import { type Static, Type } from "typebox";
import { AddressSchema, AmountSchema, HashSchema, InfoHashSchema, object, TimeSchema } from "../base/schemas.ts";

/** Routes of sponsorships and their tickets (docs/protocol.md 4.14). */

/** Tickets that one sponsorship holds ready: as many as one body has room for. */
export const MAX_TICKETS = 1_000;
/** A sponsorship ends so soon after it was signed, at the latest. */
export const MAX_SPONSORSHIP_SEC = 30 * 86_400;

/** A key that the sponsor has made, and its wallet's SessionAuthorization: 65 bytes r‖s‖v. */
const TicketKeySchema = object({
  privateKey: HashSchema,
  signature: Type.String({ pattern: "^0x[0-9a-f]{130}$" }),
});

/**
 * POST /v1/sponsorship (access): the caller's account pays for others' downloads of one content.
 * These keys replace all that nobody has yet; without keys the sponsorship ends.
 */
export const SponsorSchema = object({
  infoHash: InfoHashSchema,
  /** Of each key's SessionAuthorization. */
  limit: AmountSchema,
  expiresAt: TimeSchema,
  keys: Type.Array(TicketKeySchema, { maxItems: MAX_TICKETS }),
});
export type SponsorBody = Static<typeof SponsorSchema>;

/** GET /v1/sponsorship (access), and the reply to its POST. Money is of one confirmed block. */
export const SponsorshipSchema = object({
  account: AddressSchema,
  infoHash: InfoHashSchema,
  isOpen: Type.Boolean(),
  expiresAt: TimeSchema,
  /** What one ticket may spend. */
  cap: AmountSchema,
  /** Tickets that somebody has got, and those that are left. */
  given: Type.Integer({ minimum: 0 }),
  unused: Type.Integer({ minimum: 0 }),
  /** What vouchers of all tickets promise. */
  spent: AmountSchema,
  /** What is in the account, less what it has promised. */
  left: AmountSchema,
});
export type Sponsorship = Static<typeof SponsorshipSchema>;

/**
 * POST /v1/torrents/:infoHash/tickets: a session for one download that a sponsor pays. The same
 * secret gets the same ticket.
 */
export const TicketRequestSchema = object({ secret: HashSchema });

export const TicketSchema = object({
  account: AddressSchema,
  privateKey: HashSchema,
  /** Of this session; it may only download. */
  accessToken: Type.String({ maxLength: 1024 }),
  announceToken: Type.String({ maxLength: 1024 }),
  /** When tokens and ticket end. */
  expiresAt: TimeSchema,
  /** What it may spend. */
  cap: AmountSchema,
});
export type Ticket = Static<typeof TicketSchema>;

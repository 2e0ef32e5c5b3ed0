import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";

/** An account whose money pays for others' downloads of one content. */
export interface SponsorshipTable {
  account: Address;
  infoHash: InfoHash;
  /** 0: its sponsor has ended it. */
  isOpen: number;
  expiresAt: number;
}

/** Sessions that a sponsor has authorized ahead, and who has got them. */
export interface TicketTable {
  sessionKey: Address;
  account: Address;
  privateKey: Hex;
  /** Of the SessionAuthorization with the next two. */
  signature: Hex;
  limit: string;
  expiresAt: number;
  /** Who knows it gets this ticket again; null: nobody has got it. */
  secret: Hex | null;
  /** Prefix of the address that has got it. */
  network: string | null;
  givenAt: number | null;
}

export const SPONSORS = [
  `create table sponsorships (account text primary key, infoHash text not null references torrents (infoHash),
    isOpen integer not null, expiresAt integer not null) strict, without rowid`,
  "create index sponsorshipsByContent on sponsorships (infoHash)",
  `create table tickets (sessionKey text primary key, account text not null references sponsorships (account),
    privateKey text not null, signature text not null, "limit" text not null, expiresAt integer not null,
    secret text, network text, givenAt integer) strict, without rowid`,
  "create unique index ticketsBySecret on tickets (secret) where secret is not null",
  "create index ticketsByAccount on tickets (account, givenAt)",
];

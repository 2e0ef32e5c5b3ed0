import type { Connection } from "@libp2p/interface";
import type { Address } from "../../protocol/base/ids.ts";
import { type Holder, judgeNewcomer, listOverdue, type PlaceRules } from "../places.ts";

/**
 * The places of inbound connections (docs/protocol.md 5.7). A payer that dials has a lane to offer,
 * so it is accepted within seconds. A connection on which no offer is accepted goes.
 */
export interface ConnectionPlaces {
  /** A remote has connected. Null: its identity cannot be a session key. False: it has no place. */
  opened(connection: Connection, host: string, remoteKey: Address | null): boolean;
  closed(connection: Connection): void;
  /** An offer was accepted on this connection, or this peer uses it itself. */
  accept(connection: Connection): void;
  /**
   * One more stream on this connection. False: too many came and went before any offer was
   * accepted.
   */
  mayStream(connection: Connection): boolean;
  stop(): void;
}

export const CONNECTION_RULES: PlaceRules = {
  most: 256,
  // A host may be a whole household or the loopback of a demo.
  mostOnLoan: 32,
  reserved: 40,
  graceMs: 2_000,
  loanMs: 15_000,
};
/** Streams of a connection on which no offer was accepted yet. */
const MAX_STREAMS_ON_LOAN = 16;
const SWEEP_MS = 1_000;

interface Guest extends Holder<Connection> {
  isAccepted: boolean;
  streams: number;
}

/** `isKnown`: an offer of this session key was accepted before. */
export function createConnectionPlaces(isKnown: (remoteKey: Address) => boolean): ConnectionPlaces {
  const guests = new Map<Connection, Guest>();
  const nowMs = (): number => performance.now();
  const drop = (connection: Connection, why: string): void => {
    guests.delete(connection);
    connection.abort(new Error(why));
  };
  const timer = setInterval(() => {
    for (const connection of listOverdue([...guests.values()], CONNECTION_RULES, nowMs()))
      drop(connection, "no offer was accepted in time");
  }, SWEEP_MS);
  timer.unref();
  return {
    opened(connection, host, remoteKey) {
      const refuse = (why: string): boolean => {
        connection.abort(new Error(why));
        return false;
      };
      if (remoteKey === null) return refuse("the remote's identity is not a secp256k1 key");
      const newcomer = { host, isKnown: isKnown(remoteKey) };
      const verdict = judgeNewcomer([...guests.values()], newcomer, CONNECTION_RULES, nowMs());
      if (verdict.type === "refuse") return refuse("no place is free");
      if (verdict.type === "replace") drop(verdict.id, "its place goes to another");
      guests.set(connection, { id: connection, host, sinceMs: nowMs(), isAccepted: false, streams: 0 });
      return true;
    },
    closed: (connection) => void guests.delete(connection),
    accept(connection) {
      const guest = guests.get(connection);
      if (guest) guest.isAccepted = true;
    },
    mayStream(connection) {
      const guest = guests.get(connection);
      return !guest || guest.isAccepted || ++guest.streams <= MAX_STREAMS_ON_LOAN;
    },
    stop: () => clearInterval(timer),
  };
}

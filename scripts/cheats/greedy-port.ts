import type { PeerClock } from "../../client/clock.ts";
import type { PaymentPort } from "../../client/exchange.ts";
import { signAllotmentRequest } from "../../client/payment/payer/allotment-request.ts";
import { parseGrant } from "../../client/payment/payer/grant.ts";
import type { VoucherNode } from "../../client/payment/voucher-node.ts";
import type { Address, InfoHash } from "../../protocol/base/ids.ts";
import { ANNOUNCE_KEYS } from "../../protocol/wire/announce.ts";
import { type Person, PIECE, PRICE } from "./arena.ts";
import type { Deal, Pay } from "./deal.ts";

/** What all connections of a greedy payer share. */
export interface Trade {
  readonly person: Person;
  readonly infoHash: InfoHash;
  readonly node: VoucherNode;
  /** By the payee's session key. */
  readonly deals: ReadonlyMap<Address, Deal>;
  readonly pay: Pay;
  /** Bytes that it asks for at a time. */
  readonly appetite: number;
  readonly clock: PeerClock;
  /** When it last asked for allotments: each request is later than its predecessor. */
  requestedAt: number;
}

/** The payments of one BitTorrent client: it buys without limit, and sells nothing. */
export function createGreedyPort(trade: Trade, name: string): PaymentPort {
  const { infoHash, node, deals, pay, appetite } = trade;
  const sellerOf = new Map<string, Deal>();
  return {
    port: node.port,
    addContent: () => new Map(),
    wireOpened(wire) {
      const deal = deals.get(wire.remoteKey);
      if (!deal) return false;
      sellerOf.set(wire.wireId, deal);
      deal.wireOpened(`${name} ${wire.wireId}`, wire.remoteToken);
      deal.dial(node);
      return true;
    },
    isAccepted: () => true,
    wireClosed: (wireId) => sellerOf.get(wireId)?.wireClosed(`${name} ${wireId}`),
    payer: {
      askableBytes: () => appetite,
      assign: async () => undefined,
      begin: () => undefined,
      unassign: () => undefined,
      pieceVerified(wireId) {
        const deal = sellerOf.get(wireId);
        if (!deal) return;
        deal.verifiedBytes += PIECE;
        pay(deal);
      },
      pieceFailed: () => undefined,
      pieceDisowned: () => undefined,
    },
    payee: { decideRequest: () => "refuse", blockUnsent: () => undefined, pieceMissed: () => undefined },
    announceFields: (_, bytesLeft) => announceFields(trade, bytesLeft),
    announceReplied(_, text) {
      const { account, sessionKey } = trade.person.identity;
      const grant = parseGrant(text, { account, sessionKey, infoHash, price: { seller: PRICE, publisher: 0n } });
      trade.clock.sync(grant.now);
      for (const lane of grant.lanes) deals.get(lane.allotment.payeeKey)?.granted(lane);
      for (const deal of deals.values()) deal.dial(node);
    },
  };
}

/** Names no port for vouchers, so that nobody's credit is spent on a cheat that sells nothing. */
function announceFields(trade: Trade, bytesLeft: number): Record<string, string> {
  const { infoHash, deals, clock } = trade;
  const { identity, network } = trade.person;
  const { account, sessionKey, privateKey } = identity;
  trade.requestedAt = Math.max(clock.now(), trade.requestedAt + 1);
  const topUp = [...deals.values()].flatMap((deal) => deal.newestLane ?? []).toSorted((a, b) => a - b);
  const request = { account, sessionKey, infoHash, bytesLeft, topUp, met: [], requestedAt: trade.requestedAt };
  return {
    [ANNOUNCE_KEYS.token]: identity.announceToken,
    ...signAllotmentRequest(network.separator, request, privateKey),
  };
}

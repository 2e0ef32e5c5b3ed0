import { NetworkError, ProtocolError } from "../../protocol/base/errors.ts";
import { type Address, type InfoHash, parseAddress } from "../../protocol/base/ids.ts";
import type { Complaint, ComplaintReply, Push, PushReply } from "../../protocol/http/payments.ts";
import { ANNOUNCE_KEYS } from "../../protocol/wire/announce.ts";
import type { ContentTerms, PaidWire, PaymentPort, PaymentTotals, WireMoney } from "../exchange.ts";
import { type Allotters, createAllotters } from "./allotters.ts";
import type { PaymentContext } from "./context.ts";
import { Payee } from "./payee/payee.ts";
import { Payer } from "./payer/payer.ts";
import { createReachOut, type ReachOut } from "./reach-out.ts";
import { type Complainer, createComplainer } from "./reports/complainer.ts";
import { forgettableBefore } from "./reports/lane-expiry.ts";
import { Pusher } from "./reports/pusher.ts";
import { createStatementSigner, type StatementRoutes, type StatementSigner } from "./reports/statement-signer.ts";
import { createStandings } from "./standing/standings.ts";
import { createVoucherNode, type HostPort, type StreamEvents, type VoucherNode } from "./voucher-node.ts";

/** What payment asks of the authority. */
export interface AuthorityRoutes {
  readonly push: (body: Push) => Promise<PushReply>;
  readonly allotters: () => Promise<readonly Address[]>;
  readonly statements: StatementRoutes;
  readonly complain: (complaint: Complaint) => Promise<ComplaintReply>;
}

const TICK_MS = 2_000;

/** @throws {InputError} PORT_UNUSABLE */
export async function createPayments(
  context: PaymentContext,
  { listen, ...routes }: AuthorityRoutes & { readonly listen: HostPort },
): Promise<Payments> {
  const { identity, store, clock, onFatal } = context;
  const standings = createStandings(context);
  const complainer = createComplainer(context, routes.complain);
  const allotters = followAllotters(context, routes.allotters);
  const payee = new Payee(context, { standings, allotters, onDefault: complainer.report });
  const payer = new Payer(context, standings, (publicKey, addresses) => node.dial(publicKey, addresses), routes.push);
  const reachOut = createReachOut({
    setTimer: context.setTimer,
    isServed: (wireId) => payer.isAccepted(wireId) || payee.isAccepted(wireId),
    connect: (address) => node.reach(address),
  });
  const node = await createVoucherNode({
    privateKey: identity.privateKey,
    listen,
    isKnown: (remoteKey) => payee.isKnown(remoteKey),
    onConnected(remoteKey, host) {
      reachOut.reachedFrom(host);
      payer.reached(remoteKey);
    },
    onStream: (stream) => guarded(payee.streamOpened(stream), onFatal),
    onDialed: (stream) => guarded(payer.streamOpened(stream), onFatal),
  });
  const pusher = new Pusher(context, {
    push: routes.push,
    allotters,
    openLanes: () => payee.openLanes,
    closeLane: (account, lane) => payee.closeLane(account, lane),
  });
  const signer = createStatementSigner(context, routes.statements);
  await store.forgetLanes(forgettableBefore(clock.now(), Math.floor(Date.now() / 1000)));
  pusher.start();
  signer.start();
  return new Payments({ context, node, payer, payee, pusher, signer, complainer, reachOut });
}

function followAllotters({ network, nowMs }: PaymentContext, ask: AuthorityRoutes["allotters"]): Allotters {
  return createAllotters({ known: network.info.allotters.map(parseAddress), ask, nowMs });
}

interface Parts {
  readonly context: PaymentContext;
  readonly node: VoucherNode;
  readonly payer: Payer;
  readonly payee: Payee;
  readonly pusher: Pusher;
  readonly signer: StatementSigner;
  readonly complainer: Complainer;
  readonly reachOut: ReachOut;
}

/** Both sides of the money of one peer: it pays for what it gets, and is paid for what it gives. */
export class Payments implements PaymentPort {
  readonly port: number;
  readonly payer: Payer;
  readonly payee: Payee;
  readonly #parts: Parts;
  readonly #infoHashes = new Set<InfoHash>();
  #cancelTick: () => void = () => undefined;
  #isStopped = false;

  constructor(parts: Parts) {
    this.port = parts.node.port;
    this.payer = parts.payer;
    this.payee = parts.payee;
    this.#parts = parts;
    this.#tick();
  }

  addContent(terms: ContentTerms, onDisk: ReadonlySet<number>): ReadonlyMap<number, Address> {
    this.#infoHashes.add(terms.infoHash);
    this.payee.addContent(terms);
    return this.payer.addContent(terms, onDisk);
  }

  /** Pays what is owed for it, takes no more offers, and closes its lanes. */
  async removeContent(infoHash: InfoHash): Promise<void> {
    this.#infoHashes.delete(infoHash);
    await Promise.all([this.payer.removeContent(infoHash), this.payee.removeContent(infoHash)]);
  }

  wireOpened(wire: PaidWire): boolean {
    const isOurs = wire.remoteKey === this.#parts.context.identity.sessionKey;
    if (isOurs || !this.payee.wireOpened(wire)) return false;
    this.payer.wireOpened(wire);
    this.#parts.reachOut.opened(wire);
    return true;
  }

  wireClosed(wireId: string): void {
    this.#parts.reachOut.closed(wireId);
    this.payer.wireClosed(wireId);
    this.payee.wireClosed(wireId);
  }

  isAccepted(wireId: string): boolean {
    return this.payer.isAccepted(wireId) || this.payee.isAccepted(wireId);
  }

  announceFields(infoHash: InfoHash, bytesLeft: number): Record<string, string> {
    return {
      [ANNOUNCE_KEYS.token]: this.#parts.context.identity.announceToken,
      [ANNOUNCE_KEYS.port]: String(this.port),
      ...this.payer.announceFields(infoHash, bytesLeft),
    };
  }

  announceReplied(infoHash: InfoHash, text: string): void {
    try {
      this.payer.announceReplied(infoHash, text);
    } catch (error) {
      // A damaged grant must not stop this peer.
      if (!(error instanceof ProtocolError)) throw error;
      this.#parts.context.log(error.message);
    }
  }

  moneyOf(wireId: string): WireMoney {
    return { bought: this.payer.bought(wireId), sold: this.payee.sold(wireId) };
  }

  totals(): PaymentTotals {
    return { ...this.payer.totals(), ...this.payee.totals() };
  }

  /**
   * Pays what is owed, closes its lanes, and brings the vouchers to the authority; gives up after
   * `deadlineMs`.
   */
  async stop(deadlineMs: number): Promise<void> {
    const { context, node, payer, payee, pusher, signer, complainer } = this.#parts;
    this.#cancelTick();
    const { promise: deadline, resolve } = Promise.withResolvers<void>();
    const cancelDeadline = context.setTimer(resolve, deadlineMs);
    const left = this.#leave().catch((error: unknown) => {
      context.log(`not all vouchers reached the authority: ${error instanceof Error ? error.message : error}`);
    });
    await Promise.race([left, deadline]);
    this.#isStopped = true;
    this.#parts.reachOut.stop();
    cancelDeadline();
    pusher.stop();
    signer.stop();
    complainer.stop();
    payer.stop();
    payee.stop();
    await node.stop();
  }

  async #leave(): Promise<void> {
    await Promise.all([...this.#infoHashes].map((infoHash) => this.payer.finishContent(infoHash)));
    await this.payee.closeAll();
    await this.#bringVouchers();
  }

  /** An authority that a crowd keeps busy is late, not away: it is asked until the deadline. */
  async #bringVouchers(): Promise<void> {
    for (;;) {
      try {
        await this.#parts.pusher.flush();
        return;
      } catch (error) {
        const isLate = error instanceof NetworkError && error.code === "AUTHORITY_TIMEOUT";
        if (!isLate || this.#isStopped) throw error;
      }
    }
  }

  #tick(): void {
    this.payer.tick();
    this.payee.tick();
    this.#cancelTick = this.#parts.context.setTimer(() => this.#tick(), TICK_MS);
  }
}

/** A remote's mistake ends its stream; ours ends the process. */
function guarded(events: StreamEvents, onFatal: (error: unknown) => void): StreamEvents {
  return {
    ...events,
    message(message) {
      try {
        events.message(message);
      } catch (error) {
        if (!(error instanceof ProtocolError)) onFatal(error);
        throw error;
      }
    },
  };
}

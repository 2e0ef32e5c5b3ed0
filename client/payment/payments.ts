import { ProtocolError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import type { Complaint, ComplaintReply, Push, PushReply } from "../../protocol/http/payments.ts";
import { ANNOUNCE_KEYS } from "../../protocol/wire/announce.ts";
import type { PaymentPort, PaymentTotals } from "../exchange.ts";
import type { PaymentContext } from "./context.ts";
import { Payee } from "./payee/payee.ts";
import { Payer } from "./payer/payer.ts";
import { createComplainer } from "./reports/complainer.ts";
import { forgettableBefore } from "./reports/lane-expiry.ts";
import { createPusher } from "./reports/pusher.ts";
import { createStater, type StatementRoutes } from "./reports/statement-signer.ts";
import { createStandings } from "./standing/standings.ts";
import { createVoucherNode, type HostPort, type StreamEvents, type VoucherNode } from "./voucher-node.ts";

/** Both sides of the money of one peer: it pays for what it gets, and is paid for what it gives. */
export interface Payments extends PaymentPort {
  readonly payer: Payer;
  totals(): PaymentTotals;
  /** Pays what is owed, closes its lanes, and brings the vouchers to T; gives up after `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

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
  options: AuthorityRoutes & { readonly listen: HostPort },
): Promise<Payments> {
  const { identity, store, clock } = context;
  const standings = createStandings(context);
  const complainer = createComplainer(context, options.complain);
  const payee = new Payee(context, standings, complainer.report);
  let node: VoucherNode | null = null;
  /** A remote's mistake ends its stream; ours ends the process. */
  const guard = (events: StreamEvents): StreamEvents => ({
    ...events,
    message(message) {
      try {
        events.message(message);
      } catch (error) {
        if (!(error instanceof ProtocolError)) context.onFatal(error);
        throw error;
      }
    },
  });
  const payer = new Payer(context, standings, (publicKey, addresses) => {
    if (!node) throw new Error("dialed before the node listens");
    return node.dial(publicKey, addresses);
  });
  node = await createVoucherNode({
    privateKey: identity.privateKey,
    listen: options.listen,
    onStream: (stream) => guard(payee.streamOpened(stream)),
    onDialed: (stream) => guard(payer.streamOpened(stream)),
  });
  const pusher = createPusher(context, {
    push: options.push,
    allotters: options.allotters,
    openLanes: () => payee.openLanes,
    closeLane: (account, lane) => payee.closeLane(account, lane),
  });
  const stater = createStater(context, options.statements);
  const infoHashes = new Set<string>();

  await store.forgetLanes(forgettableBefore(clock.now(), Math.floor(Date.now() / 1000)));
  pusher.start();
  stater.start();
  let cancelTick: () => void = () => undefined;
  const tick = (): void => {
    payer.tick();
    payee.tick();
    cancelTick = context.setTimer(tick, TICK_MS);
  };
  tick();

  return {
    port: node.port,
    payer,
    payee,
    addContent(terms, onDisk) {
      infoHashes.add(terms.infoHash);
      payee.addContent(terms);
      return payer.addContent(terms, onDisk);
    },
    wireOpened(wire) {
      if (wire.remoteKey === identity.sessionKey || !payee.wireOpened(wire)) return false;
      payer.wireOpened(wire);
      return true;
    },
    wireClosed(wireId) {
      payer.wireClosed(wireId);
      payee.wireClosed(wireId);
    },
    announceFields: (infoHash, bytesLeft) => ({
      [ANNOUNCE_KEYS.token]: identity.accessToken,
      [ANNOUNCE_KEYS.port]: String(node.port),
      ...payer.announceFields(infoHash, bytesLeft),
    }),
    announceReplied(infoHash, text) {
      try {
        payer.announceReplied(infoHash, text);
      } catch (error) {
        // Never an invariant: what the tracker says must not stop this peer.
        if (!(error instanceof ProtocolError)) throw error;
        context.log(error.message);
      }
    },
    totals: () => ({ ...payer.totals(), ...payee.totals() }),
    async stop(deadlineMs) {
      cancelTick();
      const { promise: deadline, resolve } = Promise.withResolvers<void>();
      const cancelDeadline = context.setTimer(resolve, deadlineMs);
      const leave = async (): Promise<void> => {
        await Promise.all([...infoHashes].map((infoHash) => payer.finishContent(infoHash)));
        await payee.closeAll();
        await pusher.flush();
      };
      await Promise.race([
        leave().catch((error: unknown) => {
          context.log(`not all vouchers reached the authority: ${error instanceof Error ? error.message : error}`);
        }),
        deadline,
      ]);
      cancelDeadline();
      pusher.stop();
      stater.stop();
      complainer.stop();
      payer.stop();
      payee.stop();
      await node.stop();
    },
  };
}

import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { FloodgateError } from "../../../protocol/base/errors.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import type { StatementBody, StatementOffer } from "../../../protocol/http/payments.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import type { PaymentContext } from "../context.ts";
import { checkOffer } from "./statement-policy.ts";

/**
 * Signs statements for finished lanes, so that the authority settles all of them by one signature.
 * That is cheaper for everyone, and nothing depends on it: without a statement the authority
 * settles the vouchers.
 */
export interface StatementSigner {
  start(): void;
  stop(): void;
}

export interface StatementRoutes {
  readonly offer: () => Promise<StatementOffer>;
  readonly sign: (body: StatementBody) => Promise<StatementOffer>;
}

/** The authority never has more for one session at once: 255 lanes each. */
const MAX_STATEMENTS = 20;

export function createStatementSigner(context: PaymentContext, routes: StatementRoutes): StatementSigner {
  const { clock, identity, network, separator, store } = context;
  const { claimPeriodSec, pushIntervalSec } = network.info;
  let cancelTimer: (() => void) | null = null;
  let isStopped = false;
  let told = "";

  const signOffers = async (): Promise<void> => {
    // Nothing can be settled on lanes that ended earlier.
    if (!store.hasSigned(identity.sessionKey, clock.now() - claimPeriodSec)) return;
    let offer = await routes.offer();
    for (let count = 0; offer.lanes.length > 0 && count < MAX_STATEMENTS && !isStopped; count++) {
      const statement = checkOffer(offer, identity, (lane) => store.findPayerLane(lane));
      const signature = bytesToHex(sign(hashStatement(separator, statement), identity.privateKey));
      offer = await routes.sign({ lanes: offer.lanes, signature });
    }
  };

  const round = async (): Promise<void> => {
    try {
      await signOffers();
      told = "";
    } catch (error) {
      if (!(error instanceof FloodgateError)) {
        context.onFatal(error);
        return;
      }
      // Logged once, not at every interval. That the authority cannot be reached is logged by the
      // pusher.
      if (error.code === "STATEMENT_WRONG" && error.message !== told) context.log(error.message);
      told = error.message;
    }
    if (!isStopped) cancelTimer = context.setTimer(() => void round(), pushIntervalSec * 1000);
  };

  return {
    start: () => void round(),
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}

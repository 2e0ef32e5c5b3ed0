import { ProtocolError } from "../../../protocol/base/errors.ts";
import type { RefuseReason } from "../../../protocol/wire/voucher-stream.ts";
import type { VoucherStream } from "../voucher-node.ts";
import { JUNK_REASONS } from "./voucher-policy.ts";

/** How many offers one stream may make (docs/protocol.md 5.7). */
export interface OfferBudget {
  /** One more offer came. False: the stream was reset, since too many did. */
  take(stream: VoucherStream): boolean;
  /** An offer was refused. Refusals that no honest payer gets again and again reset the stream. */
  refused(stream: VoucherStream, reason: RefuseReason): void;
}

/**
 * After a reconnect a payer offers all its lanes at once, and repeats them every two seconds at
 * most.
 */
const BURST = 64;
const PER_SEC = 16;
const MAX_JUNK = 3;

export function createOfferBudget(nowMs: () => number): OfferBudget {
  const streams = new WeakMap<VoucherStream, { left: number; atMs: number; junk: number }>();
  const accountOf = (stream: VoucherStream) => {
    const account = streams.get(stream) ?? { left: BURST, atMs: nowMs(), junk: 0 };
    streams.set(stream, account);
    return account;
  };
  const reset = (stream: VoucherStream, what: string): void =>
    stream.abort(new ProtocolError("OFFERS_TOO_OFTEN", what));
  return {
    take(stream) {
      const account = accountOf(stream);
      const now = nowMs();
      account.left = Math.min(BURST, account.left + ((now - account.atMs) * PER_SEC) / 1000) - 1;
      account.atMs = now;
      if (account.left < 0) reset(stream, "the payer offers lanes too fast");
      return account.left >= 0;
    },
    refused(stream, reason) {
      if (!JUNK_REASONS.includes(reason)) return;
      const account = accountOf(stream);
      account.junk++;
      if (account.junk >= MAX_JUNK) reset(stream, `the payer offers lanes that cannot be accepted: ${reason}`);
    },
  };
}

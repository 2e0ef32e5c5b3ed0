import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { ChainError, FloodgateError, NetworkError } from "../../../protocol/base/errors.ts";
import type { Complaint, ComplaintReply } from "../../../protocol/http/payments.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { PaymentContext } from "../context.ts";

/**
 * Tells the authority of payers that did not pay, once for each lane (docs/protocol.md 4.13).
 * Nothing waits for it, and nothing depends on it.
 */
export interface Complainer {
  report(complaint: Complaint): void;
  stop(): void;
}

/**
 * What to tell the authority of a default, about the newest of the payer's lanes; null without a
 * lane or debt.
 */
export function complaintOf(lanes: Iterable<PayeeLaneRecord>, unpaidBytes: number): Complaint | null {
  const [newest] = [...lanes].toSorted((a, b) => b.allotment.lane - a.allotment.lane);
  if (!newest || unpaidBytes <= 0) return null;
  const { allotment, amount, signature } = newest;
  return {
    payer: allotment.payer,
    lane: allotment.lane,
    amount: amount.toString(),
    signature: signature && bytesToHex(signature),
    unpaidBytes,
  };
}

export function createComplainer(
  context: PaymentContext,
  post: (complaint: Complaint) => Promise<ComplaintReply>,
): Complainer {
  const retryMs = context.network.info.pushIntervalSec * 1000;
  const waiting = new Set<Complaint>();
  /** Lanes of this run: the authority keeps one complaint for each. */
  const reported = new Set<string>();
  let isRunning = false;
  let isStopped = false;
  let isUnreachable = false;
  let cancelTimer: (() => void) | null = null;

  const postAll = async (): Promise<void> => {
    for (const complaint of waiting) {
      if (isStopped) return;
      try {
        await post(complaint);
      } catch (error) {
        if (!(error instanceof FloodgateError) || error instanceof NetworkError || error instanceof ChainError)
          throw error;
        context.log(
          `the authority refuses the complaint about lane ${complaint.lane} of ${complaint.payer}: ${error.code}`,
        );
      }
      waiting.delete(complaint);
    }
  };

  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    cancelTimer?.();
    cancelTimer = null;
    try {
      await postAll();
      isUnreachable = false;
    } catch (error) {
      if (!(error instanceof FloodgateError)) {
        context.onFatal(error);
        return;
      }
      if (!isUnreachable) context.log(`the authority does not take complaints now: ${error.message}`);
      isUnreachable = true;
    }
    isRunning = false;
    if (waiting.size > 0 && !isStopped) cancelTimer = context.setTimer(() => void run(), retryMs);
  };

  return {
    report(complaint) {
      if (isStopped) return;
      const key = `${complaint.payer} ${complaint.lane}`;
      if (reported.has(key)) return;
      reported.add(key);
      waiting.add(complaint);
      // While the authority cannot be reached, the timer retries.
      if (!isUnreachable) void run();
    },
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}

import type { Static } from "typebox";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { MAX_PUSH } from "../../../protocol/base/constants.ts";
import { FloodgateError, NetworkError } from "../../../protocol/base/errors.ts";
import { type Address, parseAddress, parseHexBytes } from "../../../protocol/base/ids.ts";
import { recoverSigner, SIGNATURE_BYTES } from "../../../protocol/base/secp256k1.ts";
import { parseBaseUnits } from "../../../protocol/base/units.ts";
import type { Push, PushReply, PushReplySchema } from "../../../protocol/http/payments.ts";
import { hashReceipt, type Receipt } from "../../../protocol/signed/receipt.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { PaymentContext } from "../context.ts";

/** Brings the best voucher of each lane to T, keeps T's receipts, and closes the lanes that T wants closed. */
export interface Pusher {
  start(): void;
  /** Pushes until T has all that is stored. @throws {FloodgateError} what T or the way to it says */
  flush(): Promise<void>;
  stop(): void;
}

type Result = Static<typeof PushReplySchema>["results"][number];

export function createPusher(
  context: PaymentContext,
  options: {
    readonly push: (body: Push) => Promise<PushReply>;
    /** Lanes with vouchers that are open: T is asked even when nothing is new. */
    readonly openLanes: () => number;
    /** T's keys as it names them now: one may have replaced the one that this peer started with. */
    readonly allotters: () => Promise<readonly Address[]>;
    /** False: no open lane of this home. */
    readonly closeLane: (payer: Address, lane: number) => Promise<boolean>;
  },
): Pusher {
  const { store, separator, identity, network } = context;
  let allotters: readonly Address[] = network.info.allotters.map(parseAddress);
  const intervalMs = network.info.pushIntervalSec * 1000;
  let cancelTimer: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let isStopped = false;
  let isUnreachable = false;

  const isAllotter = async (signer: Address | null): Promise<boolean> => {
    if (signer === null) return false;
    if (!allotters.includes(signer)) allotters = await options.allotters();
    return allotters.includes(signer);
  };

  const keepReceipt = async (lane: PayeeLaneRecord, result: Extract<Result, { signature: string }>): Promise<void> => {
    const { payer, lane: number } = lane.allotment;
    const amount = parseBaseUnits(result.amount);
    const receipt: Receipt = { payer, payee: identity.account, lane: number, amount, receivedAt: result.receivedAt };
    const signature = parseHexBytes(result.signature, SIGNATURE_BYTES);
    const signer = recoverSigner(hashReceipt(separator, receipt), signature);
    if (amount < lane.amount || !(await isAllotter(signer)))
      throw new NetworkError("RECEIPT_INVALID", `the authority's receipt for lane ${number} is not valid`);
    await store.saveReceipt({ ...receipt, signature }, lane.isClosed);
  };

  const keepResult = async (lane: PayeeLaneRecord, result: Result | undefined): Promise<void> => {
    const { payer, lane: number } = lane.allotment;
    if (!result || result.lane !== number || result.payer.toLowerCase() !== payer)
      throw new NetworkError("REPLY_INVALID", "the authority's answer does not fit the push");
    if ("signature" in result) return keepReceipt(lane, result);
    context.log(`the authority refuses the voucher of lane ${number} of ${payer}: ${result.code}`);
    await store.savePushRefused(payer, number, lane.amount, result.code);
  };

  /** `hasClosed`: T is still to hear that lanes which it wanted closed are final. */
  const pushOnce = async (): Promise<{ readonly isFull: boolean; readonly hasClosed: boolean }> => {
    const lanes = store.listToPush(MAX_PUSH);
    if (lanes.length === 0 && options.openLanes() === 0) return { isFull: false, hasClosed: false };
    const vouchers = lanes.map(({ allotment, amount, signature, isClosed }) => ({
      payer: allotment.payer,
      lane: allotment.lane,
      amount: amount.toString(),
      signature: bytesToHex(signature ?? new Uint8Array(SIGNATURE_BYTES)),
      final: isClosed,
    }));
    const reply = await options.push({ vouchers });
    for (const [index, lane] of lanes.entries()) await keepResult(lane, reply.results[index]);
    let hasClosed = false;
    // T names the lanes of the account: another device of it may hold them.
    for (const { payer, lane } of reply.close)
      hasClosed = (await options.closeLane(parseAddress(payer), lane)) || hasClosed;
    return { isFull: lanes.length === MAX_PUSH, hasClosed };
  };

  /**
   * Until T has all that is stored. What was closed just now becomes final in the next round, since a voucher may be on its way; `isLast`: at
   * once, since no stream is left.
   */
  const pushAll = (isLast: boolean): Promise<void> => {
    running ??= (async () => {
      try {
        for (;;) {
          const { isFull, hasClosed } = await pushOnce();
          if (isStopped || !(isFull || (isLast && hasClosed))) break;
        }
      } finally {
        running = null;
      }
    })();
    return running;
  };

  const round = async (): Promise<void> => {
    try {
      await pushAll(false);
      isUnreachable = false;
    } catch (error) {
      if (!(error instanceof FloodgateError)) {
        context.onFatal(error);
        return;
      }
      // The vouchers are safe here; T is asked again.
      if (!isUnreachable) context.log(`the authority does not take vouchers now: ${error.message}`);
      isUnreachable = true;
    }
    if (!isStopped) cancelTimer = context.setTimer(() => void round(), intervalMs);
  };

  return {
    start: () => void round(),
    async flush() {
      // A push that is under way may not have seen what was stored last.
      if (running) await running.catch(() => undefined);
      await pushAll(true);
    },
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}

import type { Static } from "typebox";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { MAX_PUSH } from "../../../protocol/base/constants.ts";
import { FloodgateError, NetworkError } from "../../../protocol/base/errors.ts";
import { type Address, parseAddress, parseHexBytes } from "../../../protocol/base/ids.ts";
import { recoverSigner, SIGNATURE_BYTES } from "../../../protocol/base/secp256k1.ts";
import { parseBaseUnits } from "../../../protocol/base/units.ts";
import type { Push, PushReply, PushReplySchema } from "../../../protocol/http/payments.ts";
import { PUSH_REFUSALS, type PushRefusal } from "../../../protocol/http/push-refusals.ts";
import { allotmentToJson } from "../../../protocol/signed/allotment-json.ts";
import { hashReceipt, type Receipt } from "../../../protocol/signed/receipt.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { Allotters } from "../allotters.ts";
import type { PaymentContext } from "../context.ts";

/**
 * Refusals that may pass: an authority that was restored from a copy learns of a lane again, and a
 * lane whose batch failed is open again.
 */
const PASSING_REFUSALS = ["LANE_UNKNOWN", "PAYEE_WRONG", "LANE_SETTLED"];
const RETRY_SEC = 60;

function meaningOf(code: string): string {
  const known = PUSH_REFUSALS[code as PushRefusal] as (typeof PUSH_REFUSALS)[PushRefusal] | undefined;
  return known === undefined ? "" : ` (${known.meaning})`;
}

const nameOf = ({ payer, lane }: { readonly payer: Address; readonly lane: number }): string => `${payer}/${lane}`;

type Result = Static<typeof PushReplySchema>["results"][number];

export interface PusherOptions {
  readonly push: (body: Push) => Promise<PushReply>;
  /** Open lanes with vouchers: the authority is asked even when nothing is new. */
  readonly openLanes: () => number;
  readonly allotters: Allotters;
  /** False: this home has no such open lane. */
  readonly closeLane: (payer: Address, lane: number) => Promise<boolean>;
}

/**
 * Brings the best voucher of each lane to the authority, keeps its receipts, and closes the lanes
 * that it wants closed (docs/protocol.md 4.9).
 */
export class Pusher {
  readonly #context: PaymentContext;
  readonly #options: PusherOptions;
  #cancelTimer: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #isStopped = false;
  #isUnreachable = false;
  #roundsToRetry = 0;
  /** The authority is asked though there is nothing to tell: it may have been restored. */
  #mustAsk = false;
  /** Lanes that the authority does not know: they are pushed with their allotments. */
  readonly #unknown = new Set<string>();
  /** Refusals of this run: each is logged once. */
  readonly #told = new Set<string>();

  constructor(context: PaymentContext, options: PusherOptions) {
    this.#context = context;
    this.#options = options;
  }

  start(): void {
    void this.#round();
  }

  /** An allotment is several times as long as a voucher. */
  get #most(): number {
    return this.#unknown.size === 0 ? MAX_PUSH : MAX_PUSH / 5;
  }

  /**
   * Pushes until the authority has all that is stored.
   * @throws {FloodgateError} what the authority or the way to it says
   */
  async flush(): Promise<void> {
    // A push that is under way may not have seen what was stored last.
    if (this.#running) await this.#running.catch(() => undefined);
    await this.#pushAll(true);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
  }

  async #round(): Promise<void> {
    const { log, network, onFatal, setTimer } = this.#context;
    try {
      await this.#retryRefused();
      await this.#pushAll(false);
      this.#isUnreachable = false;
    } catch (error) {
      if (!(error instanceof FloodgateError)) {
        onFatal(error);
        return;
      }
      // The vouchers are safe here; the authority is asked again.
      if (!this.#isUnreachable) log(`the authority does not take vouchers now: ${error.message}`);
      this.#isUnreachable = true;
    }
    if (!this.#isStopped) this.#cancelTimer = setTimer(() => void this.#round(), network.info.pushIntervalSec * 1000);
  }

  /**
   * At the start, and from time to time: what was refused for a reason that may pass is brought
   * again.
   */
  async #retryRefused(): Promise<void> {
    const { clock, network, store } = this.#context;
    const { claimPeriodSec, pushIntervalSec } = network.info;
    if (this.#roundsToRetry-- > 0) return;
    this.#roundsToRetry = Math.ceil(RETRY_SEC / pushIntervalSec);
    this.#mustAsk = store.listVouchers().length > 0;
    // Nothing can be settled on lanes that ended earlier.
    await store.forgetPushRefusals(PASSING_REFUSALS, clock.now() - claimPeriodSec);
  }

  /**
   * Pushes until the authority has all that is stored. A lane that was closed just now becomes
   * final in the next round, since a voucher may be on its way. `isLast`: at once, since no stream
   * is left.
   */
  #pushAll(isLast: boolean): Promise<void> {
    this.#running ??= this.#pushRepeatedly(isLast).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #pushRepeatedly(isLast: boolean): Promise<void> {
    for (;;) {
      const { isFull, hasClosed } = await this.#pushOnce();
      if (this.#isStopped || !(isFull || (isLast && hasClosed))) return;
    }
  }

  /** `hasClosed`: lanes were closed that the authority does not yet know to be final. */
  async #pushOnce(): Promise<{ readonly isFull: boolean; readonly hasClosed: boolean }> {
    const lanes = this.#context.store.listToPush(this.#most);
    if (lanes.length === 0 && this.#options.openLanes() === 0 && !this.#mustAsk)
      return { isFull: false, hasClosed: false };
    const vouchers = lanes.map(({ allotment, amount, signature, isClosed }) => ({
      payer: allotment.payer,
      lane: allotment.lane,
      amount: amount.toString(),
      signature: bytesToHex(signature ?? new Uint8Array(SIGNATURE_BYTES)),
      final: isClosed,
      ...(this.#unknown.has(nameOf(allotment)) ? { allotment: allotmentToJson(allotment) } : {}),
    }));
    const reply = await this.#options.push({ vouchers });
    this.#mustAsk = false;
    await this.#context.store.saveRestores(reply.restores);
    let hasLost = false;
    for (const [index, lane] of lanes.entries())
      hasLost = (await this.#keepResult(lane, reply.results[index])) || hasLost;
    let hasClosed = false;
    // The authority names the lanes of the account: another device of it may hold them.
    for (const { payer, lane } of reply.close)
      hasClosed = (await this.#options.closeLane(parseAddress(payer), lane)) || hasClosed;
    return { isFull: lanes.length >= this.#most || hasLost, hasClosed };
  }

  /** True: the authority has lost the lane, and the next push brings it back. */
  async #keepResult(lane: PayeeLaneRecord, result: Result | undefined): Promise<boolean> {
    const { payer, lane: number } = lane.allotment;
    if (!result || result.lane !== number || result.payer.toLowerCase() !== payer)
      throw new NetworkError("REPLY_INVALID", "the authority's answer does not fit the push");
    const name = nameOf(lane.allotment);
    const wasUnknown = this.#unknown.delete(name);
    if ("signature" in result) {
      await this.#keepReceipt(lane, result);
      return false;
    }
    if (result.code === "LANE_UNKNOWN") this.#unknown.add(name);
    if (result.code === "LANE_UNKNOWN" && !wasUnknown) return true;
    const { log, store } = this.#context;
    const line = `the authority refuses the voucher of lane ${number} of ${payer}: ${result.code}${meaningOf(result.code)}`;
    if (!this.#told.has(line)) log(line);
    this.#told.add(line);
    await store.savePushRefused(payer, number, lane.amount, result.code);
    return false;
  }

  async #keepReceipt(lane: PayeeLaneRecord, result: Extract<Result, { signature: string }>): Promise<void> {
    const { identity, separator, store } = this.#context;
    const { payer, lane: number } = lane.allotment;
    const amount = parseBaseUnits(result.amount);
    const receipt: Receipt = { payer, payee: identity.account, lane: number, amount, receivedAt: result.receivedAt };
    const signature = parseHexBytes(result.signature, SIGNATURE_BYTES);
    const signer = recoverSigner(hashReceipt(separator, receipt), signature);
    if (amount < lane.amount || !(await this.#isAllotter(signer)))
      throw new NetworkError("RECEIPT_INVALID", `the authority's receipt for lane ${number} is not valid`);
    await store.saveReceipt({ ...receipt, signature }, lane.isClosed);
  }

  async #isAllotter(signer: Address | null): Promise<boolean> {
    if (signer === null) return false;
    const { allotters } = this.#options;
    if (!allotters.has(signer)) await allotters.refresh();
    return allotters.has(signer);
  }
}

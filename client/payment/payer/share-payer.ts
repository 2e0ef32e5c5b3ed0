import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { MAX_PUSH } from "../../../protocol/base/constants.ts";
import { FloodgateError } from "../../../protocol/base/errors.ts";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { SplitPrice } from "../../../protocol/base/publisher-share.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import type { Amount } from "../../../protocol/base/units.ts";
import type { Push, PushReply } from "../../../protocol/http/payments.ts";
import type { Allotment } from "../../../protocol/signed/allotment.ts";
import { allotmentToJson } from "../../../protocol/signed/allotment-json.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import type { PayerLaneRecord } from "../../store/records.ts";
import type { PaymentContext } from "../context.ts";
import { listShareLanes, planShares, shareDue } from "./share-ledger.ts";

/**
 * Pays the publishers of contents their shares. Each voucher is stored, then brought to the
 * authority, which takes it in the publisher's place (docs/protocol.md 4.15).
 */
export interface SharePayer {
  /**
   * Brings what is due, unless that is on its way, or was brought when sellers had been promised
   * the same (`sold`, in this run).
   */
  pay(infoHash: InfoHash, price: SplitPrice, sold: Amount): void;
  /**
   * Brings all that is due. `isComplete`: nothing more will be, so the lanes are closed. It does
   * not fail: what the authority did not take is brought by the next `pay`.
   */
  finish(infoHash: InfoHash, price: SplitPrice, isComplete: boolean): Promise<void>;
}

type ShareContext = Pick<PaymentContext, "clock" | "identity" | "log" | "network" | "onFatal" | "separator" | "store">;
type PushRoute = (body: Push) => Promise<PushReply>;
type Pushed = Push["vouchers"][number];

export function createSharePayer(context: ShareContext, push: PushRoute): SharePayer {
  const { clock, identity, onFatal, separator, store } = context;
  const delivery = new ShareDelivery(context, push);
  const running = new Map<InfoHash, Promise<void>>();
  /** What sellers had been promised when nothing was due any more. */
  const doneAt = new Map<InfoHash, Amount>();

  const signDue = async (infoHash: InfoHash, price: SplitPrice): Promise<void> => {
    const { sessionKey, privateKey } = identity;
    const now = clock.now();
    const isOpen = ({ lane, expiresAt }: Allotment): boolean => expiresAt > now && !delivery.isClosed(lane);
    const vouchers = planShares(store.listPayerLanes(infoHash), price, sessionKey, isOpen);
    const signed = vouchers.map((voucher) => ({
      ...voucher,
      signature: sign(hashVoucher(separator, voucher), privateKey),
    }));
    await Promise.all(signed.map((voucher) => store.saveSigned(voucher)));
  };

  /** True: nothing is left to bring. */
  const run = async (infoHash: InfoHash, price: SplitPrice, isComplete: boolean): Promise<boolean> => {
    await signDue(infoHash, price);
    const isBrought = await delivery.bring(infoHash, isComplete);
    return isBrought && shareDue(store.listPayerLanes(infoHash), price) <= 0n;
  };

  const start = (infoHash: InfoHash, price: SplitPrice, sold: Amount | null, isComplete: boolean): Promise<void> => {
    const work = run(infoHash, price, isComplete)
      .then((isDone) => {
        if (isDone && sold !== null) doneAt.set(infoHash, sold);
      }, onFatal)
      .finally(() => running.delete(infoHash));
    running.set(infoHash, work);
    return work;
  };

  return {
    pay(infoHash, price, sold) {
      if (!running.has(infoHash) && doneAt.get(infoHash) !== sold) void start(infoHash, price, sold, false);
    },
    async finish(infoHash, price, isComplete) {
      await running.get(infoHash);
      await start(infoHash, price, null, isComplete);
    },
  };
}

/** What the authority has of the shares that this run knows. */
class ShareDelivery {
  readonly #context: ShareContext;
  readonly #push: PushRoute;
  /** Lanes and amounts that it has, or will never take. */
  readonly #ended = new Set<string>();
  /** Lanes that it does not know: they are brought with their allotments. */
  readonly #unknown = new Set<number>();
  /** It may have settled them by now. */
  readonly #closed = new Set<number>();
  readonly #told = new Set<string>();

  constructor(context: ShareContext, push: PushRoute) {
    this.#context = context;
    this.#push = push;
  }

  isClosed(lane: number): boolean {
    return this.#closed.has(lane);
  }

  /** False: the authority did not take all of it now. */
  async bring(infoHash: InfoHash, isComplete: boolean): Promise<boolean> {
    try {
      // The second time with the allotments of lanes that it has lost.
      return (await this.#bringOnce(infoHash, isComplete)) || (await this.#bringOnce(infoHash, isComplete));
    } catch (error) {
      if (!(error instanceof FloodgateError)) throw error;
      this.#tell(`the authority does not take the publisher's share now: ${error.message}`);
      return false;
    }
  }

  async #bringOnce(infoHash: InfoHash, isComplete: boolean): Promise<boolean> {
    const { identity, store } = this.#context;
    const lanes = listShareLanes(store.listPayerLanes(infoHash), identity.sessionKey);
    const vouchers = lanes.flatMap((lane) => this.#pushedOf(lane, isComplete)).slice(-MAX_PUSH / 5);
    if (vouchers.length === 0) return true;
    if (isComplete) for (const { lane } of vouchers) this.#closed.add(lane);
    const { results } = await this.#push({ vouchers });
    return vouchers.map((pushed, i) => this.#took(pushed, results[i])).every((isTaken) => isTaken);
  }

  #pushedOf({ allotment, amount, signature }: PayerLaneRecord, final: boolean): Pushed[] {
    const { clock, network } = this.#context;
    const { payer, lane, expiresAt } = allotment;
    const isOver = clock.now() >= expiresAt + network.info.claimPeriodSec;
    if (signature === null || isOver || this.#ended.has(nameOf({ lane, amount: `${amount}`, final }))) return [];
    const extra = this.#unknown.has(lane) ? { allotment: allotmentToJson(allotment) } : {};
    return [{ payer, lane, amount: `${amount}`, signature: bytesToHex(signature), final, ...extra }];
  }

  /** False: it is to be brought again. */
  #took(pushed: Pushed, result: PushReply["results"][number] | undefined): boolean {
    if (result === undefined) return false;
    if ("code" in result && result.code === "LANE_UNKNOWN" && !this.#unknown.has(pushed.lane)) {
      this.#unknown.add(pushed.lane);
      return false;
    }
    this.#ended.add(nameOf(pushed));
    if ("code" in result) {
      // Nothing changes that; what is due next goes to another lane.
      this.#closed.add(pushed.lane);
      this.#tell(`the authority refuses the publisher's share on lane ${pushed.lane}: ${result.code}`);
    }
    return true;
  }

  #tell(line: string): void {
    if (!this.#told.has(line)) this.#context.log(line);
    this.#told.add(line);
  }
}

function nameOf({ lane, amount, final }: Pick<Pushed, "lane" | "amount" | "final">): string {
  return `${lane} ${amount}${final ? " final" : ""}`;
}

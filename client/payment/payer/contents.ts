import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { splitPrice } from "../../../protocol/base/publisher-share.ts";
import type { ContentTerms, PaidWire } from "../../exchange.ts";
import type { PaymentContext } from "../context.ts";
import { laneNotOffered } from "./payer-pair.ts";
import type { PayerContent, Purchase } from "./purchase.ts";

/** How long a closed wire is remembered: its last pieces may still be on their way to the disk. */
const FORGET_WIRE_MS = 60_000;

/** All contents of this run, and the purchases on them, found by what a wire or a message names. */
export class PayerContents {
  readonly #context: Pick<PaymentContext, "store" | "setTimer" | "onFatal">;
  readonly #contents = new Map<InfoHash, PayerContent>();
  readonly #wires = new Map<string, { readonly content: PayerContent; readonly payeeKey: Address }>();

  constructor(context: Pick<PaymentContext, "store" | "setTimer" | "onFatal">) {
    this.#context = context;
  }

  /** Returns the pieces that were asked of a payee (by session key) and did not come. */
  add(terms: ContentTerms, onDisk: ReadonlySet<number>): ReadonlyMap<number, Address> {
    const bytesOnDisk = [...onDisk].reduce((sum, piece) => sum + terms.lengthOf(piece), 0);
    const bytesLeft = terms.sizeBytes - bytesOnDisk;
    // One that was removed and comes back: what is owed on it goes on.
    const known = this.#contents.get(terms.infoHash);
    if (known) known.bytesLeft = bytesLeft;
    else this.#contents.set(terms.infoHash, newContent(terms, bytesLeft));
    const { store, onFatal } = this.#context;
    const started = new Map<number, Address>();
    for (const { piece, pair, state } of store.listPieces(terms.infoHash)) {
      if (state !== "asked") continue;
      // A piece on disk came before the process died, and was not counted: it is still owed.
      const record = { piece, lengthBytes: terms.lengthOf(piece) };
      if (onDisk.has(piece)) store.saveVerified(terms.infoHash, [record]).catch(onFatal);
      else started.set(piece, pair.payeeKey);
    }
    return started;
  }

  find(infoHash: InfoHash): PayerContent | undefined {
    return this.#contents.get(infoHash);
  }

  all(): Iterable<PayerContent> {
    return this.#contents.values();
  }

  addWire(content: PayerContent, wire: PaidWire): void {
    content.wires.set(wire.wireId, wire);
    this.#wires.set(wire.wireId, { content, payeeKey: wire.remoteKey });
  }

  removeWire(wireId: string): void {
    this.#wires.get(wireId)?.content.wires.delete(wireId);
    this.#context.setTimer(() => this.#wires.delete(wireId), FORGET_WIRE_MS);
  }

  ofWire(wireId: string): Purchase | undefined {
    const found = this.#wires.get(wireId);
    return found?.content.purchases.get(found.payeeKey);
  }

  /** Of all contents. */
  purchases(): Purchase[] {
    return [...this.#contents.values()].flatMap((content) => [...content.purchases.values()]);
  }

  ofPayee(payeeKey: Address): Purchase[] {
    return [...this.#contents.values()].flatMap((content) => content.purchases.get(payeeKey) ?? []);
  }

  /** @throws {ProtocolError} LANE_NOT_OFFERED */
  ofLane(payeeKey: Address, lane: number): Purchase {
    const found = this.ofPayee(payeeKey).find(({ pair }) => pair.lanes.some((one) => one.allotment.lane === lane));
    if (!found) throw laneNotOffered(lane);
    return found;
  }
}

function newContent(terms: ContentTerms, bytesLeft: number): PayerContent {
  return {
    terms,
    price: splitPrice(terms.pricePerGiB, terms.sharePercent),
    bytesLeft,
    requestedAt: 0,
    wantedLanesAtMs: Number.NEGATIVE_INFINITY,
    postponed: 0,
    wires: new Map(),
    purchases: new Map(),
    isShortReported: false,
    shortage: null,
  };
}

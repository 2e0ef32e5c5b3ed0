import type {
  ContentTerms,
  PaidWire,
  PayeePort,
  PayerPort,
  PaymentPort,
  RequestDecision,
} from "../../../client/exchange.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";

/**
 * Payment that always pays: it has a fixed window as payer, and serves everything as payee. It
 * records the calls that the tests ask about.
 */
export class FakePayment implements PaymentPort, PayerPort, PayeePort {
  port = 0;
  readonly payer: PayerPort = this;
  readonly payee: PayeePort = this;
  readonly verified: { wireId: string; piece: number }[] = [];
  readonly unsent: { wireId: string; piece: number; offset: number; length: number }[] = [];
  readonly failed: { wireId: string; piece: number }[] = [];
  readonly wires = new Map<string, PaidWire>();
  /** Session key at the other end of every wire so far. */
  readonly remotes = new Map<string, Address>();
  readonly onDisk = new Map<InfoHash, ReadonlySet<number>>();
  readonly replies: string[] = [];
  fields: Record<string, string> = {};
  /** Replaced by tests that hold or refuse. */
  decide: (wireId: string, piece: number, offset: number, length: number) => RequestDecision = () => "serve";
  accepted: (remoteKey: Address) => boolean = () => true;
  admit: (wire: PaidWire) => boolean = () => true;
  readonly #windowPieces: number;
  readonly #terms = new Map<InfoHash, ContentTerms>();
  /** Pieces begun, and neither verified nor given back, by wire. */
  readonly begun = new Map<string, Set<number>>();

  constructor(windowPieces: number) {
    this.#windowPieces = windowPieces;
  }

  addContent(terms: ContentTerms, onDisk: ReadonlySet<number>): ReadonlyMap<number, Address> {
    this.#terms.set(terms.infoHash, terms);
    this.onDisk.set(terms.infoHash, new Set(onDisk));
    return new Map();
  }

  wireOpened(wire: PaidWire): boolean {
    if (!this.admit(wire)) return false;
    this.wires.set(wire.wireId, wire);
    this.remotes.set(wire.wireId, wire.remoteKey);
    this.begun.set(wire.wireId, new Set());
    wire.unchoke();
    return true;
  }

  wireClosed(wireId: string): void {
    this.wires.delete(wireId);
  }

  askableBytes(wireId: string): number {
    const terms = this.#terms.get(this.wires.get(wireId)?.infoHash ?? "");
    if (!terms) return 0;
    return Math.max(0, this.#windowPieces - (this.begun.get(wireId)?.size ?? 0)) * terms.pieceLength;
  }

  async assign(_wireId: string, _pieces: readonly number[]): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  begin(wireId: string, piece: number): void {
    this.begun.get(wireId)?.add(piece);
  }

  unassign(wireId: string, pieces: readonly number[]): void {
    for (const piece of pieces) this.begun.get(wireId)?.delete(piece);
  }

  pieceVerified(wireId: string, piece: number): void {
    this.verified.push({ wireId, piece });
    this.begun.get(wireId)?.delete(piece);
    this.wires.get(wireId)?.wake();
  }

  pieceFailed(wireId: string, piece: number): void {
    this.failed.push({ wireId, piece });
    this.begun.get(wireId)?.delete(piece);
  }

  pieceMissed(): void {
    // Nothing is due.
  }

  pieceDisowned(): void {
    // Nothing counts as debt.
  }

  decideRequest(wireId: string, piece: number, offset: number, length: number): RequestDecision {
    return this.decide(wireId, piece, offset, length);
  }

  blockUnsent(wireId: string, piece: number, offset: number, length: number): void {
    this.unsent.push({ wireId, piece, offset, length });
  }

  isAccepted(wireId: string): boolean {
    return this.accepted(this.remotes.get(wireId) as Address);
  }

  announceFields(): Record<string, string> {
    return this.fields;
  }

  announceReplied(_infoHash: InfoHash, text: string): void {
    this.replies.push(text);
  }
}

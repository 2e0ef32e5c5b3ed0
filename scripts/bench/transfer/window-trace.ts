import { open } from "node:fs/promises";
import Wire from "bittorrent-protocol";
import type { PeerStore } from "../../../client/store/peer-store.ts";

/**
 * What happened at one peer, and when. Both peers read the machine's monotonic clock, so that their
 * times compare. Only libraries and the store are listened to, nothing of Floodgate is changed.
 */
export interface TraceEvent {
  readonly step: TraceStep;
  /** ms. */
  readonly atMs: number;
  /** Piece and offset of a block. */
  readonly piece?: number;
  readonly offset?: number;
  readonly pieces?: readonly number[];
  /** Lane and base units of a voucher. */
  readonly lane?: number;
  readonly amount?: string;
}

export type TraceStep =
  /** At the payer. */
  | "request-out"
  | "block-in"
  | "hashed"
  | "written"
  | "asked"
  | "asked-stored"
  | "signed"
  | "voucher-out"
  /** At the payee. */
  | "request-in"
  | "let-through"
  | "block-out"
  | "judged"
  | "kept"
  | "synced";

export interface WindowTrace {
  readonly events: TraceEvent[];
  /** The same store, whose writes leave a trace. */
  watch(store: PeerStore): PeerStore;
}

/** BEP 3. */
const REQUEST_ID = 6;

/** Listens from now on, to every wire and file of this process. */
export async function traceWindows(pieceLength: number): Promise<WindowTrace> {
  const events: TraceEvent[] = [];
  const note = (step: TraceStep, facts: Omit<TraceEvent, "step" | "atMs"> = {}): void => {
    events.push({ step, atMs: Number(process.hrtime.bigint()) / 1e6, ...facts });
  };
  watchWires(note);
  await watchWrites(pieceLength, note);
  return { events, watch: (store) => watchStore(store, note) };
}

type Note = (step: TraceStep, facts?: Omit<TraceEvent, "step" | "atMs">) => void;

function watchWires(note: Note): void {
  const { prototype } = Wire;
  const { request, piece, _onRequest, _onPiece, _onMessage } = prototype;
  prototype.request = function (index, offset, length, done) {
    note("request-out", { piece: index, offset });
    return request.call(this, index, offset, length, done);
  };
  prototype._onPiece = function (index, offset, block) {
    note("block-in", { piece: index, offset });
    return _onPiece.call(this, index, offset, block);
  };
  prototype.piece = function (index, offset, block) {
    note("block-out", { piece: index, offset });
    return piece.call(this, index, offset, block);
  };
  prototype._onRequest = function (index, offset, length) {
    note("let-through", { piece: index, offset });
    return _onRequest.call(this, index, offset, length);
  };
  prototype._onMessage = function (message) {
    const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
    if (message[0] === REQUEST_ID) note("request-in", { piece: view.getUint32(1), offset: view.getUint32(5) });
    return _onMessage.call(this, message);
  };
}

/**
 * The content, of one file, is all that Node writes by position: SQLite has its own way to the
 * disk.
 */
async function watchWrites(pieceLength: number, note: Note): Promise<void> {
  await using handle = await open(process.execPath, "r");
  // The class of file handles has no public name.
  const prototype = Object.getPrototypeOf(handle) as { write: (...args: unknown[]) => Promise<unknown> };
  const { write } = prototype;
  prototype.write = async function (...args): Promise<unknown> {
    const position = args[3];
    if (typeof position !== "number") return write.apply(this, args);
    const piece = Math.floor(position / pieceLength);
    note("hashed", { piece });
    const result = await write.apply(this, args);
    note("written", { piece });
    return result;
  };
}

function watchStore(store: PeerStore, note: Note): PeerStore {
  return {
    ...store,
    saveAsked(pair, pieces) {
      note("asked", { pieces });
      return store.saveAsked(pair, pieces).then(() => note("asked-stored", { pieces }));
    },
    saveSigned(voucher) {
      const { lane, amount } = voucher;
      note("signed", { lane, amount: amount.toString() });
      return store.saveSigned(voucher).then(() => note("voucher-out", { lane, amount: amount.toString() }));
    },
    saveVoucher(voucher) {
      const { lane, amount } = voucher;
      const facts = { lane, amount: amount.toString() };
      note("judged", facts);
      const { committed, synced } = store.saveVoucher(voucher);
      return {
        committed: committed.then(() => note("kept", facts)),
        synced: synced.then(() => note("synced", facts)),
      };
    },
  };
}

import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { SIGNATURE_BYTES } from "../../../protocol/base/secp256k1.ts";
import type { PaidWire } from "../../exchange.ts";
import type { PayeeLaneRecord } from "../../store/records.ts";
import type { VoucherStream } from "../voucher-node.ts";
import { isSettled, lanesChanged, streamClosed, streamOpened } from "./payee-ledger.ts";
import type { PayeeState } from "./payee-state.ts";
import type { Sale } from "./sales.ts";
import { resume } from "./serve.ts";

/** The lanes of sales: how they are accepted and closed, and what that changes in a sale. */

const NO_SIGNATURE = new Uint8Array(SIGNATURE_BYTES);

/**
 * An offered lane is stored and good: the payer may pay on it, and the wire of its offer is served.
 */
export function acceptLane(
  state: PayeeState,
  sale: Sale,
  stream: VoucherStream,
  lane: PayeeLaneRecord,
  wire: PaidWire | null,
): void {
  const { sales, wires, turns } = state;
  attachStream(state, sale, stream);
  sale.lanes.set(lane.allotment.lane, lane);
  recountLanes(state, sale);
  // A voucher that the disk does not have yet is not told: its payer sends it again.
  const isTold = lane.amount === (sale.synced.get(lane.allotment.lane) ?? 0n);
  stream.send({
    type: "accept",
    lane: lane.allotment.lane,
    windowBytes: sales.toldWindow(sale),
    amount: isTold ? lane.amount : 0n,
    signature: (isTold ? lane.signature : null) ?? NO_SIGNATURE,
  });
  if (wire && wires.isOpen(wire.wireId)) {
    wires.join(wire, sale);
    turns.join(sale);
  }
  // Its slot was kept over a change of streams.
  if (sale.wires.size === 0) turns.leave(sale);
  resume(sale);
}

/** Vouchers for the lanes of this sale may come on this stream. */
export function attachStream(state: PayeeState, sale: Sale, stream: VoucherStream): void {
  const { sales, nowMs } = state;
  if (sale.stream === stream) return;
  stream.keep();
  if (sale.stream) detachStream(state, sale);
  sales.attach(sale, stream);
  sales.change(sale, streamOpened(sale.ledger, nowMs()));
  settleSends(sale);
}

/**
 * Between two downloads nothing is on its way: what was sent and paid is bought anew if it is asked
 * for again.
 */
export function settleSends(sale: Sale): void {
  if (isSettled(sale.ledger)) sale.sends.settle();
}

/**
 * The payer asks for nothing more: lanes that have paid are closed, so that they can be settled.
 * The others stay good for its next download, which then needs no new ones.
 */
export function finishSale(state: PayeeState, sale: Sale): void {
  settleSends(sale);
  for (const lane of sale.lanes.values())
    if (lane.amount > 0n) closeLane(state, sale, lane).catch(state.context.onFatal);
  state.turns.leave(sale);
}

/** The stream of this sale is gone, and with it the right of its wires to be served. */
export function detachStream({ sales, wires }: PayeeState, sale: Sale): void {
  sales.detach(sale);
  sales.change(sale, streamClosed(sale.ledger));
  for (const wire of wires.leave(sale)) wire.choke();
}

/** The ledger counts the lanes of the sale anew. */
export function recountLanes({ context, sales, nowMs }: PayeeState, sale: Sale): void {
  const takesVouchers = (lane: PayeeLaneRecord): boolean => !lane.isClosed && !isEnding(context, lane);
  sales.change(sale, lanesChanged(sale.ledger, [...sale.lanes.values()], takesVouchers, nowMs()));
}

/**
 * Stored, then told to the payer. Nothing more is served for this lane; a voucher on its way is
 * still taken.
 */
async function closeLane(state: PayeeState, sale: Sale, lane: PayeeLaneRecord): Promise<void> {
  if (lane.isClosed) return;
  const { payer, lane: number } = lane.allotment;
  sale.lanes.set(number, { ...lane, isClosed: true });
  recountLanes(state, sale);
  if ([...sale.lanes.values()].every(({ isClosed }) => isClosed)) state.turns.leave(sale);
  await state.context.store.saveClosed(payer, number);
  sale.stream?.send({ type: "closed", lane: number });
}

/** Closes a lane by its number. False: this home has no such open lane. */
export async function closeNumber(state: PayeeState, payer: Address, number: number): Promise<boolean> {
  for (const sale of state.sales.ofAccount(payer)) {
    const lane = sale.lanes.get(number);
    if (!lane) continue;
    await closeLane(state, sale, lane);
    return !lane.isClosed;
  }
  // Of an earlier run.
  const { store } = state.context;
  const lane = store.findPayeeLane(payer, number);
  if (!lane || lane.isClosed) return false;
  await store.saveClosed(payer, number);
  return true;
}

/** Of one content, or of all. */
export async function closeAllLanes(state: PayeeState, infoHash: InfoHash | null = null): Promise<void> {
  const sales = [...state.sales.all()].filter(({ terms }) => infoHash === null || terms.infoHash === infoHash);
  await Promise.all(sales.flatMap((sale) => [...sale.lanes.values()].map((lane) => closeLane(state, sale, lane))));
}

/** Closes the lanes of this sale that end soon. */
export function closeEnding(state: PayeeState, sale: Sale): void {
  const { context } = state;
  for (const lane of sale.lanes.values())
    if (!lane.isClosed && isEnding(context, lane)) closeLane(state, sale, lane).catch(context.onFatal);
}

/**
 * A lane closes `acceptMarginSec` before it expires, so that its last voucher can still arrive and
 * be settled.
 */
function isEnding({ clock, network }: PayeeState["context"], { allotment }: PayeeLaneRecord): boolean {
  return clock.now() >= allotment.expiresAt - network.info.acceptMarginSec;
}

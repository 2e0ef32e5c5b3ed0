import { bytesToHex } from "../../../protocol/base/bytes.ts";
import type { PaidWire } from "../../exchange.ts";
import type { Sale } from "./sales.ts";

/** Open wires, found by what an offer or a request names, and the sale that each of them serves. */
export interface PayeeWires {
  add(wire: PaidWire): void;
  /** Returns the sale that it served. */
  remove(wireId: string): Sale | undefined;
  isOpen(wireId: string): boolean;
  /** By the token that we sent on it, hex. */
  byToken(token: string): PaidWire | undefined;
  saleOf(wireId: string): Sale | undefined;
  /** A lane of this sale was accepted for it. */
  join(wire: PaidWire, sale: Sale): void;
  /** The sale no longer serves any wire. Returns those that it served. */
  leave(sale: Sale): PaidWire[];
}

export function createPayeeWires(): PayeeWires {
  const wires = new Map<string, PaidWire>();
  const tokens = new Map<string, PaidWire>();
  const sales = new Map<string, Sale>();
  return {
    add(wire) {
      wires.set(wire.wireId, wire);
      tokens.set(bytesToHex(wire.localToken), wire);
    },
    remove(wireId) {
      const wire = wires.get(wireId);
      if (wire) tokens.delete(bytesToHex(wire.localToken));
      wires.delete(wireId);
      const sale = sales.get(wireId);
      sales.delete(wireId);
      if (wire) sale?.wires.delete(wire);
      return sale;
    },
    isOpen: (wireId) => wires.has(wireId),
    byToken: (token) => tokens.get(token),
    saleOf: (wireId) => sales.get(wireId),
    join(wire, sale) {
      sale.wires.add(wire);
      sales.set(wire.wireId, sale);
    },
    leave(sale) {
      const left = [...sale.wires];
      for (const { wireId } of left) sales.delete(wireId);
      sale.wires.clear();
      return left;
    },
  };
}

import { expect, test } from "vitest";
import { AllPeers } from "../../../client/local-api/all-peers.ts";
import type { TransferLimits } from "../../../client/torrent/content/content-limits.ts";

class Limited {
  limits: TransferLimits | null = null;
  wires: number | null = 0;
  setLimits(limits: TransferLimits): void {
    this.limits = limits;
  }
  setMaxWires(most: number | null): void {
    this.wires = most;
  }
}

test("a peer beside that of the home has its limits, from its start to its end", () => {
  const [own, other] = [new Limited(), new Limited()];
  const all = new AllPeers(own);
  all.setLimits({ up: 1, down: null });
  all.setMaxWires(7);
  const leave = all.join(other);
  expect(other).toEqual({ limits: { up: 1, down: null }, wires: 7 });
  all.setLimits({ up: 2, down: 3 });
  all.setMaxWires(null);
  expect([own, other]).toEqual(Array(2).fill({ limits: { up: 2, down: 3 }, wires: null }));
  leave();
  all.setMaxWires(5);
  expect([own.wires, other.wires]).toEqual([5, null]);
});

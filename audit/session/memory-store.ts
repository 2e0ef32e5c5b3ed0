import { MemoryLaneBook } from "../replay/memory-lane-book.ts";
import type { AuditStore } from "./audit-store.ts";

/** An audit's store where there is no disk: for one advance and one conclusion. */
export function createMemoryStore(): AuditStore {
  return {
    database: null,
    openLanes: () => new MemoryLaneBook(),
    readCheckpoint: async () => null,
    save: () => undefined,
    rewind() {
      throw new Error("an audit in memory goes one way");
    },
    aside: (what) => what(),
    [Symbol.dispose]: () => undefined,
  };
}

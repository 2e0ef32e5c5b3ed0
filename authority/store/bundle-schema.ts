import type { Generated } from "kysely";
import type { Hex } from "../../protocol/base/bytes.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";

/** Audit bundles, in the order in which each names its predecessor. */
export interface BundleTable {
  sequence: Generated<number>;
  /** 0x and the SHA-256 of its body. */
  name: Hex;
  previous: Hex;
  /** Null: it was made for no batch. */
  batchId: number | null;
  /** Length of its body. */
  bytes: number;
  /** Of the bundle's torrent. */
  infoHash: InfoHash;
  /** This bundle or an earlier one holds all allotments up to the lane of this sequence. */
  lastLane: number;
  /** Time of the confirmed block at which it was made. */
  createdAt: number;
  /** Its batch failed before another bundle named it: the line of bundles goes on without it. */
  retractedAt: Generated<number | null>;
}

/** Apart, so that nothing reads past them. They never change. */
export interface BundleBodyTable {
  sequence: number;
  body: Uint8Array;
}

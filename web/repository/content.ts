import { owed } from "../../protocol/base/units.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";

/** A published content, and who is in its swarm now. */
export interface Content extends TorrentReply {
  readonly seeders: number;
  readonly leechers: number;
  readonly tags: readonly string[];
  /** The publisher's wallet has signed what is said of it. */
  readonly isSigned: boolean;
}

/** Price of the whole, in base units. */
export function wholePrice({ sizeBytes, pricePerGiB }: Pick<Content, "sizeBytes" | "pricePerGiB">): bigint {
  return owed(sizeBytes, BigInt(pricePerGiB));
}

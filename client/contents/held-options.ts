import type { PeerRun } from "../run-peer.ts";
import type { SponsoredPeer } from "../sponsors/sponsored-peer.ts";
import type { ContentEvent } from "../torrent/content/content.ts";
import type { PieceOrder } from "../torrent/picker/piece-order.ts";

/** What one content of a peer needs of it. */
export interface HeldContentOptions {
  readonly run: Pick<PeerRun, "peer" | "store" | "account">;
  readonly order: PieceOrder;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** A peer that buys for its sponsor. `onFailed`: it ended by itself. */
  readonly openSponsored: (onFailed: (error: unknown) => void) => Promise<SponsoredPeer>;
  /** False: the month's bytes are used up. */
  readonly mayRun: () => boolean;
  readonly onFatal: (error: unknown) => void;
  readonly onEvent: (event: ContentEvent) => void;
  /** Its state has changed. */
  readonly onChange: () => void;
}

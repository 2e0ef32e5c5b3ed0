import type { InfoHash } from "../../../protocol/base/ids.ts";
import type { AnnounceEvent } from "../announce/announce-codec.ts";
import { Announcer } from "../announce/announcer.ts";
import type { ContentEvent, EngineContext } from "./content.ts";

export interface ContentAnnounces {
  readonly infoHash: InfoHash;
  /** Bytes, as BEP 3 has them; called when the announce goes out. */
  readonly amounts: () => { readonly uploaded: number; readonly downloaded: number; readonly left: number };
  /** More query fields. */
  readonly extra: (event: AnnounceEvent) => Record<string, string>;
  readonly onPeers: (peers: readonly string[]) => void;
  readonly onGrant: (text: string) => void;
  readonly onEvent: (event: ContentEvent) => void;
}

/** Announces a content of this engine, whether it runs or rests. */
export function createContentAnnouncer(context: EngineContext, announces: ContentAnnounces): Announcer {
  const { infoHash, amounts, extra, onPeers, onGrant, onEvent } = announces;
  return new Announcer({
    trackerUrl: context.trackerUrl,
    dialing: context.dialing,
    userAgent: context.userAgent,
    query: (event) => ({
      infoHash,
      torrentPeerId: context.torrentPeerId,
      port: context.client.torrentPort,
      ...amounts(),
      extra: extra(event),
    }),
    onPeers(peers) {
      onEvent({ type: "tracker-answered" });
      onPeers(peers);
    },
    onGrant,
    onProblem: (error) => onEvent({ type: "tracker-problem", error }),
    setTimer: context.setTimer,
    now: context.now,
    random: context.random,
  });
}

import { MAX_NUMWANT } from "../../protocol/base/constants.ts";

/** A peer in a swarm. HTTP and WebSocket peers cannot reach each other. */
export interface SwarmMember {
  readonly type: "http" | "ws";
  /** It has all of the content. */
  readonly complete: boolean;
}

/** The peer that announces. */
export interface AnnouncingPeer {
  readonly id: string;
  readonly type: "http" | "ws";
  readonly bytesLeft: number;
  /** How many peers it wants. */
  readonly wanted: number;
}

/**
 * Chooses peers at random that the announcing one can use: seeders have no use for seeders. It
 * shuffles `ids`, and `find` may forget that an id exists.
 */
export function choosePeers<Member extends SwarmMember>(
  announcing: AnnouncingPeer,
  ids: string[],
  find: (id: string) => Member | undefined,
  randomBelow: (below: number) => number,
): Member[] {
  const chosen: Member[] = [];
  const count = Math.min(announcing.wanted, MAX_NUMWANT);
  for (let last = ids.length - 1; last >= 0 && chosen.length < count; last--) {
    const at = randomBelow(last + 1);
    const id = ids[at] as string;
    ids[at] = ids[last] as string;
    const peer = id === announcing.id ? undefined : find(id);
    if (peer?.type === announcing.type && !(announcing.bytesLeft === 0 && peer.complete)) chosen.push(peer);
  }
  return chosen;
}

import { createHash } from "node:crypto";

/** Queries of plain clients. */

export const infoHashOf = (name: string): string => createHash("sha1").update(name).digest("hex");

const binary = (hex: string): string => hex.replace(/../g, "%$&");

export function queryOf(
  infoHash: string,
  peer: number,
  { left = peer % 5 === 0 ? 0 : 100, extra = "" }: { left?: number; extra?: string } = {},
): string {
  const id = binary(peer.toString(16).padStart(40, "0"));
  const port = 1_024 + (peer % 60_000);
  return (
    `info_hash=${binary(infoHash)}&peer_id=${id}&port=${port}&uploaded=0&downloaded=0` +
    `&left=${left}&compact=1&numwant=50${extra}`
  );
}

/** One query for each peer of `swarms` swarms with `peers` peers each, in an order that jumps. */
export function swarmQueries(swarms: number, peers: number): string[] {
  const queries: string[] = [];
  for (let peer = 0; peer < peers; peer++)
    for (let swarm = 0; swarm < swarms; swarm++)
      queries.push(queryOf(infoHashOf(`swarm ${swarm} of ${swarms}`), swarm * peers + peer));
  return queries;
}

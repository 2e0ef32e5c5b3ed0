import type { Peer, Wire } from "webtorrent";

/**
 * Counts the bytes of a wire that the operating system has not taken yet. They wait in the wire,
 * behind the upload limit, or in the socket. Bytes that were pushed before this call are not
 * counted.
 */
export function watchBacklog(wire: Wire, peer: Peer | undefined): () => number {
  let waiting = 0;
  const push = wire._push.bind(wire);
  wire._push = (data) => {
    waiting += data.length;
    return push(data);
  };
  // webtorrent tells this once the upload limit has let the bytes through.
  peer?.on("upload", (bytes: number) => {
    waiting = Math.max(0, waiting - bytes);
  });
  return () => (peer ? waiting : wire._readableState.buffered) + (peer?.conn?.writableLength ?? 0);
}

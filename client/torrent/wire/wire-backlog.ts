import type { Peer, Wire } from "webtorrent";

/**
 * Bytes that a wire has to send and that the operating system has not taken yet: they wait in the
 * wire, behind the upload limit, or in the socket. What was pushed before this call is not counted.
 */
export function watchBacklog(wire: Wire, peer: Peer | undefined): () => number {
  let waiting = 0;
  const push = wire._push.bind(wire);
  wire._push = (data) => {
    waiting += data.length;
    return push(data);
  };
  // Told behind the upload limit.
  peer?.on("upload", (bytes: number) => {
    waiting = Math.max(0, waiting - bytes);
  });
  return () => (peer ? waiting : wire._readableState.buffered) + (peer?.conn?.writableLength ?? 0);
}

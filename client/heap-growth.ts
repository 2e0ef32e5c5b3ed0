import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes from sockets, between two walks over the young objects. */
const SWEEP_BYTES = 8 * 1024 * 1024;

let sweep: ((options: { readonly type: "minor" }) => void) | null = null;
let readBytes = 0;

/**
 * Lets more garbage pile up between two walks over the heap. Every byte of a download passes
 * through buffers outside of the heap. V8 walks the whole heap each time that these buffers have
 * grown by about its size. The heap of libp2p and Floodgate is twice webtorrent's, and still small
 * beside 100 MB of buffers. The setting holds for the whole process, so its main program decides.
 */
export function tolerateGarbage(): void {
  // The heap may grow to four times what was alive, buffers included.
  setFlagsFromString("--heap-growing-percent=300");
  setFlagsFromString("--expose-gc");
  sweep = runInNewContext("gc");
}

/**
 * So many bytes came from a socket, each chunk in a buffer of its own. To V8 a buffer is one small
 * young object, so the young generation is never full, and buffers that nobody uses any more wait
 * for a walk over the whole heap. A walk over the young objects alone takes less than 1 ms. Nothing
 * happens unless `tolerateGarbage` was called.
 */
export function countRead(bytes: number): void {
  readBytes += bytes;
  if (sweep === null || readBytes < SWEEP_BYTES) return;
  readBytes = 0;
  sweep({ type: "minor" });
}

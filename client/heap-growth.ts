import { setFlagsFromString } from "node:v8";

/**
 * Lets more garbage pile up between two walks over the heap. Every byte of a download passes
 * through buffers outside of the heap. V8 walks the whole heap each time that these buffers have
 * grown by about its size. The heap of libp2p and Floodgate is twice webtorrent's, and still small
 * beside 100 MB of buffers. The setting holds for the whole process, so its main program decides.
 */
export function tolerateGarbage(): void {
  // The heap may grow to four times what was alive, buffers included.
  setFlagsFromString("--heap-growing-percent=300");
}

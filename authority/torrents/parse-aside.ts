import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { AccessError, ProtocolError } from "../../protocol/base/errors.ts";
import { type Metainfo, parseMetainfo } from "../../protocol/bittorrent/metainfo.ts";

/** Smaller files take less time here than a thread takes to start: below 10 ms. */
const ASIDE_BYTES = 64 * 1024;
const MAX_WAITING = 16;
const RESOURCES = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64 };

type Answer = { readonly metainfo: Metainfo } | { readonly refusal: string };

/**
 * Parses .torrent files; large ones in another thread, one at a time, so that the loop that takes
 * vouchers never waits for 20,000 file names. The returned function throws as `parseMetainfo`, and
 * {AccessError} RATE_LIMITED when too many wait.
 */
export function createMetainfoParser(): (metainfo: Uint8Array) => Promise<Metainfo> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (metainfo) => {
    if (metainfo.length <= ASIDE_BYTES) return parseMetainfo(metainfo);
    if (waiting >= MAX_WAITING)
      throw new AccessError("RATE_LIMITED", "many torrents are being published: try again in a minute", {
        details: { retryAfterSec: 60 },
      });
    waiting++;
    const parsed = last.then(() => parseInThread(metainfo));
    last = parsed.then(
      () => undefined,
      () => undefined,
    );
    return parsed.finally(() => waiting--);
  };
}

async function parseInThread(metainfo: Uint8Array): Promise<Metainfo> {
  const worker = new Worker(new URL("./parse-worker.ts", import.meta.url), {
    workerData: metainfo,
    resourceLimits: RESOURCES,
  });
  try {
    // Rejects with what `error` brings, such as a thread that takes too much memory.
    const [answer] = (await once(worker, "message")) as [Answer];
    if ("metainfo" in answer) return answer.metainfo;
    throw new ProtocolError("METAINFO_INVALID", answer.refusal);
  } finally {
    await worker.terminate();
  }
}

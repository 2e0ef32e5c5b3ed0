import { parentPort, workerData } from "node:worker_threads";
import { ProtocolError } from "../../protocol/base/errors.ts";
import { parseMetainfo } from "../../protocol/bittorrent/metainfo.ts";

/** Parses one .torrent file in a thread of its own (parse-aside.ts). */
try {
  parentPort?.postMessage({ metainfo: parseMetainfo(workerData as Uint8Array) });
} catch (error) {
  if (!(error instanceof ProtocolError)) throw error;
  parentPort?.postMessage({ refusal: error.message });
}

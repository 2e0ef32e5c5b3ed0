import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { stampFiles } from "../../../client/contents/stamps.ts";
import { openPeerStore } from "../../../client/store/peer-store.ts";
import { clientOf } from "../../devnet/customers.ts";
import type { RunningNetwork } from "../../devnet/network.ts";
import { encodeMetainfo } from "./encode-metainfo.ts";

const PIECE_LENGTH = 65_536;
const PIECES = 1_024;
const PRICE = 10_000n;
/** Publications under way at a time. */
const AT_ONCE = 8;

/**
 * Publishes so many contents, and puts them into the home as complete downloads that were looked at
 * before. Their files have holes instead of bytes.
 */
export async function fillHome(network: RunningNetwork, home: string, directory: string, count: number): Promise<void> {
  const folder = join(directory, "contents");
  mkdirSync(folder);
  const client = await clientOf(network, home);
  const { trackerUrl } = await client.info();
  const hash = createHash("sha1").update(new Uint8Array(PIECE_LENGTH)).digest();
  const pieces = Buffer.concat(Array.from({ length: PIECES }, () => hash));
  const store = openPeerStore(home);
  const add = async (number: number): Promise<void> => {
    const name = `content-${number}.bin`;
    const path = join(folder, name);
    const file = openSync(path, "w");
    ftruncateSync(file, PIECES * PIECE_LENGTH);
    closeSync(file);
    const metainfo = encodeMetainfo({
      announce: trackerUrl,
      name,
      length: PIECES * PIECE_LENGTH,
      pieceLength: PIECE_LENGTH,
      pieces,
    });
    const torrent = await client.publish(metainfo, { title: name, pricePerGiB: `${PRICE}` });
    const { infoHash, title, sizeBytes, pieceLength } = torrent;
    const record = { infoHash, title, sizeBytes, pieceLength, pricePerGiB: PRICE, sharePercent: 0 };
    await store.addContent(
      { ...record, place: "download", path: folder, addedAt: number, isPaused: false, settings: "{}" },
      metainfo,
    );
    const bits = new Uint8Array(PIECES / 8).fill(255);
    await store.saveChecked(infoHash, { bits, stamps: await stampFiles([{ path, part: null, length: sizeBytes }]) });
  };
  for (let first = 0; first < count; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    await Promise.all(numbers.map(add));
  }
  store.close();
}

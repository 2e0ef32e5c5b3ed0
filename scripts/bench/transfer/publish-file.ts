import { randomFillSync } from "node:crypto";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import { clientOf } from "../../devnet/customers.ts";
import type { Bench } from "./bench.ts";

export interface PublishedFile {
  readonly path: string;
  readonly metainfoPath: string;
  readonly trackerUrl: string;
}

const MIB = 2 ** 20;

/** A new file of random bytes that the authority lists. Price: base units per 2^30 bytes. */
export async function publishFile(
  { world, accounts }: Pick<Bench, "world" | "accounts">,
  file: { readonly name: string; readonly sizeBytes: number; readonly pieceLength: number },
  price: bigint,
): Promise<PublishedFile> {
  const path = join(world.directory, file.name);
  writeRandomFile(path, file.sizeBytes);
  const client = await clientOf(world.network, await accounts.seller(0));
  const { trackerUrl } = await client.info();
  const metainfo = await createMetainfo(path, { trackerUrl, isPaid: true, pieceLength: file.pieceLength });
  await client.publish(metainfo, { title: file.name, pricePerGiB: price.toString() });
  const metainfoPath = `${path}.torrent`;
  writeFileSync(metainfoPath, metainfo);
  return { path, metainfoPath, trackerUrl };
}

function writeRandomFile(path: string, bytes: number): void {
  const file = openSync(path, "w");
  const chunk = Buffer.alloc(MIB);
  for (let left = bytes; left > 0; left -= chunk.length) writeSync(file, randomFillSync(chunk), 0, Math.min(left, MIB));
  closeSync(file);
}

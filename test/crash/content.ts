import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey } from "viem/accounts";
import { createMetainfo } from "../../client/torrent/making/create-metainfo.ts";
import { signIn } from "../../client/wallet/sign-in.ts";
import { openWallet } from "../../client/wallet/wallet.ts";
import { hexToBytes } from "../../protocol/base/bytes.ts";
import { publicKeyOf } from "../../protocol/base/secp256k1.ts";
import type { MortalAuthority } from "./mortal-authority.ts";

const SIZE = 10_000_000;

/** Publishes what the scenario sells. */
export async function publishContent({
  client,
}: MortalAuthority): Promise<{ readonly infoHash: string; readonly sizeBytes: number }> {
  const directory = mkdtempSync(join(tmpdir(), "floodgate-crash-content-"));
  const path = join(directory, "file.bin");
  writeFileSync(path, Buffer.alloc(SIZE, 7));
  const metainfo = await createMetainfo(path, { trackerUrl: "http://127.0.0.1:2/announce", isPaid: true });
  rmSync(directory, { recursive: true });
  const privateKey = hexToBytes(generatePrivateKey());
  const wallet = openWallet(generatePrivateKey());
  const { accessToken } = await signIn(client, wallet, await client.info(), publicKeyOf(privateKey));
  const publisher = client.withSession({ accessToken, privateKey });
  const { infoHash } = await publisher.publish(metainfo, { title: "file", pricePerGiB: "1000000000" });
  return { infoHash, sizeBytes: SIZE };
}

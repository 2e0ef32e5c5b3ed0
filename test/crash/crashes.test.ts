import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMetainfo } from "../../client/torrent/making/create-metainfo.ts";
import { signIn } from "../../client/wallet/sign-in.ts";
import { openWallet } from "../../client/wallet/wallet.ts";
import { hexToBytes } from "../../protocol/base/bytes.ts";
import { publicKeyOf } from "../../protocol/base/secp256k1.ts";
import { type MortalAuthority, startMortalAuthority } from "./mortal-authority.ts";
import { CRASH_POINTS, type CrashPoint, MOMENTS, type Moment } from "./points.ts";
import { type Person, Scenario } from "./scenario.ts";

/** kill -9 of the authority's process at the steps of its work: nobody loses, nobody gets twice. */

const SIZE = 10_000_000;

let authority: MortalAuthority;
let infoHash: string;
beforeAll(async () => {
  authority = await startMortalAuthority();
  const directory = mkdtempSync(join(tmpdir(), "floodgate-crash-content-"));
  const path = join(directory, "file.bin");
  writeFileSync(path, Buffer.alloc(SIZE, 7));
  const metainfo = await createMetainfo(path, { trackerUrl: "http://127.0.0.1:2/announce", isPaid: true });
  rmSync(directory, { recursive: true });
  const { client } = authority;
  const privateKey = hexToBytes(generatePrivateKey());
  const wallet = openWallet(generatePrivateKey());
  const { accessToken } = await signIn(client, wallet, await client.info(), publicKeyOf(privateKey));
  const publisher = client.withSession({ accessToken, privateKey });
  ({ infoHash } = await publisher.publish(metainfo, { title: "file", pricePerGiB: "1000000000" }));
}, 120_000);
afterAll(() => authority[Symbol.asyncDispose]());

const SAMPLE: readonly (readonly [CrashPoint, Moment])[] = [
  ["intake", "committed"],
  ["settlement", "open"],
];
const ALL = (Object.keys(CRASH_POINTS) as CrashPoint[]).flatMap((point) =>
  MOMENTS.map((moment) => [point, moment] as const),
);

test.each(process.env.FLOODGATE_DEEP ? ALL : SAMPLE)(
  "killed at the %s, %s: everybody has what they should have, once",
  async (point, moment) => {
    const deaths = authority.deaths;
    await authority.dieAt(point, moment);
    const { payer, payees, left, earned } = await new Scenario(authority, { infoHash, sizeBytes: SIZE }).play();
    const balanceOf = async ({ client }: Person) => BigInt((await client.account()).balance);
    expect(await balanceOf(payer)).toBe(left);
    expect(await Promise.all(payees.map(balanceOf))).toEqual(earned);
    expect(authority.deaths).toBe(deaths + 1);
  },
  120_000,
);

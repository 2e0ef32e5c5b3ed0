import bencode from "bencode";
import type { Server } from "../../../authority/http/routes/route.ts";
import { insertTorrent } from "../../../authority/store/tables/torrents.ts";
import { saveSwarms } from "../../../authority/store/views/listed-torrents.ts";
import { saveListing } from "../../../authority/store/views/listings.ts";
import { sha1Hex } from "../../../protocol/base/hashes.ts";
import type { InfoHash } from "../../../protocol/base/ids.ts";
import { accountOf, TestAuthority } from "../../authority/support/context.ts";
import { CONTRACT, START, TOKEN } from "../../authority/support/fake-chain.ts";
import { serve } from "../../authority/support/serve.ts";

export const HOST = "repository.example";
export const SITE = `https://${HOST}`;
const ALLOTTER_ADDRESS = accountOf(0xa0);
const MiB = 1024 * 1024;
/** The rest of what the authority says of itself. */
const TERMS = {
  deployedAtBlock: 1,
  trackerUrl: "http://127.0.0.1:2/announce",
  operator: ALLOTTER_ADDRESS,
  bond: { amount: "0", withdrawing: "0", withdrawableAt: 0, budget: "0", spent: "0" },
  ...{ allotmentPeriodSec: 120, claimPeriodSec: 120, acceptMarginSec: 10, pushIntervalSec: 2, payDueSec: 3 },
  ...{ sessionLifetimeSec: 3_600, now: START },
};

export interface StagedContent {
  readonly title: string;
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  /** Base units. */
  readonly pricePerGiB: bigint;
  readonly seeders?: number;
  readonly leechers?: number;
  readonly publisher?: number;
  readonly publishedAt?: number;
  /** Its publisher has signed a listing with them. */
  readonly tags?: readonly string[];
}

/** An authority's pages on a real store, with contents that the test names. */
export class Stage implements AsyncDisposable {
  readonly authority = new TestAuthority();
  /** By which its pages may be opened. */
  readonly hosts = [HOST];
  readonly #files = new Map<InfoHash, StagedContent["files"]>();
  server!: Server;

  /** `scripts`: the folder of built scripts. */
  static async open(token = { symbol: "TUSD", decimals: 6 }, scripts: string | null = null): Promise<Stage> {
    const stage = new Stage();
    await stage.authority.start();
    const { context } = stage.authority;
    const parseMetainfo: typeof context.parseMetainfo = async (bytes) => {
      const metainfo = await context.parseMetainfo(bytes);
      return { ...metainfo, files: stage.#files.get(metainfo.infoHash) ?? metainfo.files };
    };
    const facts = {
      token: { address: TOKEN, ...token },
      feeBps: 200,
      contract: CONTRACT,
      chainId: 31_337,
      allotters: [ALLOTTER_ADDRESS],
      ...TERMS,
    };
    const served = { ...context, config: { ...context.config, scripts }, parseMetainfo };
    const clock = scripts === null ? undefined : () => performance.now();
    stage.server = await serve(served, [SITE], facts, stage.hosts, clock);
    return stage;
  }

  /** Its address on loopback, for browsers. */
  async listen(): Promise<string> {
    const url = await this.server.listen({ host: "127.0.0.1", port: 0 });
    this.hosts.push(new URL(url).host);
    return url;
  }

  /** Publishes as `publish` stores it. Returns the infohash. */
  async add(content: StagedContent): Promise<InfoHash> {
    const { context } = this.authority;
    const metainfo = metainfoOf(content);
    const { infoHash, sizeBytes, pieceLength, pieceCount } = metainfo;
    await context.metainfo.write(infoHash, metainfo.bytes);
    await context.store.transaction(async (trx) => {
      await insertTorrent(trx, {
        infoHash,
        title: content.title,
        sizeBytes,
        pieceLength,
        pieceCount,
        pricePerGiB: content.pricePerGiB.toString(),
        publisher: accountOf(content.publisher ?? 0xa1),
        publishedAt: content.publishedAt ?? START,
        metainfo: new Uint8Array(),
        metainfoBytes: metainfo.bytes.length,
      });
      const { seeders = 0, leechers = 0 } = content;
      if (content.tags) await saveListing(trx, infoHash, listingOf(content.title, content.tags), true);
      await saveSwarms(trx, [{ infoHash, seeders, leechers }]);
    });
    return infoHash;
  }

  /** Publishes a content whose page lists files that no torrent may have. */
  async addWithFiles(title: string, files: StagedContent["files"]): Promise<InfoHash> {
    const infoHash = await this.add({ title, files: [{ path: "a", sizeBytes: 1_000 }], pricePerGiB: 1_000_000n });
    this.#files.set(infoHash, files);
    return infoHash;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await this.authority.stop();
  }
}

/** The store takes it as it is: signatures are checked before. */
function listingOf(title: string, tags: readonly string[]) {
  const texts = { title, description: "", tags: [...tags], licence: "CC0-1.0" };
  return { ...texts, replaces: null, signedAt: START, signature: `0x${"5a".repeat(65)}` };
}

/** A torrent with zeros for hashes: nobody downloads it. */
function metainfoOf({ title, files }: StagedContent) {
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const pieceLength = sizeBytes > 512 * MiB ? 4 * MiB : MiB / 4;
  const pieceCount = Math.ceil(sizeBytes / pieceLength);
  const [first] = files;
  const name = first?.path.split("/")[0] ?? "";
  const shape =
    files.length === 1
      ? { name, length: sizeBytes }
      : { name: "folder", files: files.map((file) => ({ path: file.path.split("/"), length: file.sizeBytes })) };
  // The title makes the infohash differ.
  const info = { ...shape, "piece length": pieceLength, pieces: Buffer.alloc(20 * pieceCount), private: 1, x: title };
  const bytes = bencode.encode({ announce: "http://127.0.0.1:2/announce", info });
  return { bytes, infoHash: sha1Hex(bencode.encode(info)), sizeBytes, pieceLength, pieceCount };
}

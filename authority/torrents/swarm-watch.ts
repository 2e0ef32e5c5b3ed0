import type { InfoHash } from "../../protocol/base/ids.ts";
import { decodeBencode, isDictionary } from "../../protocol/bittorrent/bencode.ts";
import type { Context } from "../context.ts";
import { listSwarms, type SwarmCount, saveSwarms } from "../store/views/listed-torrents.ts";

/** Most infohashes in one scrape (docs/protocol.md 6). */
const MAX_SCRAPE = 64;
const TIMEOUT_MS = 3_000;
const MAX_REPLY_BYTES = 64 * 1024;

/** Seconds between two questions: one page of torrents each. */
const EVERY_SEC = 5;

/**
 * Asks the tracker who is in which swarm (BEP 48), 64 torrents at a time, the newest first, and
 * then around. What has changed is stored for the repository's pages. Call it as often as you like.
 */
export function createSwarmWatch(context: Context, nowMs: () => number): () => Promise<void> {
  const url = scrapeUrlOf(context.config.trackerUrl);
  let askedAt = Number.NEGATIVE_INFINITY;
  let before = Number.MAX_SAFE_INTEGER;
  return async () => {
    if (url === null || nowMs() < askedAt + EVERY_SEC * 1_000) return;
    askedAt = nowMs();
    const { store, log } = context;
    const known = await listSwarms(store.db, before, MAX_SCRAPE);
    const last = known.at(-1);
    before = known.length < MAX_SCRAPE || last === undefined ? Number.MAX_SAFE_INTEGER : last.sequence;
    if (known.length === 0) return;
    let counts: ReadonlyMap<InfoHash, SwarmCount>;
    try {
      counts = await scrape(
        url,
        known.map(({ infoHash }) => infoHash),
      );
    } catch (error) {
      // Only pages miss it. The tracker has its own alarms.
      log.debug({ err: error }, "the tracker cannot be asked for its swarms");
      return;
    }
    const changed = known
      .map((old) => ({ old, now: counts.get(old.infoHash) ?? { infoHash: old.infoHash, seeders: 0, leechers: 0 } }))
      .filter(({ old, now }) => old.seeders !== now.seeders || old.leechers !== now.leechers);
    const swarms = changed.map(({ now }) => now);
    if (swarms.length > 0) await store.transaction((trx) => saveSwarms(trx, swarms));
  };
}

/** BEP 48: the path's last part starts with `announce`, or there is no scrape: null. */
export function scrapeUrlOf(trackerUrl: string): string | null {
  const url = new URL(trackerUrl);
  if (!/^https?:$/.test(url.protocol) || !/\/announce[^/]*$/.test(url.pathname)) return null;
  url.pathname = url.pathname.replace(/\/announce([^/]*)$/, "/scrape$1");
  return url.href;
}

async function scrape(url: string, infoHashes: readonly InfoHash[]): Promise<ReadonlyMap<InfoHash, SwarmCount>> {
  const query = infoHashes.map((infoHash) => `info_hash=${infoHash.replace(/../g, "%$&")}`).join("&");
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}${query}`, { signal, redirect: "error" });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_REPLY_BYTES) throw new Error(`a scrape of more than ${MAX_REPLY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return readScrape(Buffer.concat(chunks));
}

/** What is not as BEP 48 says is left out. @throws {ProtocolError} BENCODE_INVALID */
export function readScrape(reply: Uint8Array): ReadonlyMap<InfoHash, SwarmCount> {
  const counts = new Map<InfoHash, SwarmCount>();
  const root = decodeBencode(reply, false);
  const files = isDictionary(root) ? root.entries.get("files") : undefined;
  if (!isDictionary(files)) return counts;
  for (const [key, swarm] of files.entries) {
    if (!isDictionary(swarm)) continue;
    const infoHash = Buffer.from(key, "latin1").toString("hex");
    const seeders = countOf(swarm.entries.get("complete"));
    counts.set(infoHash, { infoHash, seeders, leechers: countOf(swarm.entries.get("incomplete")) });
  }
  return counts;
}

function countOf(value: unknown): number {
  return typeof value === "bigint" && value > 0n && value < 2n ** 32n ? Number(value) : 0;
}

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Server from "bittorrent-tracker/server";
import { createDialRule } from "../../../client/dial-rule.ts";
import type { Content, ContentEvent } from "../../../client/torrent/content/content.ts";
import { createTorrentEngine, type TorrentEngine } from "../../../client/torrent/engine.ts";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import type { PieceOrder } from "../../../client/torrent/picker/piece-order.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { parseMetainfo } from "../../../protocol/bittorrent/metainfo.ts";
import { FakePayment } from "./fake-payment.ts";

export const PIECE = 64 * 1024;
/** Bytes of the last piece. */
export const LAST = 777;
const SIZE = 80 * PIECE + LAST;
export const PIECES = 81;

/**
 * One published file or folder, a tracker that admits everybody, and engines in this process with
 * real sockets between them.
 */
export class Swarm {
  readonly directory = mkdtempSync(join(tmpdir(), "floodgate-engine-"));
  readonly original = join(this.directory, "film.bin");
  readonly #server = new Server({ udp: false, ws: false, stats: false });
  readonly #peers: TestEngine[] = [];
  #trackerUrl = "";
  #metainfo: Uint8Array = new Uint8Array();
  readonly #isPaid: boolean;
  infoHash = "";

  readonly #pieceLength: number | undefined;
  readonly #host: string;

  constructor({
    isPaid = true,
    pieceLength,
    host = "127.0.0.1",
  }: { isPaid?: boolean; pieceLength?: number; host?: string } = {}) {
    this.#host = host;
    this.#isPaid = isPaid;
    this.#pieceLength = pieceLength;
  }

  get name(): string {
    return basename(this.original);
  }

  async start(): Promise<this> {
    if (!existsSync(this.original)) writeFileSync(this.original, randomBytes(SIZE));
    this.#server.listen(0, this.#host);
    await once(this.#server, "listening");
    const { port } = this.#server.http.address() as { port: number };
    this.#trackerUrl = `http://${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${port}/announce`;
    this.#metainfo = await createMetainfo(this.original, {
      trackerUrl: this.#trackerUrl,
      isPaid: this.#isPaid,
      ...(this.#pieceLength === undefined ? {} : { pieceLength: this.#pieceLength }),
    });
    this.infoHash = parseMetainfo(this.#metainfo).infoHash;
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #engine(number: number, payment: FakePayment): Promise<TestEngine> {
    const sessionKey: Address = `0x${number.toString(16).padStart(2, "0").repeat(20)}`;
    const engine = await createTorrentEngine({
      host: this.#host,
      port: 0,
      trackerUrl: this.#trackerUrl,
      dialing: createDialRule(this.#trackerUrl, () => 0),
      sessionKey,
      maxWires: 20,
    });
    payment.port = 4_000 + number;
    const peer = new TestEngine(engine, payment, sessionKey);
    this.#peers.push(peer);
    return peer;
  }

  /** Serves a copy of the file, which a test may spoil after the start-up check. */
  async seed(
    number: number,
    payment = new FakePayment(8),
    isAtRest = false,
  ): Promise<TestEngine & { readonly path: string }> {
    const peer = await this.#engine(number, payment);
    const path = join(this.directory, `copy-${number}.bin`);
    cpSync(this.original, path, { recursive: true });
    peer.content = await peer.engine.add({
      metainfo: this.#metainfo,
      infoHash: this.infoHash,
      place: { type: "seed", path },
      paid: this.#isPaid ? { pricePerGiB: 1n, payment } : null,
      rest: isAtRest ? this.#rest() : null,
      onEvent: peer.onEvent,
    });
    return Object.assign(peer, { path });
  }

  /** Of a seeder that was there before. */
  #rest() {
    const bits = new Uint8Array(Math.ceil(PIECES / 8)).fill(255);
    bits[bits.length - 1] = (255 << (8 * bits.length - PIECES)) & 255;
    const loaded = { metainfo: this.#metainfo, known: { bits, suspects: [] } };
    const onChanged = (): void => {
      throw new Error("its files were not changed");
    };
    return { bits, sizeBytes: SIZE, load: async () => loaded, onChanged };
  }

  async download(
    number: number,
    payment = new FakePayment(8),
    directory = `out-${number}`,
    order: PieceOrder = "rarest",
    files: readonly string[] | null = null,
  ): Promise<TestEngine> {
    const peer = await this.#engine(number, payment);
    const out = join(this.directory, directory);
    mkdirSync(out, { recursive: true });
    peer.path = join(out, this.name);
    peer.content = await peer.engine.add({
      metainfo: this.#metainfo,
      infoHash: this.infoHash,
      place: { type: "download", directory: out },
      order,
      files,
      paid: this.#isPaid ? { pricePerGiB: 1n, payment } : null,
      onEvent: peer.onEvent,
    });
    return peer;
  }

  isCopy(path: string): boolean {
    return readFileSync(path).equals(readFileSync(this.original));
  }
}

export class TestEngine {
  readonly engine: TorrentEngine;
  readonly payment: FakePayment;
  readonly sessionKey: Address;
  readonly events: ContentEvent[] = [];
  content!: Content;
  path = "";
  #watchers: (() => void)[] = [];
  #isStopped = false;

  constructor(engine: TorrentEngine, payment: FakePayment, sessionKey: Address) {
    this.engine = engine;
    this.payment = payment;
    this.sessionKey = sessionKey;
  }

  readonly onEvent = (event: ContentEvent): void => {
    this.events.push(event);
    for (const watcher of this.#watchers.splice(0)) watcher();
  };

  /** Checked at each event of the content. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.content?.complete.catch(() => undefined);
    await this.engine.stop(1_000);
  }
}

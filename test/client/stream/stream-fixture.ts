import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach } from "vitest";
import type { StreamedContent } from "../../../client/stream/readers.ts";
import { type StreamServer, startStreamServer } from "../../../client/stream/stream-server.ts";

export const PIECE = 64 * 1024;
/** The file begins inside of piece 1 and ends inside of piece 21. */
export const OFFSET = PIECE + 1000;
export const BYTES = randomBytes(20 * PIECE);
export const LAST_PIECE = 21;

/** A content whose pieces arrive when the test says so. Its file is there from the beginning. */
export class FakeContent implements StreamedContent {
  readonly steered: number[] = [];
  readonly #pieces = new Set<number>();
  readonly #onArrival: () => void;
  #watchers: (() => void)[] = [];

  constructor(onArrival: () => void = () => undefined) {
    this.#onArrival = onArrival;
  }

  isOnDisk = (piece: number): boolean => this.#pieces.has(piece);
  readFrom = (piece: number): void => {
    this.steered.push(piece);
    for (const watcher of this.#watchers.splice(0)) watcher();
  };

  arrive(first: number, last = first): void {
    for (let piece = first; piece <= last; piece++) this.#pieces.add(piece);
    this.#onArrival();
  }

  async untilSteeredTo(piece: number): Promise<void> {
    while (this.steered.at(-1) !== piece) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }
}

/** A server of `film.mp4` for each test, over a content of which nothing has arrived. */
export class Stream {
  content!: FakeContent;
  server!: StreamServer;
  problems: unknown[] = [];
  #directory = "";

  constructor() {
    beforeEach(async () => {
      this.#directory = mkdtempSync(join(tmpdir(), "floodgate-stream-"));
      this.content = new FakeContent(() => this.server.arrived());
      this.problems = [];
      this.server = await this.#start("film.mp4", BYTES);
      this.server.use(this.content);
    });
    afterEach(async () => {
      await this.server.close();
      rmSync(this.#directory, { recursive: true, force: true });
    });
  }

  /** Serves another file instead. */
  async replace(name: string, bytes = BYTES, content = this.content): Promise<void> {
    await this.server.close();
    this.server = await this.#start(name, bytes);
    this.server.use(content);
  }

  write(name: string, bytes: Uint8Array): void {
    writeFileSync(join(this.#directory, name), bytes);
  }

  get(headers: Record<string, string> = {}, signal = AbortSignal.timeout(60_000)): Promise<Response> {
    return fetch(this.server.url, { headers, signal });
  }

  /** Sends a request with any host and path, which fetch would not. */
  async ask(options: { method?: string; host?: string; path?: string }): Promise<Answer> {
    const { hostname, port, pathname } = new URL(this.server.url);
    const { method = "GET", host = `127.0.0.1:${port}`, path = pathname } = options;
    const asked = request({ hostname, port, path, method, headers: { host } }).end();
    const [response] = await once(asked, "response");
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  #start(name: string, bytes: Uint8Array): Promise<StreamServer> {
    this.write(name, bytes);
    return startStreamServer({
      port: 0,
      file: { path: join(this.#directory, name), part: null, offset: OFFSET, length: bytes.length, pieceLength: PIECE },
      name,
      version: "v1",
      onProblem: (error) => this.problems.push(error),
    });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

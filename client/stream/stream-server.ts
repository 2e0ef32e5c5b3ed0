import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { InputError } from "../../protocol/base/errors.ts";
import { hostsOf, TOKEN_BYTES } from "./access.ts";
import { piecesOf, type StreamFile } from "./read-file.ts";
import { createReaders, type PieceSpan, type Readers } from "./readers.ts";
import { createStreamRoutes } from "./stream-routes.ts";

/**
 * Serves one file over HTTP on the loopback while it is downloaded. Only a client that knows the
 * URL can read it.
 */
export interface StreamServer extends Pick<Readers, "use" | "arrived"> {
  readonly url: string;
  /**
   * Resolves when the first bytes of the file are on disk, so that a player can start. Rejects when
   * the server is closed before.
   */
  readonly playable: Promise<void>;
  /** The whole file is on disk, and stays readable even if the content fails. */
  completed(): void;
  /** Breaks off all readers. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
/** Enough for a player to recognize the format, and to begin. */
export const PLAYABLE_BYTES = 256 * 1024;

/** @throws {InputError} PORT_UNUSABLE */
export async function startStreamServer(options: {
  /** 0: any free port. */
  readonly port: number;
  readonly file: StreamFile;
  /** The URL ends with this name, which decides the Content-Type. */
  readonly name: string;
  /** Names these bytes: other bytes have another version. */
  readonly version: string;
  /** The file cannot be read. */
  readonly onProblem: (error: unknown) => void;
}): Promise<StreamServer> {
  const { file, name, version, onProblem } = options;
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const readers = createReaders(piecesOf(file, { start: 0, end: file.length - 1 }));
  let hosts: readonly string[] = [];
  const isHost = (host: string): boolean => hosts.includes(host);
  const server = createStreamRoutes({ file, readers, token, name, etag: `"${version}"`, isHost, onProblem });
  try {
    await server.listen({ host: HOST, port: options.port });
  } catch (cause) {
    throw new InputError("PORT_UNUSABLE", `cannot listen on ${HOST}:${options.port}: choose another --stream-port`, {
      cause,
    });
  }
  const { port } = server.server.address() as AddressInfo;
  hosts = hostsOf(port);
  const closed = new AbortController();
  const start = piecesOf(file, { start: 0, end: Math.min(PLAYABLE_BYTES, file.length) - 1 });
  const playable = waitFor(start, readers, closed.signal);
  playable.catch(() => undefined);
  return {
    url: `http://${HOST}:${port}/${token}/${encodeURIComponent(name)}`,
    playable,
    use: readers.use,
    arrived: readers.arrived,
    completed: () => readers.use({ isOnDisk: () => true, readFrom: () => undefined }),
    close() {
      closed.abort();
      return server.close();
    },
  };
}

async function waitFor(span: PieceSpan, readers: Readers, signal: AbortSignal): Promise<void> {
  const reader = readers.join(span);
  for (let piece = span.first; piece <= span.last; piece++) await reader?.until(piece, signal);
  reader?.leave();
}

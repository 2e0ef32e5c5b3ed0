import { request } from "node:http";
import { isIP } from "node:net";
import { Readable } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { NetworkError } from "../../../protocol/base/errors.ts";

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

const CONNECT_MS = 10_000;

/**
 * As `fetch`, of a server that is known by its certificate's SHA-256 (hex). Null: the system's
 * authorities must have signed its certificate. Nothing is sent before that is known.
 * @throws {NetworkError} CERTIFICATE_WRONG; and what the connection throws
 */
export async function fetchByTls(url: URL, fingerprint: string | null, asked: Asked): Promise<Response> {
  const { method, headers, body, signal } = asked;
  const socket = await openSocket(url, fingerprint, signal);
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const sent = request({
    method,
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, connection: "close" },
    createConnection: () => socket,
    signal,
  });
  sent.on("error", reject);
  sent.on("response", (answer) => {
    const { statusCode: status = 502 } = answer;
    const isEmpty = status === 204 || status === 304;
    if (isEmpty) answer.resume();
    resolve(new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), { status }));
  });
  sent.end(body);
  return promise;
}

async function openSocket(url: URL, fingerprint: string | null, signal: AbortSignal): Promise<TLSSocket> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const socket = connect({
    host,
    port: Number(url.port || 443),
    minVersion: "TLSv1.3",
    // One that is pinned needs no authority: it is compared below.
    rejectUnauthorized: fingerprint === null,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => void socket.destroy(new Error("the connection takes too long"));
  const timer = setTimeout(abort, CONNECT_MS);
  signal.addEventListener("abort", abort, { once: true });
  socket.once("error", reject);
  socket.once("secureConnect", resolve);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
  const shown = socket.getPeerCertificate().fingerprint256?.replaceAll(":", "").toLowerCase();
  if (fingerprint === null || shown === fingerprint) return socket;
  socket.destroy();
  throw new NetworkError(
    "CERTIFICATE_WRONG",
    `${url.host} shows another certificate than the one of that fingerprint: it may be another server, or somebody between. \`floodgate peer start --listen\` prints the right one`,
  );
}

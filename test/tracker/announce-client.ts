import { get } from "node:http";
import { buffer } from "node:stream/consumers";
import bencode from "bencode";

export interface Reply {
  readonly reason?: string;
  readonly retryIn?: number | string;
  readonly peers: readonly string[];
  readonly grant?: Grant;
  readonly complete?: number;
  readonly incomplete?: number;
  readonly interval?: number;
}

interface Grant {
  readonly now: number;
  readonly account: string;
  readonly lanes: readonly { readonly allotment: { readonly lane: number }; readonly payeeHost: string }[];
  readonly shortage: string | null;
}

export const binary = (hex: string): string => hex.replace(/../g, "%$&");

/** Announces as a plain client does, from `from`, with `extra` in the query. */
export async function announceTo(
  url: string,
  infoHash: string,
  port: number,
  extra: Record<string, string> = {},
  from = "127.0.0.1",
): Promise<Reply> {
  const fields = { port: String(port), uploaded: "0", downloaded: "0", left: "100", compact: "1", ...extra };
  const query = new URLSearchParams(fields).toString();
  const id = binary(`${port}`.padStart(40, "0"));
  return decode(await fetchFrom(`${url}?info_hash=${binary(infoHash)}&peer_id=${id}&${query}`, from));
}

export function fetchFrom(url: string, from = "127.0.0.1"): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  get(url, { localAddress: from, agent: false }, (response) => buffer(response).then(resolve, reject)).on(
    "error",
    reject,
  );
  return promise;
}

const text = (value: unknown): string => Buffer.from(value as Uint8Array).toString();

export function decode(body: Uint8Array): Reply {
  const reply = bencode.decode(body) as Record<string, unknown>;
  const bytes = (reply.peers as Uint8Array | undefined) ?? new Uint8Array();
  const peers = Array.from({ length: bytes.length / 6 }, (_, i) => {
    const peer = Buffer.from(bytes).subarray(i * 6, i * 6 + 6);
    return `${[...peer.subarray(0, 4)].join(".")}:${peer.readUInt16BE(4)}`;
  });
  const retryIn = reply["retry in"];
  return {
    peers,
    ...(reply["failure reason"] === undefined ? {} : { reason: text(reply["failure reason"]) }),
    ...(retryIn === undefined ? {} : { retryIn: typeof retryIn === "number" ? retryIn : text(retryIn) }),
    ...(reply.floodgate === undefined ? {} : { grant: JSON.parse(text(reply.floodgate)) }),
    ...(reply.complete === undefined
      ? {}
      : {
          complete: Number(reply.complete),
          incomplete: Number(reply.incomplete),
          interval: Number(reply.interval),
        }),
  };
}

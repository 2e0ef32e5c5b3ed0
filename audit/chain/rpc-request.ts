import { FetchRequest, type GetUrlResponse } from "ethers";
import { ChainError } from "../../protocol/base/errors.ts";
import { joinBytes } from "../facts/join-bytes.ts";

const TIMEOUT_MS = 30_000;
/**
 * Limit of one answer: a few thousand logs of full batches. Longer ranges are asked for in parts.
 */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** A JSON-RPC request with a time limit, whose answer is not read beyond `maxBytes`. */
export function createRequest(rpcUrl: string, maxBytes = MAX_ANSWER_BYTES): FetchRequest {
  const request = new FetchRequest(rpcUrl);
  request.timeout = TIMEOUT_MS;
  request.getUrlFunc = (asked) => post(asked, maxBytes);
  return request;
}

async function post({ url, method, headers, body }: FetchRequest, maxBytes: number): Promise<GetUrlResponse> {
  const response = await fetch(url, {
    method,
    headers,
    // A copy: fetch takes no bytes that others may share.
    body: body && new Uint8Array(body),
    // A node that redirects is not the node that was asked for.
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes)
      throw new ChainError(
        "RPC_ANSWER_TOO_LARGE",
        `the node's answer is longer than ${maxBytes} bytes: ask another node with --rpc`,
      );
    chunks.push(chunk);
  }
  return {
    statusCode: response.status,
    statusMessage: response.statusText,
    headers: Object.fromEntries(response.headers),
    body: joinBytes(chunks),
  };
}

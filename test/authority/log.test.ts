import { expect, test } from "vitest";
import { createLog, hideUrls } from "../../authority/log.ts";
import { ChainError } from "../../protocol/base/errors.ts";

const KEY = "s3cret-api-key";
const URL = `https://user:${KEY}@rpc.example:8545/v2/${KEY}?key=${KEY}`;

function logged(error: unknown): string {
  const lines: string[] = [];
  createLog("error", { write: (line) => void lines.push(line) }).error({ err: error }, "request failed");
  return lines.join("");
}

test("an error of a node is logged without the key in the node's URL, whatever caused it", () => {
  const inner = new Error(`fetch failed\nURL: ${URL}`, { cause: new TypeError(`connect ${URL}`) });
  const line = logged(new ChainError("RPC_UNAVAILABLE", "no usable answer from rpc.example", { cause: inner }));
  expect(line).not.toContain(KEY);
  expect(JSON.parse(line)).toMatchObject({
    err: { code: "RPC_UNAVAILABLE", causes: ["Error: fetch failed", "TypeError: connect https://rpc.example:8545"] },
  });
  expect(logged(inner)).not.toContain(KEY);
  expect(logged(`failed at ${URL}`)).not.toContain(KEY);
});

test("texts without a URL, and a stack's places, stay as they are", () => {
  const text = "at run (file:///srv/floodgate/main.ts:1:2): 3 of 4 failed";
  expect(hideUrls(text)).toBe(text);
  expect(hideUrls(`asked "ws://10.0.0.1:1/a", then (http://b/c)`)).toBe(`asked "ws://10.0.0.1:1", then (http://b)`);
});

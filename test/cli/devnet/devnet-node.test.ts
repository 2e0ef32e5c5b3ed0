import { expect, test } from "vitest";
import { readyUrl } from "../../../cli/devnet/devnet-node.ts";

test.each([
  ["127.0.0.1", "http://127.0.0.1:8545/", "http://127.0.0.1:8545"],
  ["::1", "http://::1:8545/", "http://[::1]:8545"],
  ["::1", "http://[::1]:8545/", "http://[::1]:8545"],
])("a node at %s that says %s is reached at %s", (host, said, url) => {
  expect(readyUrl(`Started HTTP and WebSocket JSON-RPC server at ${said}\n`, host)).toBe(url);
  expect(readyUrl("Accounts", host)).toBeUndefined();
});

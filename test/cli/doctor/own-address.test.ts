import { expect, test } from "vitest";
import { addressIn, examineName, judgeName } from "../../../cli/doctor/own-address.ts";
import { parseIp } from "../../../protocol/base/ip-address.ts";
import { encodeRefusal } from "../../../tracker/http/reply.ts";

const NAME = "home.example.org";
const refused = { type: "refusal", reason: "malformed", retryIn: null } as const;

test.each(["203.0.113.7", "2001:db8:0:0:0:0:0:1"])("a tracker's refusal says where it sees %s", async (address) => {
  const body = encodeRefusal(refused as never, parseIp(address));
  expect(await addressIn(new Response(new Uint8Array(body)))).toBe(address);
});

test.each(["d14:failure reason1:xe", "d11:external ip3:abce", "d11:external ipi7ee", "no tracker", "x".repeat(5_000)])(
  "%.30s names no address",
  async (body) => {
    expect(await addressIn(new Response(body))).toBeNull();
  },
);

test.each([
  ["ok", ["192.0.2.1", "2001:db8::1"], "2001:db8:0:0:0:0:0:1", /where the tracker sees this machine/],
  ["problem", ["192.0.2.1"], "203.0.113.7", /sees this machine at 203\.0\.113\.7.*update the name/],
  ["problem", [], "203.0.113.7", /has no address/],
  ["warning", ["192.0.2.1"], null, /does not tell/],
] as const)("a name is compared with what the tracker sees: %s", (state, addresses, seen, says) => {
  const found = judgeName(NAME, addresses, seen);
  expect(found.state).toBe(state);
  expect(found.text).toMatch(says);
});

test("this machine's own name is looked up", async () => {
  expect(await examineName("localhost", "127.0.0.1")).toMatchObject({ state: "ok" });
});

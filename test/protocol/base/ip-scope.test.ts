import fc from "fast-check";
import { expect, test } from "vitest";
import { type IpScope, scopeOfIp } from "../../../protocol/base/ip-scope.ts";

test.each<[IpScope, readonly string[]]>([
  ["loopback", ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]],
  ["local", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255"]],
  ["local", ["169.254.169.254", "fc00::1", "fdff::1", "fe80::1%eth0", "febf::1", "::ffff:10.1.2.3", "64:ff9b::a00:1"]],
  ["none", ["0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "::7f00:1", "::ffff:0.0.0.0"]],
  ["public", ["1.1.1.1", "172.32.0.1", "172.15.0.1", "100.63.0.1", "100.128.0.1", "192.167.1.1", "223.255.0.1"]],
  ["public", ["2001:db8::1", "fe00::1", "fec0::1", "64:ff9b::808:808"]],
])("%s: %j", (scope, addresses) => {
  for (const address of addresses) expect([address, scopeOfIp(address)]).toEqual([address, scope]);
});

test.each(["", "localhost", "127.1", "0x7f000001", "2130706433", "127.0.0.01", "[::1]", "evil.example", "::1::"])(
  "'%s' is no address, whatever a resolver makes of it",
  (text) => {
    expect(scopeOfIp(text)).toBe("none");
  },
);

test("an address has one scope, however it is written", () => {
  fc.assert(
    fc.property(fc.ipV4(), (ip) => {
      expect(scopeOfIp(`::ffff:${ip}`)).toBe(scopeOfIp(ip));
    }),
  );
});

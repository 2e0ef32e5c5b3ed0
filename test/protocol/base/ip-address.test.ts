import { expect, test } from "vitest";
import { prefixOf } from "../../../protocol/base/ip-address.ts";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2ff::1", "2001:db8:1:200::/56"],
  ["2001:db8:1:200:ffff::9", "2001:db8:1:200::/56"],
  ["2001:0db8:0001:0300::", "2001:db8:1:300::/56"],
  ["fe80::1%eth0", "fe80:0:0:0::/56"],
  ["::1", "0:0:0:0::/56"],
  ["64:ff9b::192.0.2.7", "64:ff9b:0:0::/56"],
  ["no address", "unknown"],
])("%s is of %s", (address, prefix) => {
  expect(prefixOf(address)).toBe(prefix);
});

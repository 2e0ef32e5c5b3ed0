import { expect, test } from "vitest";
import { createDialRule } from "../../client/dial-rule.ts";

const HOSTS = { loopback: "127.0.0.1", local: "192.168.1.7", public: "198.51.100.7", nobody: "0.0.0.0" };

/** Which of HOSTS are dialed by a peer whose tracker's name has these addresses. */
async function dialed(trackerUrl: string, addresses: readonly string[] = []): Promise<string[]> {
  const rule = createDialRule(
    trackerUrl,
    () => 0,
    async () => addresses.map((address) => ({ address })),
  );
  await rule.refresh();
  return Object.entries(HOSTS).flatMap(([name, host]) => (rule.allows(host) ? [name] : []));
}

test.each<[string, readonly string[], readonly string[]]>([
  ["http://127.0.0.1:8700/announce", [], ["loopback", "local", "public"]],
  ["http://[::1]:8700/announce", [], ["loopback", "local", "public"]],
  ["http://10.0.0.1:8700/announce", [], ["local", "public"]],
  ["http://203.0.113.1/announce", [], ["public"]],
  ["https://[2001:db8::1]/announce", [], ["public"]],
  ["http://localhost:8700/announce", ["::1", "127.0.0.1"], ["loopback", "local", "public"]],
  ["https://tracker.example/announce", ["203.0.113.1", "2001:db8::1"], ["public"]],
  // A host on the operator's own network, which others reach by another address of it.
  ["http://tracker.lan/announce", ["2001:db8::1", "192.168.1.2"], ["local", "public"]],
])("of %s with addresses %j, a peer dials what is %j", async (url, addresses, expected) => {
  expect(await dialed(url, addresses)).toEqual(expected);
});

test("while a name cannot be looked up, only what anybody can reach is dialed; a name is asked again after a minute", async () => {
  let nowMs = 0;
  const asked: number[] = [];
  const answers: (readonly string[] | null)[] = [null, ["192.168.1.2"], ["203.0.113.1"]];
  const rule = createDialRule(
    "http://tracker.lan/announce",
    () => nowMs,
    async () => {
      asked.push(nowMs);
      const answer = answers.shift();
      if (!answer) throw new Error("ENOTFOUND");
      return answer.map((address) => ({ address }));
    },
  );
  const states: boolean[] = [];
  for (nowMs of [0, 1, 59_999, 60_001]) {
    await rule.refresh();
    states.push(rule.allows(HOSTS.local));
  }
  expect(states).toEqual([false, true, true, false]);
  expect(asked).toEqual([0, 1, 60_001]);
});

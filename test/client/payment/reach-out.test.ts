import { afterEach, expect, test } from "vitest";
import { createReachOut } from "../../../client/payment/reach-out.ts";
import { owed } from "../../../protocol/base/units.ts";
import { CONTENT, PIECE, PIECES, PRICE } from "./network.ts";
import { connect, exchange, grant } from "./pair.ts";
import { stopPeers, TestPeer } from "./test-peer.ts";
import { Time } from "./time.ts";

afterEach(async () => {
  expect(await stopPeers()).toEqual([]);
});

test("a payee that nobody can reach connects to its payer, who then pays on that connection", async () => {
  const [payer, payee] = [new TestPeer(11), new TestPeer(12)];
  await payer.start(new Set());
  await payee.start(new Set(Array.from({ length: PIECES }, (_, piece) => piece)));
  // What the payer is told leads nowhere.
  payee.host = "127.0.0.9";
  const wire = connect(payer, payee);
  grant(payer, payee, 1, 200);
  payee.time.advance(2_000);
  await payer.until(() => payer.payments.payer.askableBytes(wire.atPayer) >= PIECE);
  const got = await exchange(payer, payee, wire, 0);
  await payer.payments.payer.finishContent(CONTENT);
  await payee.until(() => payee.hasEarned(owed(got * PIECE, PRICE)));
});

test("a wire's remote is connected to until an offer is accepted, four times at most, and not after its end", () => {
  const time = new Time();
  const served = new Set<string>();
  const tries: string[] = [];
  const reachOut = createReachOut({
    setTimer: time.setTimer,
    isServed: (wireId) => served.has(wireId),
    connect: ({ host, port }) => tries.push(`${host}:${port} ${time.nowMs}`),
  });
  for (const [port, wireId] of ["never", "at once", "later", "gone"].entries())
    reachOut.opened({ wireId, remoteHost: "192.0.2.1", remotePort: port });
  served.add("at once");
  for (let second = 0; second < 5; second++) time.advance(1_000);
  expect(tries.splice(0)).toEqual(["192.0.2.1:0 2000", "192.0.2.1:2 3000", "192.0.2.1:3 4000"]);
  served.add("later");
  reachOut.closed("gone");
  for (let second = 0; second < 100; second++) time.advance(1_000);
  expect(tries.splice(0)).toEqual([22_000, 42_000, 62_000].map((ms) => `192.0.2.1:0 ${ms}`));
  reachOut.opened({ wireId: "last", remoteHost: "192.0.2.1", remotePort: 9 });
  reachOut.stop();
  time.advance(1_000_000);
  expect(tries).toEqual([]);
});

test("who can be reached from as far away as the remote is connects to nobody", () => {
  const time = new Time();
  const tries: number[] = [];
  const reachOut = createReachOut({
    setTimer: time.setTimer,
    isServed: () => false,
    connect: ({ port }) => tries.push(port),
  });
  const hosts = ["127.0.0.1", "192.168.1.9", "198.51.100.1"];
  for (const [port, remoteHost] of hosts.entries())
    reachOut.opened({ wireId: remoteHost, remoteHost, remotePort: port });
  reachOut.reachedFrom("10.0.0.3");
  time.advance(2_000);
  expect(tries.splice(0)).toEqual([2]);
  reachOut.reachedFrom("203.0.113.5");
  time.advance(1_000_000);
  expect(tries).toEqual([]);
});

import { expect, test } from "vitest";
import { parseDefaultRoute } from "../../../client/ports/gateways.ts";
import { type Gateway, mapPorts } from "../../../client/ports/port-mapping.ts";

const PORTS = [6881, 6882];

class FakeGateway implements Gateway {
  readonly open = new Map<number, string | null>();
  isStopped = false;
  readonly #externalHost: string;
  readonly #portOf: (port: number) => number;

  constructor(externalHost = "203.0.113.9", portOf = (port: number): number => port) {
    this.#externalHost = externalHost;
    this.#portOf = portOf;
  }

  async map(port: number, host: string | null) {
    this.open.set(port, host);
    return { externalHost: this.#externalHost, externalPort: this.#portOf(port) };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.open.clear();
  }
}

/** A search finds these, each time; runs until it has come to its end. */
async function start(found: readonly Gateway[], host = "192.168.1.5") {
  const lines: string[] = [];
  const timers: (() => void)[] = [];
  let searches = 0;
  const mapping = mapPorts({
    ports: PORTS,
    host,
    async *findGateways() {
      searches++;
      yield* found;
    },
    setTimer(run) {
      timers.push(run);
      return () => undefined;
    },
    log: (line) => void lines.push(line),
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await settle();
  return { mapping, lines, timers, settle, searches: () => searches };
}

test("both ports are open at the router under their own numbers, until the peer stops", async () => {
  const router = new FakeGateway();
  const { mapping, lines } = await start([router]);
  expect(router.open).toEqual(new Map(PORTS.map((port) => [port, "192.168.1.5"])));
  expect(mapping.view()).toEqual({ state: "mapped", externalHost: "203.0.113.9", problem: null });
  expect(lines).toEqual(["the router maps the ports 6881 and 6882 at 203.0.113.9"]);
  await mapping.stop();
  expect([router.isStopped, router.open.size]).toEqual([true, 0]);
});

test("a peer that listens on all addresses leaves it to the router which of them it reaches", async () => {
  const router = new FakeGateway();
  await start([router], "0.0.0.0");
  expect([...router.open.values()]).toEqual([null, null]);
});

test("a router that gives another port is told to close it, and the next one is asked", async () => {
  const [other, good] = [new FakeGateway("203.0.113.1", (port) => port + 1), new FakeGateway()];
  const { mapping } = await start([other, good]);
  expect(other.isStopped).toBe(true);
  expect(mapping.view()).toMatchObject({ state: "mapped", externalHost: "203.0.113.9" });
});

test.each(["10.0.0.7", "100.64.3.2", "192.168.0.1", "172.31.0.1"])(
  "a router that is itself behind another one is told of: %s",
  async (host) => {
    const { mapping } = await start([new FakeGateway(host)]);
    expect(mapping.view()).toMatchObject({ state: "failed", externalHost: host });
    expect(mapping.view().problem).toContain("forward the ports there, too");
  },
);

test("without a router it says what to do, once, and looks again later", async () => {
  const { mapping, lines, timers, settle, searches } = await start([]);
  expect(mapping.view()).toMatchObject({ state: "failed", problem: expect.stringContaining("UPnP or NAT-PMP") });
  timers.shift()?.();
  await settle();
  expect([searches(), lines.length, timers.length]).toEqual([2, 1, 1]);
});

test("a router that fails is no fault of the peer", async () => {
  const broken = { map: async () => Promise.reject(new Error("Code 718 - conflict")), stop: async () => undefined };
  const { mapping } = await start([broken]);
  expect(mapping.view()).toMatchObject({ state: "failed", problem: "Code 718 - conflict" });
});

test("the default route is read as Linux writes it", () => {
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n";
  expect(parseDefaultRoute(`${head}eth0\t0001A8C0\t00000000\t0001\neth0\t00000000\t0101A8C0\t0003\t0\n`)).toBe(
    "192.168.1.1",
  );
  expect(parseDefaultRoute(head)).toBeNull();
  expect(parseDefaultRoute(`${head}eth0\t00000000\t../../etc\t0003\n`)).toBeNull();
});

import { BlockList, isIPv4 } from "node:net";
import { textOfError } from "../../protocol/base/errors.ts";
import type { PortMappingView } from "../../protocol/http/peer.ts";

/** A router that was found. */
export interface Gateway {
  /**
   * Asks for this port outside, renews that, and returns what the router gave instead.
   * `host`: IP address of this machine; null: whichever the router reaches.
   */
  map(port: number, host: string | null): Promise<{ readonly externalHost: string; readonly externalPort: number }>;
  /** Ends what it maps. */
  stop(): Promise<void>;
}

export interface PortMappingOptions {
  readonly ports: readonly number[];
  /** IP address that the peer listens on; 0.0.0.0 or ::, all. */
  readonly host: string;
  /** Routers, as they answer; ends when no more is expected. */
  readonly findGateways: () => AsyncIterable<Gateway>;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** One line for people. */
  readonly log: (line: string) => void;
}

export interface PortMapping {
  view(): PortMappingView;
  /** Resolves when the router has been told. */
  stop(): Promise<void>;
}

/** A router that starts again forgets its mappings, and one may come later. */
const AGAIN_MS = 10 * 60_000;
const NO_ROUTER = "no router answered by UPnP or NAT-PMP: switch one of them on there, or forward the ports by hand";

/** RFC 1918, RFC 6598, and what no router has outside. */
const INSIDE = new BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  INSIDE.addSubnet(network, bits);

/** Keeps these TCP ports open at the router, under the same numbers: those are announced. */
export function mapPorts({ ports, host, findGateways, setTimer, log }: PortMappingOptions): PortMapping {
  let view: PortMappingView = { state: "searching", externalHost: null, problem: null };
  /** The one that maps the ports, or is asked to. */
  let gateway: Gateway | null = null;
  let attempt: Promise<string | null> = Promise.resolve(null);
  let isStopped = false;
  let cancel = (): void => undefined;
  const set = (next: PortMappingView): void => {
    if (next.problem !== null && next.problem !== view.problem) log(`ports are not mapped: ${next.problem}`);
    if (next.state === "mapped" && view.state !== "mapped")
      log(`the router maps the ports ${ports.join(" and ")} at ${next.externalHost}`);
    view = next;
  };
  const internalHost = host === "0.0.0.0" || host === "::" ? null : host;

  const tryGateway = async (found: Gateway): Promise<string | null> => {
    let outside = "";
    for (const port of ports) {
      const { externalHost, externalPort } = await found.map(port, internalHost);
      if (externalPort !== port)
        return `the router gives port ${externalPort} for ${port}: choose others with --torrent-port and --voucher-port`;
      outside = externalHost;
    }
    const problem = judgeHost(outside);
    set({ state: problem === null ? "mapped" : "failed", externalHost: outside, problem });
    return null;
  };
  const search = async (): Promise<void> => {
    let problem = NO_ROUTER;
    try {
      for await (const found of findGateways()) {
        if (isStopped) return;
        gateway = found;
        attempt = tryGateway(found).catch(textOfError);
        const refusal = await attempt;
        if (refusal === null || isStopped) return;
        gateway = null;
        await found.stop().catch(() => undefined);
        problem = refusal;
      }
    } catch (error) {
      problem = textOfError(error);
    }
    if (isStopped) return;
    set({ state: "failed", externalHost: null, problem });
    cancel = setTimer(start, AGAIN_MS);
  };
  function start(): void {
    void search();
  }
  start();

  return {
    view: () => view,
    async stop() {
      isStopped = true;
      cancel();
      await attempt;
      await gateway?.stop().catch((error: unknown) => log(`the router keeps the ports open: ${textOfError(error)}`));
    },
  };
}

/** A router behind another one opens its ports to that one only. */
function judgeHost(externalHost: string): string | null {
  if (!isIPv4(externalHost) || !INSIDE.check(externalHost)) return null;
  return `the router itself is behind another one (it has ${externalHost} outside): forward the ports there, too`;
}

import { once } from "node:events";
import { createServer, type Server, type Socket, connect as tcpConnect } from "node:net";

/**
 * A link between two hosts on one machine: each direction has a rate and a delay, shared by all
 * ports that it carries.
 */
export interface Link extends AsyncDisposable {
  /** A port that leads to this local port over the link; the same one each time. */
  portTo(port: number): Promise<number>;
}

export interface LinkSpeed {
  /** One way. */
  readonly delayMs: number;
  readonly bitsPerSecond: number;
}

/** What a router on the way queues before it makes the sender wait. */
const QUEUE_MS = 50;

export function createLink({ delayMs, bitsPerSecond }: LinkSpeed): Link {
  const bytesPerMs = bitsPerSecond / 8 / 1_000;
  const ports = new Map<number, Promise<number>>();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const [there, back] = [createDirection(bytesPerMs, delayMs), createDirection(bytesPerMs, delayMs)];

  const open = async (port: number): Promise<number> => {
    const server = createServer({ noDelay: true }, (near) => {
      const far = tcpConnect({ port, host: "127.0.0.1", noDelay: true });
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
      }
      there(near, far);
      back(far, near);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    return (server.address() as { port: number }).port;
  };

  return {
    portTo(port) {
      const known = ports.get(port) ?? open(port);
      ports.set(port, known);
      return known;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** Carries bytes one way, in the order in which they came. */
function createDirection(bytesPerMs: number, delayMs: number): (from: Socket, to: Socket) => void {
  const queue: { readonly dueMs: number; readonly deliver: () => void }[] = [];
  let idleAtMs = 0;
  let isWaiting = false;
  const pump = (): void => {
    isWaiting = false;
    const now = performance.now();
    while (queue[0] && queue[0].dueMs <= now) queue.shift()?.deliver();
    if (queue[0]) wait(queue[0].dueMs - now);
  };
  const wait = (ms: number): void => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(pump, ms);
  };
  const send = (bytes: number, deliver: () => void): number => {
    const now = performance.now();
    idleAtMs = Math.max(now, idleAtMs) + bytes / bytesPerMs;
    queue.push({ dueMs: idleAtMs + delayMs, deliver });
    wait(delayMs);
    return idleAtMs - now;
  };
  return (from, to) => {
    from.on("data", (chunk: Buffer) => {
      const queuedMs = send(chunk.length, () => void (to.writable && to.write(chunk)));
      if (queuedMs <= QUEUE_MS) return;
      from.pause();
      setTimeout(() => from.resume(), queuedMs - QUEUE_MS);
    });
    from.on("error", () => undefined);
    from.on("close", () => send(0, () => to.destroy()));
  };
}

import type { Socket } from "node:net";
import { parseIp, prefixKey } from "../protocol/base/ip-address.ts";
import { RateLimit } from "./core/rate-limit.ts";

export interface DoorsOptions {
  readonly announcesPerMinute: number;
  readonly connections: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** What each prefix (core/ip-address.ts) may take of the tracker: connections and announces. */
export class Doors {
  readonly #options: DoorsOptions;
  readonly #announces: RateLimit;
  readonly #open = new Map<string, number>();
  readonly #sockets = new Set<Socket>();

  constructor(options: DoorsOptions) {
    this.#options = options;
    this.#announces = new RateLimit(options.announcesPerMinute);
  }

  /** The socket's address; null: it had too many companions, and was closed. */
  open(socket: Socket): Uint8Array | null {
    const address = parseIp(socket.remoteAddress ?? "");
    const key = address === null ? "" : prefixKey(address);
    const open = this.#open.get(key) ?? 0;
    if (address === null || open >= this.#options.connections) {
      socket.destroy();
      return null;
    }
    this.#open.set(key, open + 1);
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    });
    return address;
  }

  allow(address: Uint8Array): boolean {
    return this.#announces.allow(prefixKey(address), this.#options.now());
  }

  sweep(): void {
    this.#announces.sweep(this.#options.now());
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

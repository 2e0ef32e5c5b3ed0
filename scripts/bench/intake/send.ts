import { once } from "node:events";
import { Agent, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { SignedRequest } from "./people.ts";

/** One connection of one address to the API: requests one after the other. */
export class Line {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #port: number;
  readonly #from: string;

  constructor(port: number, from: string) {
    this.#port = port;
    this.#from = from;
  }

  /** Rejects when the connection breaks. */
  async send(what: SignedRequest | { readonly path: string }): Promise<{ status: number; body: Buffer }> {
    const { path } = what;
    const sent = request({
      host: "127.0.0.1",
      port: this.#port,
      localAddress: this.#from,
      agent: this.#agent,
      path,
      ...("body" in what ? { method: what.method, headers: what.headers } : {}),
    });
    const answered = once(sent, "response");
    sent.end("body" in what ? what.body : undefined);
    const [response] = await answered;
    return { status: response.statusCode, body: await buffer(response) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

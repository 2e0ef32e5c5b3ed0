import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Question {
  readonly method: string;
  readonly params: readonly unknown[];
}

/**
 * What a lying node says to a question, given the honest answer (`result` or `error`); the same to
 * say the truth.
 */
export type Lie = (question: Question, honest: Answer) => Answer | string;

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A JSON-RPC node in front of an honest one. */
export interface LyingNode extends AsyncDisposable {
  readonly url: string;
  /** How often each method was asked for. */
  readonly asked: Map<string, number>;
}

/** Text instead of an answer is sent as the whole body. */
export async function startLyingNode(honestUrl: string, lie: Lie): Promise<LyingNode> {
  const asked = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    // A browser's page asks first whether it may ask (CORS).
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "content-type");
    if (request.method === "OPTIONS") return void response.end();
    const honest = await fetch(honestUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    const questions = [JSON.parse(body)].flat() as (Question & { readonly id: number })[];
    const answers = [await honest.json()].flat() as (Answer & { readonly id: number })[];
    const said = questions.map((question) => {
      asked.set(question.method, (asked.get(question.method) ?? 0) + 1);
      const { result, error } = answers.find(({ id }) => id === question.id) as Answer;
      const answer = lie(question, error ? { error } : { result });
      return typeof answer === "string" ? answer : { jsonrpc: "2.0", id: question.id, ...answer };
    });
    const text = said.find((answer) => typeof answer === "string");
    response.setHeader("content-type", "application/json");
    response.end(text ?? JSON.stringify(body.startsWith("[") ? said : said[0]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Lies about one method, and only where `change` gives another result. */
export const about =
  (method: string, change: (result: never, params: readonly unknown[]) => unknown): Lie =>
  (question, honest) =>
    question.method === method && honest.result !== undefined && honest.result !== null
      ? { result: change(honest.result as never, question.params) }
      : honest;

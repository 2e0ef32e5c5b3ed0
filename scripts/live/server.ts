import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readAssets } from "../../authority/http/pages/assets.ts";
import { PAGE_HEADERS } from "../../authority/http/pages/headers.ts";
import { livePage } from "../../web/live/live-page.ts";
import type { Picture } from "../../web/live/picture.ts";
import { Access, refusalOf } from "./access.ts";

/** The live page, on a free port of the loopback. */
export interface LiveServer extends AsyncDisposable {
  /** With the key: the browser that opens it may act. */
  readonly url: string;
  /** Someone looks at it now. */
  readonly isWatched: boolean;
  /** Sends the picture to all who look, if it has changed. */
  show(picture: Picture): void;
}

export interface LiveSource {
  /** The folder of built scripts; null: they are not there yet. */
  readonly scripts: () => string | null;
  /** Begins a case of the desk. @throws {Error} it is closed, or knows no such case */
  readonly start: (id: string) => void;
}

const HOST = "127.0.0.1";
const OWN_STYLE = "/assets/live.css";
const OWN_STYLE_FILE = join(import.meta.dirname, "../../web/live/live.css");
const MAX_FORM_BYTES = 1_024;
const MAX_WATCHERS = 16;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export async function startLiveServer(source: LiveSource): Promise<LiveServer> {
  const access = new Access();
  const watchers = new Set<ServerResponse>();
  let host = "";
  let shown = "";
  let assets: ReturnType<typeof readAssets> | null = null;

  const watch = (response: ServerResponse): ServerResponse => {
    if (watchers.size >= MAX_WATCHERS) return answer(response, 503, "too many look already");
    response.writeHead(200, { ...PAGE_HEADERS, "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(shown === "" ? ": wait\n\n" : `data: ${shown}\n\n`);
    watchers.add(response);
    return response.on("close", () => watchers.delete(response));
  };
  const page = (request: IncomingMessage, response: ServerResponse): ServerResponse => {
    const scripts = source.scripts();
    if (scripts !== null || assets === null) assets = readAssets(scripts);
    const formToken = access.isAdmitted(request.headers) ? access.formToken : null;
    const script = assets.files.find(({ path }) => path.endsWith("/live.js"))?.path ?? null;
    const { style, mark } = assets.paths;
    const body = livePage({ styles: [style, OWN_STYLE], mark, script, formToken });
    return send(response, 200, "text/html; charset=utf-8", body);
  };
  const get = (request: IncomingMessage, response: ServerResponse): ServerResponse => {
    const path = request.url?.split("?")[0] ?? "/";
    if (path === "/") return page(request, response);
    if (path === "/events") return watch(response);
    const cookie = path.startsWith("/open/") ? access.admit(path.slice("/open/".length)) : null;
    if (cookie !== null) return redirect(response, cookie);
    if (path === OWN_STYLE) return send(response, 200, "text/css; charset=utf-8", readFileSync(OWN_STYLE_FILE));
    const file = assets?.files.find((one) => one.path === path);
    if (!file) return answer(response, 404, "there is nothing here");
    return send(response, 200, file.type, file.body);
  };
  const post = async (request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> => {
    if (request.url !== "/break") return answer(response, 404, "there is nothing here");
    if (!access.isAdmitted(request.headers)) return answer(response, 401, "open the address that the demo printed");
    const form = await readForm(request);
    if (form === null) return answer(response, 413, "this form is too long");
    if (!access.isOwnForm(form.get("token") ?? "")) return answer(response, 403, "this form is none of this page's");
    try {
      source.start(form.get("case") ?? "");
      return response.writeHead(204, PAGE_HEADERS).end();
    } catch (error) {
      return answer(response, 409, (error as Error).message);
    }
  };
  const server = createServer((request, response) => {
    const { method = "GET", headers } = request;
    const refusal = refusalOf(method, headers, host);
    if (refusal !== null) answer(response, 403, refusal);
    else if (method === "GET") get(request, response);
    else if (method === "POST") post(request, response).catch(() => response.destroy());
    else answer(response, 405, "only GET and POST");
  });
  server.requestTimeout = 10_000;
  server.maxConnections = 64;
  server.listen(0, HOST);
  await once(server, "listening");
  host = `${HOST}:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/open/${access.key}`,
    get isWatched() {
      return watchers.size > 0;
    },
    show(picture) {
      const text = JSON.stringify(picture);
      if (text === shown) return;
      shown = text;
      for (const response of watchers) {
        if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
        else response.write(`data: ${text}\n\n`);
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_FORM_BYTES) return null;
  }
  return new URLSearchParams(text);
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): ServerResponse {
  return response.writeHead(status, { ...PAGE_HEADERS, "content-type": type, "cache-control": "no-store" }).end(body);
}

function answer(response: ServerResponse, status: number, text: string): ServerResponse {
  return send(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

/** The key leaves the address: it is in no history, and no screenshot. */
function redirect(response: ServerResponse, cookie: string): ServerResponse {
  const headers = { location: "/", "set-cookie": cookie, "cache-control": "no-store" };
  return response.writeHead(303, { ...PAGE_HEADERS, ...headers }).end();
}

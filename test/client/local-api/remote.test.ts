import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as requestPlain } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEventHub } from "../../../client/local-api/event-hub.ts";
import { LocalClient } from "../../../client/local-api/local-client.ts";
import { makeCertificate } from "../../../client/local-api/remote/certificate.ts";
import { type RemoteApi, startRemoteApi } from "../../../client/local-api/remote/remote-api.ts";
import { openRemoteIdentity, type RemoteIdentity } from "../../../client/local-api/remote/remote-identity.ts";
import type { LocalPeer } from "../../../client/local-api/routes.ts";
import { INFO } from "../account/fakes.ts";

/** Control from another machine: over TLS alone, to whom has the token, from whom is known. */

const local = {
  run: { store: { readSetting: () => null }, account: { network: { info: INFO } } },
  contents: { list: () => [], rates: () => ({ count: 0, rateDown: 0, rateUp: 0, wires: 0 }) },
  month: { view: () => ({ bytesDown: 0, bytesUp: 0, endsAt: 0, isUsedUp: false }) },
  events: createEventHub(),
  nowMs: () => 0,
} as unknown as LocalPeer;
const { signal } = new AbortController();
const NAME = "nas.example";

let home: string;
let identity: RemoteIdentity;
let api: RemoteApi;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "floodgate-remote-"));
  identity = await openRemoteIdentity(home, null);
  const onFault = (error: unknown): void => {
    throw error;
  };
  const listen = { host: "127.0.0.1", port: 0, names: [NAME] };
  api = await startRemoteApi(local, listen, identity, { onFault, pages: null });
});
afterAll(async () => {
  await api.close();
  rmSync(home, { recursive: true });
});

const port = (): number => Number(new URL(api.url).port);
/** By an address: no name of a test is known to any resolver. */
const url = (): string => `https://127.0.0.1:${port()}/`;
const ask = (change: Partial<{ url: string; token: string; fingerprint: string | null }>) =>
  new LocalClient(
    { url: url(), token: identity.token, fingerprint: identity.fingerprint, ...change },
    signal,
  ).contents();

test("the certificate is its own, good for ten years, and the same at the next start", async () => {
  expect(api.url).toBe(`https://${NAME}:${port()}/`);
  const certificate = new X509Certificate(
    readFileSync(join(home, "remote-key.pem"), "utf8").replace(/^.*KEY-----\n/s, ""),
  );
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(identity.fingerprint);
  for (const name of ["remote-key.pem", "remote-token"]) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
  expect(await openRemoteIdentity(home, null)).toEqual(identity);
});

test.each(["2026-12-01T00:00:00Z", "2039-12-31T23:59:59Z", "2045-06-15T12:00:00Z"])(
  "a certificate that is made at %s is good then",
  (when) => {
    const now = new Date(when);
    const certificate = new X509Certificate(makeCertificate("a", now).certPem);
    expect(Date.parse(certificate.validFrom)).toBe(now.getTime() - 86_400_000);
    expect(Date.parse(certificate.validTo)).toBe(now.getTime() + 3_650 * 86_400_000);
    expect([certificate.subjectAltName, certificate.verify(certificate.publicKey)]).toEqual(["DNS:a", true]);
  },
);

test("who has the token and the fingerprint is answered", async () => {
  expect(await ask({})).toEqual([]);
});

test.each([
  ["another fingerprint", () => ({ fingerprint: "00".repeat(32) }), "CERTIFICATE_WRONG"],
  ["no fingerprint, where no authority has signed", () => ({ fingerprint: null }), "PEER_ABSENT"],
  ["another token", () => ({ token: "a".repeat(43) }), "API_TOKEN_INVALID"],
  ["a name that is not its own", () => ({ url: url().replace("127.0.0.1", "localhost") }), "FORBIDDEN"],
])("%s is refused", async (_what, change, code) => {
  await expect(ask(change())).rejects.toMatchObject({ code });
});

test("a server with another certificate is sent nothing", async () => {
  const { keyPem: key, certPem: cert } = makeCertificate("floodgate-peer", new Date());
  const received: Buffer[] = [];
  const server = createServer({ key, cert }, (socket) => {
    socket.on("data", (bytes) => received.push(bytes)).on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const closed = Promise.withResolvers<void>();
  server.on("connection", (raw) => raw.once("close", () => closed.resolve()));
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await expect(ask({ url: address })).rejects.toMatchObject({ code: "CERTIFICATE_WRONG" });
  await closed.promise;
  expect(received).toEqual([]);
  server.close();
});

test("plain HTTP gets no answer", async () => {
  const sent = requestPlain({ host: "127.0.0.1", port: port(), path: "/openapi.json" });
  sent.end();
  await expect(once(sent, "response")).rejects.toThrow();
});

const authorization = (): Record<string, string> => ({ authorization: `Bearer ${identity.token}` });
async function statusOf(headers: Record<string, string>, path = "/openapi.json"): Promise<number | undefined> {
  const sent = request({ host: "127.0.0.1", port: port(), path, headers, rejectUnauthorized: false });
  sent.end();
  const [answer] = await once(sent, "response");
  answer.resume();
  return answer.statusCode;
}

test.each<[what: string, headers: () => Record<string, string>, status: number]>([
  ["its address", () => authorization(), 200],
  ["its name", () => ({ ...authorization(), host: `${NAME}:${port()}` }), 200],
  ["its own page", () => ({ ...authorization(), origin: `https://127.0.0.1:${port()}` }), 200],
  ["no token", () => ({}), 401],
  ["another host", () => ({ ...authorization(), host: "evil.example" }), 403],
  ["another host with its port", () => ({ ...authorization(), host: `evil.example:${port()}` }), 403],
  ["its name without the port", () => ({ ...authorization(), host: NAME }), 403],
  ["the page of a web site", () => ({ ...authorization(), origin: "https://evil.example" }), 403],
  ["its page in the clear", () => ({ ...authorization(), origin: `http://127.0.0.1:${port()}` }), 403],
  ["a browser that speaks for another site", () => ({ ...authorization(), "sec-fetch-site": "cross-site" }), 403],
])("a request with %s", async (_what, headers, status) => {
  expect(await statusOf(headers())).toBe(status);
});

test("a page's cookie goes over TLS alone", async () => {
  const post = async (path: string, body: string): Promise<[string, string[] | undefined]> => {
    const headers = { ...authorization(), "content-type": "application/json" };
    const sent = request({ host: "127.0.0.1", port: port(), path, method: "POST", headers, rejectUnauthorized: false });
    sent.end(body);
    const [answer] = await once(sent, "response");
    const chunks: Buffer[] = await answer.toArray();
    return [Buffer.concat(chunks).toString(), answer.headers["set-cookie"]];
  };
  const [code] = await post("/v1/page/codes", "{}");
  const [, cookies] = await post("/v1/page/logins", code);
  expect(cookies).toEqual([expect.stringMatching(/; HttpOnly; SameSite=Strict; Secure$/)]);
});

test("a certificate of one's own is used, and must fit its key, which nobody else may read", async () => {
  const made = makeCertificate(NAME, new Date());
  const [cert, key] = [join(home, "own.pem"), join(home, "own-key.pem")];
  writeFileSync(cert, made.certPem);
  writeFileSync(key, made.keyPem, { mode: 0o600 });
  const own = await openRemoteIdentity(home, { cert, key });
  expect(own.fingerprint).not.toBe(identity.fingerprint);
  expect(own.token).toBe(identity.token);
  writeFileSync(cert, makeCertificate(NAME, new Date()).certPem);
  await expect(openRemoteIdentity(home, { cert, key })).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
  chmodSync(key, 0o644);
  await expect(openRemoteIdentity(home, { cert, key })).rejects.toMatchObject({ code: "FILE_PERMISSIONS" });
});

import bencode from "bencode";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TrackerAnnounce, TrackerAnnounceReply } from "../../protocol/http/operator.ts";
import { startTracker, type Tracker } from "../../tracker/main.ts";
import { TrackerServer } from "../../tracker/server.ts";
import { type FakeAuthority, SECRET, startFakeAuthority } from "./fake-authority.ts";

const FREE = "f".repeat(40);
const PAID = "a".repeat(40);
const ALICE = { sessionKey: `0x${"a1".repeat(20)}`, publicKey: `0x02${"a1".repeat(32)}` };
const BOB = { sessionKey: `0x${"b0".repeat(20)}`, publicKey: `0x02${"b0".repeat(32)}` };

/** A small authority: one free torrent, and one paid torrent whose members are Alice and Bob. */
function answer(announce: TrackerAnnounce): TrackerAnnounceReply {
  if (announce.infoHash === FREE)
    return { admitted: true, isPaid: false, sessionKey: null, publicKey: null, grant: null };
  if (announce.infoHash !== PAID) return { admitted: false, failureReason: "unknown torrent" };
  const member = announce.accessToken === "alice" ? ALICE : announce.accessToken === "bob" ? BOB : null;
  if (!member) return { admitted: false, failureReason: "this torrent is paid: register first" };
  const grant = { now: 1_000, account: member.sessionKey, lanes: [], shortage: "DEPOSIT" as const };
  return { admitted: true, isPaid: true, ...member, grant: announce.request ? grant : null };
}

let authority: FakeAuthority;
let tracker: Tracker;
let logged: string[];

beforeEach(async () => {
  logged = [];
  authority = await startFakeAuthority(answer);
  const log = (line: string): void => void logged.push(line);
  tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET, log });
});

afterEach(async () => {
  await tracker.stop();
  await authority.stop();
});

const binary = (hex: string): string => hex.replace(/../g, "%$&");

interface Reply {
  readonly reason?: string;
  readonly peers: readonly string[];
  readonly grant?: unknown;
  readonly complete?: number;
  readonly incomplete?: number;
}

/** Announces from 127.0.0.1 as a plain client does, with `extra` in the query. */
async function announce(infoHash: string, port: number, extra: Record<string, string> = {}): Promise<Reply> {
  const fields = { port: String(port), uploaded: "0", downloaded: "0", left: "100", compact: "1", ...extra };
  const query = new URLSearchParams(fields).toString();
  const url = `${tracker.url}?info_hash=${binary(infoHash)}&peer_id=${binary(`${port}`.padStart(40, "0"))}&${query}`;
  return decode(await (await fetch(url)).bytes());
}

function decode(body: Uint8Array): Reply {
  const reply = bencode.decode(body) as Record<string, unknown>;
  const text = (value: unknown): string => Buffer.from(value as Uint8Array).toString();
  const bytes = (reply.peers as Uint8Array | undefined) ?? new Uint8Array();
  const peers = Array.from({ length: bytes.length / 6 }, (_, i) => {
    const peer = Buffer.from(bytes).subarray(i * 6, i * 6 + 6);
    return `${[...peer.subarray(0, 4)].join(".")}:${peer.readUInt16BE(4)}`;
  });
  return {
    peers,
    ...(reply["failure reason"] === undefined ? {} : { reason: text(reply["failure reason"]) }),
    ...(reply.floodgate === undefined ? {} : { grant: JSON.parse(text(reply.floodgate)) }),
    ...(reply.complete === undefined ? {} : { complete: Number(reply.complete), incomplete: Number(reply.incomplete) }),
  };
}

const SIGNED = { fg_at: "1000", fg_sig: "ab".repeat(64), fg_topup: "3,7", fg_met: "cd".repeat(20) };

describe("HTTP announces", () => {
  test("strangers on free content find each other, and the authority is asked once", async () => {
    expect(await announce(FREE, 1001, { left: "0" })).toEqual({ peers: [], complete: 1, incomplete: 0 });
    expect(await announce(FREE, 1002)).toEqual({ peers: ["127.0.0.1:1001"], complete: 1, incomplete: 1 });
    expect((await announce(FREE, 1001, { left: "0" })).peers).toEqual(["127.0.0.1:1002"]);
    expect(authority.asked.length).toBe(1);
  });

  test("a seeder is told of no seeder, and no peer of itself", async () => {
    await announce(FREE, 1001, { left: "0" });
    expect((await announce(FREE, 1002, { left: "0" })).peers).toEqual([]);
    expect((await announce(FREE, 1002, { left: "0" })).peers).toEqual([]);
  });

  test("a stranger is refused paid content for the authority's reason, and enters no swarm", async () => {
    expect(await announce(PAID, 1001)).toEqual({ peers: [], reason: "this torrent is paid: register first" });
    expect((await announce(PAID, 1002, { fg_token: "alice" })).peers).toEqual([]);
  });

  test("a member's reply brings the authority's grant, and the authority is told of the payees", async () => {
    await announce(PAID, 1001, { fg_token: "alice", fg_port: "2001", left: "0" });
    const reply = await announce(PAID, 1002, { fg_token: "bob", fg_port: "2002", ...SIGNED });
    expect(reply.peers).toEqual(["127.0.0.1:1001"]);
    expect(reply.grant).toEqual({ now: 1_000, account: BOB.sessionKey, lanes: [], shortage: "DEPOSIT" });
    expect(authority.asked[1]).toEqual({
      infoHash: PAID,
      event: "update",
      bytesLeft: 100,
      accessToken: "bob",
      request: { requestedAt: 1_000, topUp: [3, 7], met: [`0x${"cd".repeat(20)}`], signature: `0x${"ab".repeat(64)}` },
      payees: [{ sessionKey: ALICE.sessionKey, host: "127.0.0.1", port: 2001 }],
    });
  });

  test("no peer is told of one that stopped; another one behind its address cannot stop it", async () => {
    await announce(PAID, 1001, { fg_token: "alice", fg_port: "2001", left: "0" });
    await announce(PAID, 1001, { fg_token: "bob", event: "stopped" });
    expect((await announce(PAID, 1002, { fg_token: "bob" })).peers).toEqual(["127.0.0.1:1001"]);
    await announce(PAID, 1001, { fg_token: "alice", event: "stopped" });
    expect((await announce(PAID, 1002, { fg_token: "bob" })).peers).toEqual([]);
  });

  test("addresses in the query are ignored", async () => {
    await announce(FREE, 1001, { ip: "10.9.8.7", ipv6: "::9", left: "0" });
    expect((await announce(FREE, 1002)).peers).toEqual(["127.0.0.1:1001"]);
  });

  test.each<[string, Record<string, string>]>([
    ["fg_met", { ...SIGNED, fg_met: "cd" }],
    ["fg_met", { ...SIGNED, fg_met: Array.from({ length: 25 }, () => "cd".repeat(20)).join(",") }],
    ["left", { left: "-1" }],
    ["left", { left: "1.5" }],
    ["event", { event: "exploded" }],
    ["fg_token", { fg_token: "t".repeat(1025) }],
    ["fg_token", { fg_token: "alice bob" }],
    ["fg_port", { fg_port: "0" }],
    ["fg_port", { fg_port: "65536" }],
    ["fg_sig", { ...SIGNED, fg_sig: "ab" }],
    ["fg_at", { fg_sig: SIGNED.fg_sig }],
    ["fg_at", { ...SIGNED, fg_at: "1099511627776" }],
    ["fg_topup", { ...SIGNED, fg_topup: "1,,2" }],
    ["fg_topup", { ...SIGNED, fg_topup: "4294967296" }],
    ["fg_topup", { ...SIGNED, fg_topup: Array.from({ length: 51 }, (_, i) => i).join(",") }],
  ])("a malformed %s is named: %o", async (key, extra) => {
    const reply = await announce(PAID, 1001, { fg_token: "alice", ...extra });
    expect(reply).toEqual({ peers: [], reason: `malformed "${key}" in the announce` });
    expect(authority.asked).toEqual([]);
  });

  test("without the authority no peer is admitted, and the log says why", async () => {
    await authority.stop();
    expect((await announce(PAID, 1001, { fg_token: "alice" })).reason).toMatch(/try again in a minute/);
    expect(logged).toEqual([`cannot reach the authority at ${authority.url} (AUTHORITY_UNREACHABLE)`]);
  });
});

describe("WebSocket announces", () => {
  /** Resolves with the first message, or with the code of the close. */
  function talk(message: string): Promise<unknown> {
    const socket = new WebSocket(tracker.wsUrl);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    socket.onopen = () => socket.send(message);
    socket.onmessage = (event) => resolve(JSON.parse(String(event.data)));
    socket.onclose = (event) => resolve(event.code);
    return promise;
  }
  const latin1 = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");
  const message = { action: "announce", peer_id: "p".repeat(20), left: 100, numwant: 5, offers: [] };

  test("bring the same grant", async () => {
    const reply = await talk(
      JSON.stringify({ ...message, info_hash: latin1(PAID), fg_token: "bob", fg_port: "2002", ...SIGNED }),
    );
    expect(reply).toMatchObject({ action: "announce", complete: 0, incomplete: 1 });
    expect(JSON.parse((reply as { floodgate: string }).floodgate)).toMatchObject({ shortage: "DEPOSIT" });
  });

  test("of strangers to paid content are refused", async () => {
    const reply = await talk(JSON.stringify({ ...message, info_hash: latin1(PAID) }));
    expect(reply).toMatchObject({ "failure reason": "this torrent is paid: register first" });
  });

  test.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["an unknown action", JSON.stringify({ ...message, action: "connect", info_hash: latin1(FREE) })],
    ["no infohash", JSON.stringify({ action: "scrape" })],
    ["offers that are no objects", JSON.stringify({ ...message, info_hash: latin1(FREE), offers: [null] })],
    ["more than 64 KiB", JSON.stringify({ ...message, info_hash: latin1(FREE), pad: "x".repeat(70_000) })],
  ])("of %s are closed, and the tracker goes on", async (_name, text) => {
    expect(await talk(text)).toBeOneOf([1008, 1009]);
    expect((await announce(FREE, 1001)).reason).toBeUndefined();
  });
});

describe("scrape (BEP 48)", () => {
  test("counts seeders and leechers", async () => {
    await announce(FREE, 1001, { left: "0" });
    await announce(FREE, 1002);
    const scrape = tracker.url.replace("announce", "scrape");
    const reply = bencode.decode(await (await fetch(`${scrape}?info_hash=${binary(FREE)}`)).bytes());
    const files = Object.values((reply as { files: object }).files);
    expect(files).toEqual([{ complete: 1, incomplete: 1, downloaded: 1 }]);
  });

  test("of everything is refused", async () => {
    const scrape = tracker.url.replace("announce", "scrape");
    expect(decode(await (await fetch(scrape)).bytes()).reason).toBe("name 1 to 64 infohashes to scrape");
  });
});

test("infohashes that the authority does not know take no memory, and empty swarms are swept", async () => {
  const log = (): void => undefined;
  const admit = async (asked: TrackerAnnounce): Promise<TrackerAnnounceReply> => answer(asked);
  const server = new TrackerServer({ admit, randomBelow: () => 0, log, announceIntervalSec: 60 });
  server.on("warning", log);
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.http.address() as { port: number };
  const ask = (infoHash: string, event: string): Promise<Response> =>
    fetch(
      `http://127.0.0.1:${port}/announce?info_hash=${binary(infoHash)}` +
        `&peer_id=${binary("00".repeat(20))}&port=1&left=1&event=${event}`,
    );
  for (let i = 0; i < 100; i++) await (await ask(i.toString(16).padStart(40, "0"), "started")).bytes();
  expect(Object.keys(server.torrents)).toEqual([]);
  await (await ask(FREE, "started")).bytes();
  expect(Object.keys(server.torrents)).toEqual([FREE]);
  await (await ask(FREE, "stopped")).bytes();
  server.sweep();
  expect(Object.keys(server.torrents)).toEqual([]);
  server.http.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test("a port in use is named", async () => {
  const { port } = new URL(tracker.url);
  const second = startTracker({ port: Number(port), authorityUrl: authority.url, operatorSecret: SECRET });
  await expect(second).rejects.toMatchObject({ code: "PORT_IN_USE" });
});

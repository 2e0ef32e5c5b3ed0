import bencode from "bencode";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TrackerAnnounce, TrackerAnswer } from "../../protocol/http/operator.ts";
import { startTracker, type Tracker } from "../../tracker/main.ts";
import { announceTo, binary, decode, fetchFrom, type Reply } from "./announce-client.ts";
import { type FakeAuthority, SECRET, startFakeAuthority } from "./fake-authority.ts";

const FREE = "f".repeat(40);
const PAID = "a".repeat(40);

function answer({ infoHash }: TrackerAnnounce): TrackerAnswer {
  if (infoHash !== FREE && infoHash !== PAID) return { isKnown: false };
  return { isKnown: true, isPaid: infoHash === PAID, sizeBytes: 100, grant: null };
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

const announce = (infoHash: string, port: number, extra: Record<string, string> = {}, from?: string): Promise<Reply> =>
  announceTo(tracker.url, infoHash, port, extra, from);

describe("HTTP announces", () => {
  test("strangers on free content find each other, and the authority is asked once", async () => {
    const first = await announce(FREE, 1001, { left: "0" });
    expect(first).toEqual({ peers: [], complete: 1, incomplete: 0, interval: 60 });
    expect(await announce(FREE, 1002)).toMatchObject({ peers: ["127.0.0.1:1001"], complete: 1, incomplete: 1 });
    expect((await announce(FREE, 1001, { left: "0" })).peers).toEqual(["127.0.0.1:1002"]);
    expect(authority.asked.length).toBe(1);
  });

  test("a newcomer is asked to come back soon", async () => {
    expect((await announce(FREE, 1001, { event: "started" })).interval).toBe(10);
    expect((await announce(FREE, 1001)).interval).toBe(60);
  });

  // aria2 announces left=0 while it has only a magnet link.
  test("a peer that has all is told of leechers first, then of seeders, and never of itself", async () => {
    await announce(FREE, 1001, { left: "0" });
    await announce(FREE, 1002);
    expect((await announce(FREE, 1003, { left: "0" })).peers).toEqual(["127.0.0.1:1002", "127.0.0.1:1001"]);
    expect((await announce(FREE, 1001, { left: "0" })).peers).toEqual(["127.0.0.1:1002", "127.0.0.1:1003"]);
  });

  // transmission announces 2^63-1 while it has only a magnet link; others announce 2^64-1.
  test.each(["9223372036854775807", "18446744073709551615"])(
    "a peer without the metadata has %s left",
    async (left) => {
      await announce(FREE, 1001, { left: "0" });
      expect(await announce(FREE, 1002, { left })).toMatchObject({ peers: ["127.0.0.1:1001"], incomplete: 1 });
    },
  );

  test("numwant is obeyed: 0 is none, less is as many as there are", async () => {
    for (const port of [1001, 1002, 1003]) await announce(FREE, port);
    const count = async (numwant: string): Promise<number> => (await announce(FREE, 1004, { numwant })).peers.length;
    expect([await count("0"), await count("2"), await count("-1"), await count("1000")]).toEqual([0, 2, 3, 3]);
  });

  test("dictionaries on demand (BEP 3), with the peer id or without", async () => {
    await announce(FREE, 1001);
    const url = `${tracker.url}?info_hash=${binary(FREE)}&peer_id=${"p".repeat(20)}&port=1002&left=0&compact=0`;
    const peersAt = async (asked: string) => (bencode.decode(await fetchFrom(asked)) as { peers: object[] }).peers;
    const ip = new Uint8Array(Buffer.from("127.0.0.1"));
    const id = new Uint8Array(Buffer.from("1001".padStart(40, "0"), "hex"));
    expect(await peersAt(url)).toEqual([{ ip, "peer id": id, port: 1001 }]);
    expect(await peersAt(`${url}&no_peer_id=1`)).toEqual([{ ip, port: 1001 }]);
  });

  test("no peer is told of one that stopped; another one behind its address is another", async () => {
    await announce(FREE, 1001, { left: "0" });
    await announce(FREE, 1003, { event: "stopped" });
    expect((await announce(FREE, 1002)).peers).toEqual(["127.0.0.1:1001"]);
    expect(await announce(FREE, 1001, { event: "stopped" })).toMatchObject({ peers: [], complete: 0 });
    expect((await announce(FREE, 1002)).peers).toEqual([]);
  });

  test("addresses in the query are ignored", async () => {
    await announce(FREE, 1001, { ip: "10.9.8.7", ipv6: "::9", left: "0" });
    expect((await announce(FREE, 1002)).peers).toEqual(["127.0.0.1:1001"]);
  });

  // core/swarms.test.ts does the same with 5,000.
  test("many announces from one address change nothing for others", async () => {
    const honest = Array.from({ length: 20 }, (_, i) => `127.0.1.${i + 1}`);
    await Promise.all(honest.map((address) => announce(FREE, 1001, {}, address)));
    for (let i = 0; i < 4; i++)
      await Promise.all(Array.from({ length: 50 }, (_, k) => announce(FREE, 10_000 + 50 * i + k, {}, "127.0.0.66")));
    const { peers, incomplete } = await announce(FREE, 1001, {}, "127.0.2.1");
    expect(peers.filter((peer) => !peer.startsWith("127.0.0.66")).sort()).toEqual(
      honest.map((address) => `${address}:1001`).sort(),
    );
    expect(incomplete).toBe(20 + 64 + 1);
  });

  test("more announces of one address than its limit are refused, others' are not", async () => {
    await tracker.stop();
    const perPrefix = { announcesPerMinute: 3 };
    tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET, perPrefix });
    for (const port of [1, 2, 3]) expect((await announce(FREE, port)).reason).toBeUndefined();
    expect(await announce(FREE, 4)).toMatchObject({ reason: expect.stringMatching(/too many announces/), retryIn: 1 });
    expect((await announce(FREE, 5, {}, "127.0.0.2")).reason).toBeUndefined();
  });

  test("more connections of one address than its limit are closed, others' are not", async () => {
    await tracker.stop();
    const perPrefix = { connections: 1 };
    tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET, perPrefix });
    const socket = new WebSocket(tracker.wsUrl);
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    await expect(announce(FREE, 1)).rejects.toThrow();
    expect((await announce(FREE, 5, {}, "127.0.0.2")).reason).toBeUndefined();
    socket.close();
  });

  test("a torrent that the authority does not know is refused, and asked for once in a while", async () => {
    const reason = `unknown torrent ${"c".repeat(40)}: publish it first`;
    for (const port of [1, 2, 3]) expect(await announce("c".repeat(40), port)).toEqual({ peers: [], reason });
    expect(authority.asked.length).toBe(1);
    expect((await fetchFrom(`${scrapeUrl()}?info_hash=${binary("c".repeat(40))}`)).toString()).toBe("d5:filesdee");
  });

  const FIELDS: [string, Record<string, string>][] = [
    ["left", { left: "-1" }],
    ["left", { left: "1.5" }],
    ["left", { left: "1".repeat(21) }],
    ["event", { event: "exploded" }],
    ["numwant", { numwant: "many" }],
    ["port", { port: "0" }],
    ["port", { port: "65536" }],
    ["fg_token", { fg_token: "t".repeat(200) }],
    ["fg_token", { fg_token: "alice bob" }],
    ["fg_port", { fg_port: "0" }],
    ["fg_port", { fg_port: "65536" }],
    ["fg_sig", { fg_at: "1000", fg_sig: "ab" }],
    ["fg_at", { fg_sig: "ab".repeat(64) }],
    ["fg_at", { fg_sig: "ab".repeat(64), fg_at: "1099511627776" }],
    ["fg_topup", { fg_sig: "ab".repeat(64), fg_at: "1000", fg_topup: "1,,2" }],
    ["fg_topup", { fg_sig: "ab".repeat(64), fg_at: "1000", fg_topup: "4294967296" }],
    [
      "fg_topup",
      { fg_sig: "ab".repeat(64), fg_at: "1000", fg_topup: Array.from({ length: 51 }, (_, i) => i).join(",") },
    ],
    ["fg_met", { fg_sig: "ab".repeat(64), fg_at: "1000", fg_met: "cd" }],
    [
      "fg_met",
      { fg_sig: "ab".repeat(64), fg_at: "1000", fg_met: Array.from({ length: 25 }, () => "cd".repeat(20)).join(",") },
    ],
  ];
  const QUERIES: [string, string][] = [
    ["info_hash", "info_hash=abc&peer_id=pppppppppppppppppppp&port=1&left=0"],
    ["info_hash", "peer_id=pppppppppppppppppppp&port=1&left=0"],
    ["info_hash", `info_hash=${"%zz".repeat(20)}&peer_id=pppppppppppppppppppp&port=1&left=0`],
    ["info_hash", `info_hash=${binary(FREE)}%&peer_id=pppppppppppppppppppp&port=1&left=0`],
    ["peer_id", `info_hash=${binary(FREE)}&port=1&left=0`],
    ["port", `info_hash=${binary(FREE)}&peer_id=pppppppppppppppppppp&left=0`],
    ["left", `info_hash=${binary(FREE)}&peer_id=pppppppppppppppppppp&port=1&left=0&left=1`],
    ["f40", `${Array.from({ length: 41 }, (_, i) => `f${i}=1`).join("&")}`],
  ];

  test("with a malformed field are refused, and name it", async () => {
    for (const [key, extra] of FIELDS) {
      const reply = await announce(FREE, Number(extra.port ?? 1001), extra);
      expect(reply, JSON.stringify(extra)).toEqual({ peers: [], reason: `malformed "${key}" in the announce` });
    }
    for (const [key, query] of QUERIES) {
      const { reason } = decode(await fetchFrom(`${tracker.url}?${query}`));
      expect(reason, query).toBe(`malformed "${key}" in the announce`);
    }
    expect(authority.asked).toEqual([]);
  });

  test("at another path or by another method are refused", async () => {
    const { origin } = new URL(tracker.url);
    expect((await fetch(`${origin}/`)).status).toBe(404);
    expect((await fetch(tracker.url, { method: "POST", body: "x" })).status).toBe(405);
  });

  test("without the authority nobody enters an unknown swarm, and the log says why once", async () => {
    await authority.stop();
    const refused = await Promise.all([1, 2, 3].map((port) => announce(FREE, port)));
    for (const { reason } of refused)
      expect(reason).toBe("the tracker cannot ask its authority: try again in a minute");
    expect(logged).toEqual([`cannot reach the authority at ${authority.url} (AUTHORITY_UNREACHABLE)`]);
  });

  test("without the authority free swarms go on", async () => {
    await announce(FREE, 1001, { left: "0" });
    await authority.stop();
    expect((await announce(FREE, 1002)).peers).toEqual(["127.0.0.1:1001"]);
  });
});

const scrapeUrl = (): string => tracker.url.replace("announce", "scrape");

describe("scrape (BEP 48)", () => {
  test("counts seeders, leechers and downloads; swarms that nobody is in are left out", async () => {
    await announce(FREE, 1001, { left: "0", event: "completed" });
    await announce(FREE, 1002);
    const query = `info_hash=${binary(FREE)}&info_hash=${binary("c".repeat(40))}`;
    const reply = bencode.decode(await fetchFrom(`${scrapeUrl()}?${query}`)) as { files: object };
    expect(Object.values(reply.files)).toEqual([{ complete: 1, downloaded: 1, incomplete: 1 }]);
  });

  test("of everything, or of too much, is refused", async () => {
    const many = Array.from({ length: 65 }, () => `info_hash=${binary(FREE)}`).join("&");
    for (const query of ["", many, "info_hash=abc"])
      expect(decode(await fetchFrom(`${scrapeUrl()}?${query}`)).reason).toBe("name 1 to 64 infohashes to scrape");
  });
});

test("IPv6 peers are told to IPv4 peers, and the other way round (BEP 7)", async () => {
  await tracker.stop();
  tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET, host: "::" });
  const { port } = new URL(tracker.url);
  const at = (host: string): string => `http://${host}:${port}/announce`;
  await announceTo(at("[::1]"), FREE, 1001, {}, "::1");
  await announceTo(at("127.0.0.1"), FREE, 1002);
  const query = `info_hash=${binary(FREE)}&peer_id=${"p".repeat(20)}&port=1003&left=1`;
  const reply = bencode.decode(await fetchFrom(`${at("127.0.0.1")}?${query}`)) as Record<string, Uint8Array>;
  expect(Buffer.from(reply.peers as Uint8Array).toString("hex")).toBe("7f00000103ea");
  expect(Buffer.from(reply.peers6 as Uint8Array).toString("hex")).toBe(`${"00".repeat(15)}0103e9`);
});

test("a port in use is named", async () => {
  const { port } = new URL(tracker.url);
  const second = startTracker({ port: Number(port), authorityUrl: authority.url, operatorSecret: SECRET });
  await expect(second).rejects.toMatchObject({ code: "PORT_IN_USE" });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TrackerAnnounce, TrackerAnswer } from "../../protocol/http/operator.ts";
import { startTracker, type Tracker } from "../../tracker/main.ts";
import { announceTo } from "./announce-client.ts";
import { type FakeAuthority, memberOf, SECRET, startFakeAuthority } from "./fake-authority.ts";

const FREE = "f".repeat(40);
const PAID = "a".repeat(40);
const BOB = memberOf("b0");

function answer({ infoHash, session }: TrackerAnnounce): TrackerAnswer {
  if (infoHash === FREE) return { isKnown: true, isPaid: false, sizeBytes: 100, grant: null };
  return { isKnown: true, isPaid: true, sizeBytes: 100, grant: session && { lanes: [], shortage: "DEPOSIT" } };
}

let authority: FakeAuthority;
let tracker: Tracker;
beforeEach(async () => {
  authority = await startFakeAuthority(answer);
  tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET });
});
afterEach(async () => {
  await tracker.stop();
  await authority.stop();
});

type Said = Record<string, unknown>;

/** A WebSocket to the tracker, as a browser has it. `next` brings messages in their order. */
async function open() {
  const socket = new WebSocket(tracker.wsUrl);
  const waiting: ((said: Said | number) => void)[] = [];
  const got: (Said | number)[] = [];
  const take = (said: Said | number): void => {
    const waiter = waiting.shift();
    if (waiter) waiter(said);
    else got.push(said);
  };
  socket.onmessage = (event) => take(JSON.parse(String(event.data)));
  socket.onclose = (event) => take(event.code);
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  return {
    socket,
    send: (message: object | string) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    /** The close's code, if it has closed. */
    next: (): Promise<Said | number> => {
      const said = got.shift();
      return said === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(said);
    },
  };
}

const latin1 = (hex: string): string => Buffer.from(hex, "hex").toString("latin1");
const offers = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ offer: { type: "offer", sdp: `sdp ${i}` }, offer_id: `offer ${i}` }));
const announce = (infoHash: string, peer: string, extra: object = {}) => ({
  action: "announce",
  info_hash: latin1(infoHash),
  peer_id: peer.repeat(20),
  left: 100,
  offers: [],
  ...extra,
});

describe("WebSocket announces", () => {
  test("carry offers to others in the swarm, and each answer to who made the offer, once", async () => {
    const [first, second] = [await open(), await open()];
    first.send(announce(FREE, "1"));
    expect(await first.next()).toMatchObject({ action: "announce", complete: 0, incomplete: 1, interval: 12 });
    second.send(announce(FREE, "2", { offers: offers(3) }));
    expect(await second.next()).toMatchObject({ incomplete: 2 });
    const [offer] = offers(1);
    const offered = { action: "announce", info_hash: latin1(FREE), peer_id: "2".repeat(20), ...offer };
    expect(await first.next()).toEqual(offered);
    const reply = { ...announce(FREE, "9", { to_peer_id: "2".repeat(20) }), offers: null };
    const sdp = { answer: { type: "answer", sdp: "sdp" }, offer_id: "offer 0" };
    first.send({ ...reply, ...sdp });
    const answered = { action: "announce", info_hash: latin1(FREE), peer_id: "1".repeat(20), ...sdp };
    expect(await second.next()).toEqual(answered);
    first.send({ ...reply, ...sdp });
    first.send({ ...reply, ...sdp, offer_id: "never made" });
    second.send({ action: "scrape", info_hash: latin1(FREE) });
    const files = { [latin1(FREE)]: { complete: 0, downloaded: 0, incomplete: 2 } };
    expect(await second.next()).toEqual({ action: "scrape", files });
  });

  test("and HTTP peers do not meet, and a closed socket takes its peers along", async () => {
    const { send, next, socket } = await open();
    send(announce(FREE, "1"));
    await next();
    const alone = await announceTo(tracker.url, FREE, 1001);
    expect(alone).toMatchObject({ peers: [], incomplete: 2 });
    socket.close();
    await next();
    const other = await open();
    other.send({ action: "scrape", info_hash: [latin1(FREE)] });
    expect(await other.next()).toMatchObject({ files: { [latin1(FREE)]: { incomplete: 1 } } });
  });

  test("bring the same grant, and none to a stranger", async () => {
    const { send, next } = await open();
    const signed = { fg_at: "1000", fg_sig: "ab".repeat(64) };
    send(announce(PAID, "1", { fg_token: BOB.token, fg_port: "2002", ...signed }));
    const reply = (await next()) as { floodgate: string };
    expect(JSON.parse(reply.floodgate)).toMatchObject({ account: BOB.account, lanes: [], shortage: "DEPOSIT" });
    send(announce(PAID, "2"));
    expect(await next()).toMatchObject({ "failure reason": expect.stringMatching(/^paid torrent/) });
    send(announce(PAID, "2", { event: "exploded" }));
    expect(await next()).toMatchObject({ "failure reason": 'malformed "event" in the announce' });
  });

  test("of another shape close the socket, and the tracker goes on", async () => {
    const bad: (object | string)[] = [
      "{",
      "null",
      announce(FREE, "1", { action: "connect" }),
      { action: "scrape" },
      announce(FREE, "1", { offers: [null] }),
      announce(FREE, "1", { offers: offers(51) }),
      announce(FREE, "1", { peer_id: "short" }),
      announce(FREE, "1", { info_hash: "\u0100".repeat(20) }),
      announce(FREE, "1", { pad: "x".repeat(70_000) }),
    ];
    for (const message of bad) {
      const { send, next } = await open();
      send(message);
      expect(await next(), JSON.stringify(message).slice(0, 100)).toBeOneOf([1008, 1009]);
    }
    expect((await announceTo(tracker.url, FREE, 1001)).reason).toBeUndefined();
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TrackerAnnounce, TrackerAnswer, TrackerGrant } from "../../protocol/http/operator.ts";
import { startTracker, type Tracker } from "../../tracker/main.ts";
import { announceTo, type Reply } from "./announce-client.ts";
import { type FakeAuthority, forge, laneOf, memberOf, NOW, SECRET, startFakeAuthority } from "./fake-authority.ts";

const PAID = "a".repeat(40);
const ALICE = memberOf("a1");
const BOB = memberOf("b0");
const CAROL = memberOf("ca");
const SIGNED = { fg_at: "1000", fg_sig: "ab".repeat(64) };

/** Grants one lane to each payee that the tracker names, and one more for each lane to top up. */
function answer({ infoHash, session, request, payees }: TrackerAnnounce): TrackerAnswer {
  if (infoHash !== PAID) return { isKnown: false };
  let grant: TrackerGrant | null = null;
  if (session) {
    for (const key of request === null ? [] : payees)
      lanes.push(laneOf(memberWith(session.sessionKey), memberWith(key), lanes.length + 1, PAID));
    for (const lane of request?.topUp ?? []) lanes.push(laneOf(BOB, ALICE, 10 + lane, PAID));
    grant = { lanes: lanes.filter(({ allotment }) => allotment.sessionKey === session.sessionKey), shortage: null };
  }
  return { isKnown: true, isPaid: true, sizeBytes: 100, grant };
}

const memberWith = (key: string) => [ALICE, BOB, CAROL].find(({ sessionKey }) => sessionKey === key) ?? ALICE;

let lanes: TrackerGrant["lanes"];
let authority: FakeAuthority;
let tracker: Tracker;
beforeEach(async () => {
  lanes = [];
  authority = await startFakeAuthority(answer);
  // On a slow machine, too, an authority that answers is not taken for one that is away.
  tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET, patienceMs: 60_000 });
});
afterEach(async () => {
  await tracker.stop();
  await authority.stop();
});

const announce = (port: number, extra: Record<string, string> = {}, from?: string): Promise<Reply> =>
  announceTo(tracker.url, PAID, port, extra, from);
const seed = (from?: string): Promise<Reply> =>
  announce(1001, { fg_token: ALICE.token, fg_port: "2001", left: "0" }, from);
const buy = (extra: Record<string, string> = {}): Promise<Reply> =>
  announce(1002, { fg_token: BOB.token, fg_port: "2002", ...SIGNED, ...extra });
/** Questions about lanes. The first one about a torrent names no session. */
const asked = (): TrackerAnnounce[] => authority.asked.filter(({ session }) => session !== null);

describe("a paid announce", () => {
  test("brings the session's lanes, with the address at which the tracker sees each payee", async () => {
    await seed("127.0.0.9");
    const reply = await buy();
    expect(reply.peers).toEqual(["127.0.0.9:1001"]);
    expect(reply.grant).toEqual({
      now: NOW,
      account: BOB.account,
      lanes: [{ ...laneOf(BOB, ALICE, 1, PAID), payeeHost: "127.0.0.9", payeePort: 2001 }],
      shortage: null,
    });
    expect(asked()[1]).toEqual({
      infoHash: PAID,
      event: "update",
      bytesLeft: 100,
      session: { account: BOB.account, sessionKey: BOB.sessionKey },
      request: { requestedAt: 1_000, topUp: [], met: [], signature: `0x${SIGNED.fg_sig}` },
      payees: [ALICE.sessionKey],
    });
  });

  test("that wants nothing new is answered without the authority", async () => {
    await seed();
    await buy();
    const before = asked().length;
    for (let i = 0; i < 5; i++) expect((await buy()).grant?.lanes.length).toBe(1);
    for (let i = 0; i < 5; i++) expect((await announce(1002, { fg_token: BOB.token })).grant?.lanes.length).toBe(1);
    expect(asked().length).toBe(before);
  });

  test("leaves out lanes to payees that are not in the swarm, and lanes that have ended", async () => {
    await seed();
    await buy();
    lanes[0] = { ...laneOf(BOB, ALICE, 1, PAID) };
    await announce(1001, { fg_token: ALICE.token, event: "stopped" });
    expect((await buy()).grant?.lanes).toEqual([]);
  });

  test("of a seeder is told of no seeder", async () => {
    await seed();
    const reply = await announce(1003, { fg_token: CAROL.token, fg_port: "2003", left: "0" });
    expect(reply).toMatchObject({ peers: [], complete: 2 });
  });
});

describe("a token", () => {
  test.each([
    ["none", {}, /^paid torrent: announce with a Floodgate announce token/],
    ["one with another MAC", { fg_token: forge(ALICE.token) }, /^invalid announce token/],
    ["one that is too short", { fg_token: "AAAA" }, /^invalid announce token/],
  ])("%s opens no paid swarm", async (_name, extra, reason) => {
    await seed();
    const before = authority.asked.length;
    expect(await announce(1002, extra)).toMatchObject({ peers: [], reason: expect.stringMatching(reason) });
    expect(authority.asked.length).toBe(before);
  });

  test("that has ended is refused", async () => {
    const ended = memberOf("ed", "ed", NOW - 1);
    await seed();
    expect((await announce(1002, { fg_token: ended.token })).reason).toMatch(/^expired announce token/);
  });

  test("a stranger is told never to come back (BEP 31)", async () => {
    expect((await announce(1002)).retryIn).toBe("never");
  });

  test("with more left than there is is refused", async () => {
    expect((await announce(1002, { fg_token: BOB.token, left: "101" })).reason).toMatch(/^left=101 is more than/);
  });
});

describe("a place in a paid swarm", () => {
  test("is its session's, wherever it announces from, and nobody else can end it", async () => {
    await seed("127.0.0.8");
    await announce(1001, { fg_token: CAROL.token, event: "stopped" }, "127.0.0.8");
    expect((await buy()).peers).toEqual(["127.0.0.8:1001"]);
    await seed("127.0.0.9");
    expect((await buy()).peers).toEqual(["127.0.0.9:1001"]);
  });

  test("an account that announces with many sessions takes 64 at most", async () => {
    await seed("127.0.0.8");
    const crowd = Array.from({ length: 90 }, (_, i) => memberOf((i + 16).toString(16), "ee"));
    await Promise.all(crowd.map(({ token }, i) => announce(3_000 + i, { fg_token: token })));
    const { incomplete, peers } = await buy();
    expect(incomplete).toBe(64 + 1);
    expect(peers).toContain("127.0.0.8:1001");
  });
});

describe("without the authority", () => {
  test("peers and existing lanes go on, and new lanes wait", async () => {
    await seed();
    await buy();
    await authority.stop();
    const { peers, grant } = await buy({ event: "started" });
    expect({ peers, lanes: grant?.lanes.length }).toEqual({ peers: ["127.0.0.1:1001"], lanes: 1 });
    expect((await announce(1003, { fg_token: CAROL.token, ...SIGNED })).grant).toMatchObject({
      lanes: [],
      shortage: "RATE",
    });
  });

  test("an authority that never answers keeps nobody waiting for long", async () => {
    await tracker.stop();
    tracker = await startTracker({ authorityUrl: authority.url, operatorSecret: SECRET, patienceMs: 1 });
    await seed();
    authority.hang(true);
    const late = await announce(1003, { fg_token: CAROL.token, ...SIGNED });
    expect(late).toMatchObject({ peers: ["127.0.0.1:1001"], grant: { lanes: [], shortage: "RATE" } });
    authority.hang(false);
  });
});

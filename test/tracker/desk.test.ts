import { expect, test } from "vitest";
import { hexToBytes } from "../../protocol/base/bytes.ts";
import type { TrackerAnnounce, TrackerAnswers } from "../../protocol/http/operator.ts";
import type { Announce } from "../../tracker/core/announce.ts";
import { IPV4 } from "../../tracker/core/peer-table.ts";
import { Swarms } from "../../tracker/core/swarms.ts";
import { Desk, type PeersReply, type Reply } from "../../tracker/desk.ts";
import { GrantTexts } from "../../tracker/paid/grant-text.ts";
import { HeldLaneStore } from "../../tracker/paid/held-lanes.ts";
import { createTokenCheck } from "../../tracker/paid/token-check.ts";
import { Questions } from "../../tracker/questions.ts";
import { Torrents } from "../../tracker/torrents.ts";
import { laneOf, type Member, memberOf, NOW, SECRET } from "./fake-authority.ts";

const PAID = "a".repeat(40);
const SELLER = memberOf("a1");
const BUYER = memberOf("b0");
const REQUEST = { requestedAt: 1, topUp: [], met: [], signature: "0x" };

/** A desk with a clock of its own, whose authority answers when it is told to. */
function openDesk() {
  let now = 0;
  const asked: { announces: readonly TrackerAnnounce[]; answer: (lanes: readonly number[]) => void }[] = [];
  const swarms = new Swarms({
    capacity: 8,
    placesPerSwarm: 8,
    places: 8,
    lifetimeMs: 1_000_000,
    randomBelow: () => 0,
    now,
  });
  const torrents = new Torrents();
  torrents.learn(PAID, { isPaid: true, sizeBytes: 100 }, now);
  const ask = (announces: readonly TrackerAnnounce[]): Promise<TrackerAnswers> =>
    new Promise((resolve) => {
      const answer = (lanes: readonly number[]): void => {
        const grant = { lanes: lanes.map((lane) => laneOf(BUYER, SELLER, lane, PAID)), shortage: null };
        const answers = announces.map(() => ({ isKnown: true as const, isPaid: true, sizeBytes: 100, grant }));
        resolve({ now: NOW, answers });
      };
      asked.push({ announces, answer });
    });
  const desk = new Desk({
    swarms,
    torrents,
    questions: new Questions({ ask, now: () => now, log: () => undefined, patienceMs: 60_000 }),
    lanes: new HeldLaneStore(),
    grants: new GrantTexts(swarms),
    checkToken: createTokenCheck(SECRET),
    now: () => now,
    announceIntervalSec: 60,
  });
  const address = hexToBytes(`0x${"00".repeat(10)}ffff7f000001`);
  const origin = { kind: IPV4, address, kinds: [IPV4], isGone: () => false } as const;
  const announce = (who: Member, change: Partial<Announce>): Reply | Promise<Reply> =>
    desk.announce(
      {
        infoHash: PAID,
        peerId: new Uint8Array(20),
        port: 1,
        bytesLeft: 100,
        event: "update",
        wanted: 50,
        token: who.token,
        voucherPort: 2,
        request: null,
        ...change,
      },
      origin,
    );
  /** The question that comes next, when it has been sent. */
  const question = async (index: number) => {
    while (asked.length <= index) await new Promise((resolve) => setImmediate(resolve));
    return asked[index] as (typeof asked)[number];
  };
  return {
    announce,
    question,
    asked,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const lanesOf = (reply: Reply): number[] =>
  JSON.parse((reply as PeersReply).grant ?? "null").lanes.map(
    ({ allotment }: { allotment: { lane: number } }) => allotment.lane,
  );

test("a reply from held lanes waits for nobody while the authority is asked what became of them", async () => {
  const { announce, question, asked, pass } = openDesk();
  const seeding = announce(SELLER, { bytesLeft: 0 });
  (await question(0)).answer([]);
  await seeding;
  const buying = announce(BUYER, { request: REQUEST });
  (await question(1)).answer([1]);
  expect(lanesOf(await buying)).toEqual([1]);

  pass(15_000);
  for (let i = 0; i < 3; i++) {
    const reply = announce(BUYER, { request: REQUEST });
    expect(reply).not.toBeInstanceOf(Promise);
    expect(lanesOf(reply as Reply)).toEqual([1]);
  }
  const refresh = await question(2);
  // It reserves nothing, and it is asked once.
  expect(refresh.announces).toMatchObject([{ session: { sessionKey: BUYER.sessionKey }, request: null, payees: [] }]);
  expect(asked.length).toBe(3);

  refresh.answer([2]);
  // The answer is taken in before the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  expect(lanesOf(announce(BUYER, {}) as Reply)).toEqual([2]);
});

test("the ninth request at once is answered with the lanes there are, and RATE for what it wants", async () => {
  const { announce, question, asked, pass } = openDesk();
  const seeding = announce(SELLER, { bytesLeft: 0 });
  (await question(0)).answer([]);
  await seeding;
  const request = { ...REQUEST, topUp: [1] };
  const lanes: number[] = [];
  const ask = async (): Promise<void> => {
    const [index, reply] = [asked.length, announce(BUYER, { request })];
    lanes.push(index);
    (await question(index)).answer(lanes);
    expect(lanesOf(await reply)).toEqual(lanes);
  };
  for (let i = 0; i < 8; i++) await ask();
  const fifth = announce(BUYER, { request });
  expect(fifth).not.toBeInstanceOf(Promise);
  expect(lanesOf(fifth as Reply)).toEqual(lanes);
  expect((fifth as PeersReply).grant).toContain('"shortage":"RATE"');
  pass(500);
  await ask();
});

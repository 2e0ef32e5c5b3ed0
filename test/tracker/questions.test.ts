import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NetworkError } from "../../protocol/base/errors.ts";
import type { TrackerAnnounce, TrackerAnswers } from "../../protocol/http/operator.ts";
import { Questions } from "../../tracker/questions.ts";

const ANNOUNCE: TrackerAnnounce = {
  infoHash: "a".repeat(40),
  event: "update",
  bytesLeft: 1,
  session: null,
  request: null,
  payees: [],
};
const KNOWN = { isKnown: true as const, isPaid: true, sizeBytes: 7, grant: null };
const answersTo = (announces: readonly TrackerAnnounce[]): TrackerAnswers => ({
  now: 1_000,
  answers: announces.map(({ bytesLeft }) => ({ ...KNOWN, sizeBytes: bytesLeft })),
});

let now: number;
let sizes: number[];
let logged: string[];
let ask: (announces: readonly TrackerAnnounce[]) => Promise<TrackerAnswers>;
let questions: Questions;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  now = 0;
  [sizes, logged] = [[], []];
  ask = async (announces) => answersTo(announces);
  questions = new Questions({
    now: () => now,
    patienceMs: 2_000,
    log: (line) => logged.push(line),
    ask: (announces) => {
      sizes.push(announces.length);
      return ask(announces);
    },
  });
});
afterEach(() => vi.useRealTimers());

const nothing = (): void => undefined;
const put = (i: number, asker = String(i), onAnswer = nothing) =>
  questions.put({ ...ANNOUNCE, bytesLeft: i }, asker, onAnswer);

test("what comes at once goes out in few questions, and each gets its own answer", async () => {
  const asked = await Promise.all(Array.from({ length: 100 }, (_, i) => put(i)));
  expect(asked).toEqual(Array.from({ length: 100 }, (_, i) => ({ ...KNOWN, sizeBytes: i })));
  expect(sizes).toEqual([64, 36]);
  now = 5_000;
  expect(questions.chainNow).toBe(1_005);
});

test("one asker has 32 questions at most, so that others are heard", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  ask = async (announces) => promise.then(() => answersTo(announces));
  const flood = Array.from({ length: 40 }, (_, i) => put(i, "flood"));
  const other = put(99);
  resolve();
  const answered = await Promise.all(flood);
  expect(answered.filter((answer) => answer === "busy").length).toBe(8);
  expect(await other).toMatchObject({ sizeBytes: 99 });
});

test("an authority that cannot be reached is left alone for a second, and named once", async () => {
  ask = () => Promise.reject(new NetworkError("AUTHORITY_UNREACHABLE", "it is away"));
  expect(await Promise.all([put(1), put(2)])).toEqual(["away", "away"]);
  expect(await put(3)).toBe("away");
  expect(sizes).toEqual([2]);
  now = 1_000;
  expect(await put(4)).toBe("away");
  expect(sizes).toEqual([2, 1]);
  expect(logged).toEqual(["it is away (AUTHORITY_UNREACHABLE)"]);
  now = 2_000;
  ask = async (announces) => answersTo(announces);
  expect(await put(5)).toMatchObject({ sizeBytes: 5 });
});

test("nobody waits for more than two seconds, and a late answer is kept", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  ask = async (announces) => promise.then(() => answersTo(announces));
  const late = Promise.withResolvers<void>();
  const session = { account: `0x${"01".repeat(20)}`, sessionKey: `0x${"02".repeat(20)}` };
  const asked = questions.put({ ...ANNOUNCE, session }, "1", () => late.resolve());
  vi.advanceTimersByTime(2_000);
  expect(await asked).toBe("away");
  resolve();
  await late.promise;
});

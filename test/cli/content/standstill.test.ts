import { expect, test } from "vitest";
import { explain, verdictOn } from "../../../cli/content/standstill.ts";
import type { Obstacle, Outlook } from "../../../client/exchange.ts";
import { NetworkError } from "../../../protocol/base/errors.ts";

const seller = (change: Partial<Obstacle>): Obstacle => ({
  payeeKey: `0x${"ab".repeat(20)}`,
  reason: "BANNED",
  until: null,
  isFinal: true,
  ...change,
});
const outlook = (change: Partial<Outlook>): Outlook => ({
  obstacles: [],
  sellers: 0,
  requested: 0,
  shortage: null,
  ...change,
});
const explained = (change: Partial<Outlook>, peers = 1): string =>
  explain({ peers, outlook: outlook(change), trackerProblem: null });
const still = { peers: 0, trackerProblem: null, isSpent: false };
const ended = (change: Partial<Outlook>, stillSec: number) =>
  verdictOn({ ...still, outlook: outlook(change) }, stillSec);

test.each<[string, string, string]>([
  [
    "a ban, with its end",
    explained({ obstacles: [seller({ until: 1_800_000_000 })] }),
    "nothing comes: seller 0xabababab has banned this account until 2027-01-15T08:00:00Z",
  ],
  [
    "a refusal, with its meaning",
    explained({ obstacles: [seller({ reason: "PRICE_TOO_LOW" })] }),
    "nothing comes: seller 0xabababab refuses (PRICE_TOO_LOW): The lane's price is below the payee's.",
  ],
  [
    "a seller without a lane",
    explained({ obstacles: [seller({ reason: "NO_LANE", isFinal: false })] }),
    "nothing comes: the authority has given nothing to pay seller 0xabababab with",
  ],
  [
    "a seller that does not serve yet",
    explained({ obstacles: [seller({})], sellers: 2 }),
    "nothing comes: 2 sellers are connected, not served yet",
  ],
  ["peers without pieces", explained({}), "nothing comes: 1 peer is connected, and none has a missing piece to sell"],
  ["no peer", explained({}, 0), "nothing comes: no seller is connected, still looking for one"],
])("a download that stands still tells %s", (_what, sentence, expected) => {
  expect(sentence).toBe(expected);
});

test("a download ends when every seller that is left refuses for good, and not before", () => {
  expect(ended({ obstacles: [seller({})] }, 14)).toBeNull();
  expect(ended({ obstacles: [seller({})] }, 15)).toMatchObject({ name: "AccessError", code: "NO_SELLER" });
  expect(ended({ obstacles: [seller({}), seller({ reason: "NO_LANE", isFinal: false })] }, 100)).toBeNull();
  expect(ended({ obstacles: [seller({})], sellers: 1 }, 100)).toBeNull();
  expect(ended({}, 1_000)).toBeNull();
});

test.each(["DEPOSIT", "SESSION"])("a download whose lanes end for want of %s ends, too", (shortage) => {
  expect(ended({ shortage }, 59)).toBeNull();
  expect(ended({ shortage }, 60)).toMatchObject({ name: "PaymentError", code: "BALANCE_TOO_LOW" });
  expect(ended({ shortage, sellers: 1 }, 1_000)).toBeNull();
});

test("a tracker that does not answer is why no seller is connected", () => {
  const trackerProblem = new NetworkError("TRACKER_UNREACHABLE", "no answer from the tracker");
  expect(explain({ peers: 0, outlook: outlook({}), trackerProblem })).toBe(
    "nothing comes: no answer from the tracker; it is asked again",
  );
});

test.each(["DEPOSIT", "SESSION"])("a want of %s is told before the sellers that it keeps away", (shortage) => {
  const noLane = seller({ reason: "NO_LANE", isFinal: false });
  expect(explained({ shortage, obstacles: [noLane] })).toMatch(/`floodgate (deposit|register --limit)`/);
});

test("--max-spend ends a download as soon as nothing is on its way, within 5 s", () => {
  const spent = { ...still, isSpent: true };
  expect(verdictOn({ ...spent, outlook: outlook({ sellers: 1, requested: 1 }) }, 100)).toBeNull();
  expect(verdictOn({ ...spent, outlook: outlook({ sellers: 1 }) }, 1)).toBeNull();
  expect(verdictOn({ ...spent, outlook: outlook({ sellers: 1 }) }, 2)).toMatchObject({ code: "SPEND_LIMIT" });
});

test("a program's download ends when nobody has sold for as long as --wait says, and says why", () => {
  const nobody = { ...still, outlook: outlook({}) };
  expect(verdictOn(nobody, 1_000_000)).toBeNull();
  expect(verdictOn(nobody, 59, 60)).toBeNull();
  expect(verdictOn(nobody, 60, 60)).toMatchObject({
    name: "NetworkError",
    code: "SELLER_MISSING",
    message: expect.stringMatching(/nothing came for 60 s: no seller is connected.*--wait/),
  });
  expect(verdictOn({ ...still, outlook: outlook({ sellers: 1 }) }, 600, 60)).toBeNull();
});

test.each(["DEPOSIT", "SESSION"] as const)(
  "a sponsored download that is short of %s is not sent to an account",
  (shortage) => {
    const outlook = { obstacles: [], sellers: 0, shortage, requested: 0 };
    const standing = { peers: 1, outlook, trackerProblem: null, isSpent: false, isSponsored: true } as Parameters<
      typeof verdictOn
    >[0];
    expect(verdictOn(standing, 60)).toMatchObject({ code: "SPONSOR_SPENT" });
    expect(explain(standing)).not.toContain("floodgate");
  },
);

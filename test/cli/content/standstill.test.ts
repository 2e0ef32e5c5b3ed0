import { expect, test } from "vitest";
import { explain, verdictOn } from "../../../cli/content/standstill.ts";
import type { Obstacle, Outlook } from "../../../client/exchange.ts";

const seller = (change: Partial<Obstacle>): Obstacle => ({
  payeeKey: `0x${"ab".repeat(20)}`,
  reason: "BANNED",
  until: null,
  isFinal: true,
  ...change,
});
const outlook = (change: Partial<Outlook>): Outlook => ({ obstacles: [], sellers: 0, shortage: null, ...change });
const explained = (change: Partial<Outlook>, peers = 1): string => explain({ peers, outlook: outlook(change) });
const ended = (change: Partial<Outlook>, stillSec: number) => verdictOn({ outlook: outlook(change) }, stillSec);

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

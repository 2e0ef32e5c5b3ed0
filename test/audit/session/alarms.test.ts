import { describe, expect, test } from "vitest";
import { createAlarms, type Look } from "../../../audit/session/alarms.ts";

const OPERATOR = "0x00000000000000000000000000000000000000aa";
const QUIET: Look = { time: 1_000, lastBatchAt: 900, bond: 50n, operator: OPERATOR, mined: 4, withWaiting: 4 };

/** The names of the alarms that these looks raise, look by look. */
function namesOf(looks: readonly Partial<Look>[]): string[][] {
  const raise = createAlarms({ maxBatchAgeSec: 300, minBond: 40n, maxWaitSec: 60 }, String);
  return looks.map((look) => raise({ ...QUIET, ...look }).map(({ name }) => name));
}

describe("a watch", () => {
  test("says that no batch has come for too long, once, and again after the next batch", () => {
    const looks = [
      { time: 1_000 },
      { time: 1_300 },
      { time: 1_301 },
      { time: 1_400 },
      { time: 1_500, lastBatchAt: 1_450 },
      { time: 1_751, lastBatchAt: 1_450 },
    ];
    expect(namesOf(looks)).toEqual([[], [], ["late-batch"], [], [], ["late-batch"]]);
  });

  test("counts from its own begin while it has seen no batch", () => {
    expect(namesOf([{ lastBatchAt: null }, { time: 1_301, lastBatchAt: null }])).toEqual([[], ["late-batch"]]);
  });

  test("says that the bond is below the least", () => {
    expect(namesOf([{ bond: 40n }, { bond: 39n }, { bond: 38n }, { bond: 41n }, { bond: 0n }])).toEqual([
      [],
      ["low-bond"],
      [],
      [],
      ["low-bond"],
    ]);
  });

  test("says that the operator's next transaction is stuck, not that another one waits", () => {
    const looks = [
      { time: 1_000, withWaiting: 5 },
      { time: 1_060, withWaiting: 6 },
      { time: 1_061, withWaiting: 6 },
      { time: 1_100, mined: 5, withWaiting: 6 },
      { time: 1_160, mined: 5, withWaiting: 6 },
      { time: 1_161, mined: 6, withWaiting: 6 },
    ];
    expect(namesOf(looks)).toEqual([[], [], ["stuck-nonce"], [], [], []]);
  });

  test("tells amounts with their unit, and names the operator", () => {
    const raise = createAlarms({ minBond: 40n, maxWaitSec: 60 }, (amount) => `${amount} TUSD`);
    raise({ ...QUIET, withWaiting: 5 });
    expect(raise({ ...QUIET, time: 1_100, withWaiting: 5, bond: 1n }).map(({ sentence }) => sentence)).toEqual([
      "the bond is 1 TUSD, less than 40 TUSD",
      `transaction 4 of the operator ${OPERATOR} has waited for 100 s, more than 60 s`,
    ]);
  });
});

import { expect, test } from "vitest";
import { MAX_NUMWANT } from "../../../protocol/base/constants.ts";
import { choosePeers } from "../../../tracker/core/peer-choice.ts";

const CROWD = 64;
const HONEST = 20;
/** Hashes of prefixes, all with the same last bits. */
const prefixes = Uint32Array.from({ length: CROWD + HONEST }, (_, slot) => (slot < CROWD ? 7 : 7 + (slot << 8)));
const slots = [...prefixes.keys()];

const steps = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state * 1_103 + 12_345) % 65_537;
    return state % below;
  };
};

test.each([1, 2, 3, 4, 5])("a crowd of one prefix keeps out nobody whose hash resembles it (seed %i)", (seed) => {
  const chosen = choosePeers([slots], {
    ...{ self: -1, wanted: 500, prefixes },
    randomBelow: steps(seed),
  });

  expect(chosen).toHaveLength(MAX_NUMWANT);
  expect(new Set(chosen).size).toBe(MAX_NUMWANT);
  expect(slots.slice(CROWD).filter((slot) => !chosen.includes(slot))).toEqual([]);
});

test("one call leaves nothing behind for the next", () => {
  const choose = () => choosePeers([slots.slice(0, CROWD)], { self: 3, wanted: 9, prefixes, randomBelow: steps(1) });

  expect(choose()).toEqual(choose());
  expect(choose()).not.toContain(3);
});

import { describe, expect, test } from "vitest";
import { type AllotterRecord, EMPTY } from "../../../authority/chain/mirror/contract-state.ts";
import { chooseAllotter, isSigner, listSigners } from "../../../authority/keys/choose-keys.ts";
import { accountOf } from "../support/context.ts";

const [OLD, NEXT, THIRD] = [accountOf(1), accountOf(2), accountOf(3)];
const NOW = 10_000;
const PERIOD = 120;

const current = (effectiveAt = 0): AllotterRecord => ({ ...EMPTY.allotter, isCurrent: true, effectiveAt });
const retired = (retiredAt: number): AllotterRecord => ({ ...EMPTY.allotter, retiredAt });

describe("the key that signs allotments", () => {
  test.each<[string, [string, AllotterRecord][], string | null]>([
    ["is the only one that the contract names", [[OLD, current()]], OLD],
    [
      "is the newest of several",
      [
        [NEXT, current(NOW)],
        [OLD, current()],
      ],
      NEXT,
    ],
    [
      "stays while the bond does not yet answer for the next one",
      [
        [OLD, current()],
        [NEXT, current(NOW + 1)],
      ],
      OLD,
    ],
    [
      "is one without a budget when the old one is retired",
      [
        [OLD, retired(NOW)],
        [NEXT, current(NOW + 1)],
      ],
      NEXT,
    ],
    ["is none when all are retired", [[OLD, retired(NOW)]], null],
    ["is none when the contract names only keys of others", [[THIRD, current()]], null],
  ])("%s", (_name, named, chosen) => {
    expect(chooseAllotter([OLD, NEXT], new Map(named) as Parameters<typeof chooseAllotter>[1], NOW)).toBe(chosen);
  });
});

test("a retired key's allotments count as long as they may have been signed before", () => {
  const key = retired(NOW);
  expect(isSigner(key, NOW + PERIOD, PERIOD)).toBe(true);
  expect(isSigner(key, NOW + PERIOD + 1, PERIOD)).toBe(false);
  expect(isSigner(EMPTY.allotter, NOW, PERIOD)).toBe(false);
  expect(isSigner(undefined, NOW, PERIOD)).toBe(false);
});

test("peers are told all keys of live allotments, the one that signs first", () => {
  const named = new Map([
    [OLD, retired(NOW - PERIOD)],
    [accountOf(4), retired(NOW - PERIOD - 1)],
    [THIRD, current()],
    [NEXT, current()],
  ]);
  const signers = listSigners(named, { first: NEXT, time: NOW, allotmentPeriodSec: PERIOD });
  expect(signers).toEqual([NEXT, OLD, THIRD]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { runSeed } from "./run-seed.ts";
import { openStage, type Stage } from "./stage.ts";

/** A sample; `npm run test:chaos` runs hundreds. */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

test.each([1, 2, 3, 4])(
  "reorganizations, faults of nodes and kills: nobody is paid twice, and nobody loses anything (seed %i)",
  async (seed) => {
    const { lost, twice, mismatched, restarts } = await runSeed(stage, seed);

    expect({ lost, twice, mismatched, restarts }).toEqual({ lost: [], twice: [], mismatched: [], restarts: [] });
  },
);

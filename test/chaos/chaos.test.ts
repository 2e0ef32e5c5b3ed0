import { describe, expect, test } from "vitest";
import { runSeed } from "./run-seed.ts";
import { openStage } from "./stage.ts";

/** A sample; `npm run test:chaos` runs hundreds. */
describe.concurrent("reorganizations, faults of nodes and kills: nobody is paid twice, and nobody loses anything", () => {
  test.each([1, 2, 3, 4])("seed %i", async (seed) => {
    await using stage = await openStage();

    const { lost, twice, mismatched, restarts } = await runSeed(stage, seed);

    expect({ lost, twice, mismatched, restarts }).toEqual({ lost: [], twice: [], mismatched: [], restarts: [] });
  });
});

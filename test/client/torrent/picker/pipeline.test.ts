import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  blockArrived,
  blockAsked,
  MIN_PIPELINE_BYTES,
  type Pipeline,
  startPipeline,
} from "../../../../client/torrent/picker/pipeline.ts";

const BLOCK = 128 * 1024;
const MIB = 2 ** 20;

/**
 * A line that carries `bytesPerMs`, and brings a block at the soonest `delayMs` after its request.
 * Its source is asked for as much as the pipeline says, and sends in order.
 */
function download(line: { bytesPerMs: number; delayMs: number }, blocks: number, pipeline: Pipeline): Pipeline {
  let [state, nowMs, idleAtMs, asked] = [pipeline, 0, 0, 0];
  const outstanding: { readonly offset: number; readonly arrivesAtMs: number }[] = [];
  for (let arrived = 0; arrived < blocks; arrived++) {
    while (outstanding.length === 0 || (outstanding.length + 1) * BLOCK <= state.bytes) {
      const offset = asked++ * BLOCK;
      idleAtMs = Math.max(idleAtMs, nowMs + line.delayMs) + BLOCK / line.bytesPerMs;
      state = blockAsked(state, { piece: 0, offset }, outstanding.length === 0, nowMs);
      outstanding.push({ offset, arrivesAtMs: idleAtMs });
    }
    const { offset, arrivesAtMs } = outstanding.shift() as (typeof outstanding)[number];
    nowMs = arrivesAtMs;
    state = blockArrived(state, { piece: 0, offset }, BLOCK, nowMs);
  }
  return state;
}

describe("the pipeline of a source", () => {
  test("grows until it fills a long and fast line, and not far beyond", () => {
    // 1 Gbit/s and 40 ms: 5 MB are on their way.
    const { bytes } = download({ bytesPerMs: 125_000, delayMs: 40 }, 1_000, startPipeline());

    expect(bytes).toBeGreaterThan(5e6);
    expect(bytes).toBeLessThan(12e6);
  });

  test("stays small where nothing is far", () => {
    const { bytes } = download({ bytesPerMs: 250_000, delayMs: 0.5 }, 1_000, startPipeline());

    expect(bytes).toBeLessThan(3 * MIB);
  });

  test("follows a line that becomes longer", () => {
    const near = download({ bytesPerMs: 125_000, delayMs: 1 }, 100, startPipeline());
    const hourLater: Pipeline = { ...near, leastAtMs: -3_600_000 };

    expect(download({ bytesPerMs: 125_000, delayMs: 40 }, 1_000, hourLater).bytes).toBeGreaterThan(5e6);
  });

  test("forgets a block that will not come", () => {
    const asked = blockAsked(startPipeline(), { piece: 1, offset: 0 }, true, 0);
    const again = blockAsked(asked, { piece: 2, offset: 0 }, true, 5_000);

    expect(blockArrived(again, { piece: 2, offset: 0 }, BLOCK, 5_010).leastMs).toBe(10);
  });

  test("never holds up a source, whatever comes when", () => {
    const event = fc.record({ offset: fc.nat(3), length: fc.integer({ min: 1, max: BLOCK }), waitMs: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let [state, nowMs] = [startPipeline(), 0];
        for (const { offset, length, waitMs } of events) {
          state = blockAsked(state, { piece: 0, offset }, false, nowMs);
          nowMs += waitMs;
          state = blockArrived(state, { piece: 0, offset }, length, nowMs);
          expect(state.bytes).toBeGreaterThanOrEqual(MIN_PIPELINE_BYTES);
        }
      }),
    );
  });
});

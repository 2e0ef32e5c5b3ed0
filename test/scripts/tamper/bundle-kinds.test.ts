import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { examine } from "../../../scripts/tamper/examine.ts";
import { ALLOTMENT_KINDS } from "../../../scripts/tamper/kinds/allotment-kinds.ts";
import { linesOf, namesOf, withLines } from "../../../scripts/tamper/kinds/bundle-edit.ts";
import { BUNDLE_KINDS } from "../../../scripts/tamper/kinds/bundle-kinds.ts";
import { HELD_KINDS } from "../../../scripts/tamper/kinds/held-kinds.ts";
import { LISTING_KINDS } from "../../../scripts/tamper/kinds/listing-kinds.ts";
import { toJsonLines } from "../../../scripts/tamper/play/bundle.ts";
import { createRandom } from "../../../scripts/tamper/random.ts";
import { type Recording, record } from "../../../scripts/tamper/recording.ts";

let recording: Recording;
beforeAll(async () => {
  recording = await record("first");
});

const nameOf = (bytes: Uint8Array): string => `0x${createHash("sha256").update(bytes).digest("hex")}`;

describe("recorded bundles", () => {
  test("are named by their bytes, and each names the one before", () => {
    const previous = [...recording.bundles.values()].map((bytes) => linesOf(bytes)[0]?.previous);
    expect([...recording.bundles.values()].map(nameOf)).toEqual(namesOf(recording));
    expect(previous).toEqual([`0x${"0".repeat(64)}`, ...namesOf(recording).slice(0, -1)]);
  });

  test("are named by the batches, and one by none: its transaction failed", () => {
    const named = recording.history.flatMap(({ events }) =>
      events.flatMap((event) => (event.kind === "Settled" ? event.bundleHash : [])),
    );
    expect(namesOf(recording).filter((name) => !named.includes(name))).toHaveLength(1);
    expect(named.every((name) => recording.bundles.has(name as `0x${string}`))).toBe(true);
  });

  test("are written as they are read", () => {
    for (const bytes of recording.bundles.values()) expect(toJsonLines(linesOf(bytes))).toEqual(bytes);
  });

  test("hold each allotment once", () => {
    const lanes = [...recording.bundles.values()].flatMap((bytes) =>
      linesOf(bytes).flatMap(({ kind, payer, lane }) => (kind === "allotment" ? `${payer}/${lane}` : [])),
    );
    expect(lanes.length).toBeGreaterThan(10);
    expect(new Set(lanes).size).toBe(lanes.length);
  });
});

describe("a bundle that says something else", () => {
  test("renames all after it, and none before", () => {
    const changed = withLines(recording, 1, ([head, ...rest]) => [{ kind: "bundle", ...head, time: 5 }, ...rest]);
    const [before, after] = [namesOf(recording), namesOf(changed)];
    expect(after[0]).toBe(before[0]);
    expect(after.slice(1).filter((name) => before.includes(name))).toEqual([]);
    expect([...changed.bundles.values()].map(nameOf)).toEqual(after);
  });

  // Else a lie in a bundle would be found for what it has broken on the chain.
  test.each(
    [...ALLOTMENT_KINDS, ...BUNDLE_KINDS, ...LISTING_KINDS, ...HELD_KINDS].map((kind) => [kind.name, kind] as const),
  )("leaves nothing for the chain's own checks to find: %s", async (_name, kind) => {
    const lie = kind.tell(recording, createRandom(kind.name));
    expect(lie?.recording).not.toBe(recording);
    if (lie === null) return;
    expect((await examine(lie.recording, async () => [])).findings).toEqual([]);
  });
});

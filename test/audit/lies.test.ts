import { beforeAll, describe, expect, test } from "vitest";
import { CHECKS, type CheckName } from "../../audit/checks.ts";
import { type Examined, examine } from "../../scripts/tamper/examine.ts";
import { KINDS } from "../../scripts/tamper/kinds/all.ts";
import type { Kind, Lie } from "../../scripts/tamper/kinds/kind.ts";
import { observe } from "../../scripts/tamper/observe.ts";
import { createRandom } from "../../scripts/tamper/random.ts";
import { type Recording, record } from "../../scripts/tamper/recording.ts";

/** Every kind of lie can be told about one of these histories. */
const SEEDS = ["e", "fifth", "third"];

let recordings: readonly Recording[];
beforeAll(async () => {
  recordings = await Promise.all(SEEDS.map(record));
});

/** About the first history that gives occasion for it. */
function tell({ name, tell }: Kind): Lie {
  for (const recording of recordings) {
    const lie = tell(recording, createRandom(name));
    if (lie !== null) return lie;
  }
  throw new Error("no history gives occasion for this lie");
}

function audit(recording: Recording): Promise<Examined> {
  return examine(recording, observe.observe);
}

test("histories without a lie are clean, and leave open only what is announced", async () => {
  for (const { findings, notChecked } of await Promise.all(recordings.map(audit))) {
    expect(findings).toEqual([]);
    expect(notChecked.filter(({ sentence }) => !observe.isAnnounced(sentence))).toEqual([]);
  }
});

test("there is a lie for every check, and each has a name of its own", () => {
  const checks = new Set(KINDS.flatMap((kind) => tell(kind).checks));
  expect(checks).toEqual(new Set(Object.keys(CHECKS)));
  expect(new Set(KINDS.map(({ name }) => name)).size).toBe(KINDS.length);
});

async function expectFound(kind: Kind): Promise<void> {
  const { recording, checks, says = "" } = tell(kind);
  const own = (await audit(recording)).findings.filter(({ name }) => checks.includes(name));
  expect(own.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining(says));
  for (const { name, check, severity } of own) {
    expect({ check, severity }).toEqual({ check: CHECKS[name].number, severity: CHECKS[name].severity });
  }
}

describe("a lie is found by its check:", () => {
  test.each(Object.keys(CHECKS) as CheckName[])("%s", async (check) => {
    await expectFound(KINDS.find((kind) => tell(kind).checks.includes(check)) as Kind);
  });
});

/** `npm run audit:tamper` tells all of them too, of many more histories. */
describe.runIf(process.env.FLOODGATE_DEEP)("every kind of lie is found:", () => {
  test.each(KINDS.map((kind) => [kind.name, kind] as const))("%s", (_name, kind) => expectFound(kind));
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BREAK_CASES } from "../../scripts/break-it/all.ts";
import { createPerformer, type Performer } from "../../scripts/break-it/perform.ts";
import { startWorld, TestRunner, type World } from "../support/world.ts";

/** In `npm test` the quick ones; all of them in `npm run test:deep`. */
const QUICK = ["stop-paying", "steal-token", "settle-low"];
/** What the audit must say of an authority's lies: the numbers of its checks are stable. */
const FOUND: Readonly<Record<string, string>> = {
  "settle-low": "Audit, check 51: ",
  "over-allot": "Audit, check 44: ",
  "leave-out": "Audit, check 38: ",
};
const isDeep = process.env.FLOODGATE_DEEP !== undefined;
const cases = BREAK_CASES.filter(({ id }) => isDeep || QUICK.includes(id));

let world: World;
let performer: Performer;
beforeAll(async () => {
  world = await startWorld();
  performer = createPerformer(
    world,
    (environment) => new TestRunner(environment),
    () => undefined,
  );
});
afterAll(async () => {
  await performer?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

describe("what the break-it desk breaks", () => {
  test("is more than a dozen things, each with a name of its own", () => {
    expect(new Set(BREAK_CASES.map(({ id }) => id)).size).toBe(BREAK_CASES.length);
    expect(BREAK_CASES.length).toBeGreaterThanOrEqual(12);
    expect(QUICK.filter((id) => !BREAK_CASES.some((one) => one.id === id))).toEqual([]);
  });

  // One after the other, as at the desk: each breaks what the others need.
  test.each(cases.map((one) => [one.id, one] as const))("%s costs nobody more than is promised", async (_, one) => {
    const steps: string[] = [];
    const verdict = await performer.perform(one, (step) => steps.push(step));
    expect(verdict, `${steps.join("\n")}\n${JSON.stringify(verdict)}`).toMatchObject({ holds: true });
    expect(verdict.finding ?? "").toContain(FOUND[one.id] ?? "");
    expect(verdict.losses.length).toBeGreaterThan(0);
    expect(verdict.losses.filter(({ holds }) => !holds)).toEqual([]);
  });
});

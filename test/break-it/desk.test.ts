import { expect, test } from "vitest";
import { type BreakCase, breakCase } from "../../scripts/break-it/case.ts";
import { BreakDesk } from "../../scripts/break-it/desk.ts";
import { lostMoney, verdictOf } from "../../scripts/break-it/verdict.ts";

const caseOf = (id: string): BreakCase =>
  breakCase({
    ...{ id, title: id, deed: `does ${id}` },
    act: async () => 1n,
    judge: (lost) => verdictOf([lostMoney("payer", lost, 1n, "nothing")]),
  });

test("does one case at a time, tells its steps, and keeps its verdict", async () => {
  const going = Promise.withResolvers<void>();
  const desk = new BreakDesk([caseOf("one"), caseOf("two")], async (one, say) => {
    say(`${one.id} begins`);
    await going.promise;
    return one.run({ arena: null as never, say });
  });
  expect(desk.read().cases.map(({ state }) => state)).toEqual(["ready", "ready"]);
  const running = desk.start("one");
  expect(desk.read().cases[0]).toMatchObject({ state: "running", steps: ["one begins"], verdict: null });
  expect(() => desk.start("two")).toThrow("one case at a time");
  expect(() => desk.start("three")).toThrow("no such case");
  going.resolve();
  await running;
  expect(desk.read().cases[0]).toMatchObject({
    state: "done",
    verdict: { holds: true, losses: [{ who: "payer", lost: "0.000001 TUSD" }] },
  });
  await desk.start("two");
  expect(desk.read().cases.map(({ state }) => state)).toEqual(["done", "done"]);
});

test("says why a case could not be done, and takes the next", async () => {
  let isBroken = true;
  const desk = new BreakDesk([caseOf("one")], async (one, say) => {
    if (isBroken) throw new Error("the chain is away");
    return one.run({ arena: null as never, say });
  });
  await desk.start("one");
  expect(desk.read().cases[0]).toMatchObject({
    state: "failed",
    steps: ["It could not be done: the chain is away"],
    verdict: null,
  });
  isBroken = false;
  await desk.start("one");
  expect(desk.read().cases[0]).toMatchObject({ state: "done", steps: [] });
});

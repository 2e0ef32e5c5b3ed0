import { describe, expect, test } from "vitest";
import { bytesCovered } from "../../../protocol/base/units.ts";
import { type Actor, Scene } from "../../../scripts/live/scene.ts";
import { growthOf } from "../../../web/live/growth.ts";
import { layOut, lineBetween } from "../../../web/live/layout.ts";

const HASH = "ab".repeat(20);
const GIB = 2 ** 30;

function actor(name: string, digit: string): Actor {
  return { name, account: `0x${digit.repeat(40)}`, home: `/homes/${name}`, isCheat: false };
}

function sceneOfThree(): Scene {
  const scene = new Scene();
  scene.begin("A story.", ["One", "Two"]);
  for (const one of [actor("seeder", "a"), actor("first", "b"), actor("second", "c")]) scene.enter(one);
  scene.publish({ infoHash: HASH, title: "film", bytesTotal: GIB, pricePerGiB: 1_000_000n });
  return scene;
}

const lane = (digit: string, amount: bigint, infoHash = HASH) => ({
  ...{ payer: `0x${digit.repeat(40)}` as const, infoHash, pricePerGiB: 1_000_000n, amount },
});

describe("the scene of the live page", () => {
  test("sums lanes of one buyer, leaves out other contents and strangers", () => {
    const scene = sceneOfThree();
    scene.hold("seeder", [
      ...[lane("b", 250_000n), lane("b", 250_000n), lane("c", 0n)],
      ...[lane("b", 7n, "cd".repeat(20)), lane("d", 7n)],
    ]);
    expect(scene.read().flows).toEqual([
      { seller: "seeder", buyer: "first", amount: "500000", bytes: 2 * bytesCovered(250_000n, 1_000_000n) },
      { seller: "seeder", buyer: "second", amount: "0", bytes: 0 },
    ]);
  });

  test("knows what a peer does by its lines", () => {
    const scene = sceneOfThree();
    const stateOf = (name: string) => scene.read().peers.find((peer) => peer.name === name);
    expect(stateOf("first")).toMatchObject({ state: "waiting", bytesTotal: GIB, balance: null });
    expect(scene.speaking).toEqual([]);
    scene.hear("first", { event: "progress", bytesDone: 10, bytesTotal: 20, paid: "3", earned: "1", rateDown: 5 });
    expect(stateOf("first")).toMatchObject({
      state: "downloading",
      bytesDone: 10,
      promised: "3",
      holds: "1",
      rateDown: 5,
    });
    scene.hear("first", { event: "progress", bytesDone: 20, bytesTotal: 20, paid: "6", earned: "1", rateDown: 5 });
    scene.own("first", 99n);
    expect(stateOf("first")).toMatchObject({ state: "seeding", balance: "99" });
    scene.leave("first");
    expect(stateOf("first")).toMatchObject({ state: "stopped", rateDown: 0, promised: "6" });
    scene.hear("nobody", { event: "progress" });
    scene.hear("second", { event: "warning", message: "a piece failed" });
    expect(scene.read().log).toMatchObject([{ kind: "warning", text: "second: a piece failed" }]);
  });

  test("keeps a bounded log, newest first, and forgets actors with their story", () => {
    const scene = sceneOfThree();
    for (let i = 1; i <= 100; i++) scene.say("command", `command ${i}`);
    const { log } = scene.read();
    expect(log).toHaveLength(60);
    expect(log[0]).toMatchObject({ id: 100, text: "command 100" });
    scene.begin("Another.", []);
    expect(scene.read()).toMatchObject({ peers: [], flows: [], content: null, scene: { title: "Another." } });
  });
});

test("only what was sold since the picture before moves", () => {
  const flow = (seller: string, buyer: string, bytes: number) => ({ seller, buyer, bytes, amount: "1" });
  const before = [flow("a", "b", 10), flow("b", "c", 5)];
  expect(growthOf(before, before)).toEqual([]);
  expect(growthOf(before, [flow("a", "b", 15), flow("b", "c", 5), flow("c", "a", 2)])).toEqual([
    { seller: "a", buyer: "b", bytes: 5 },
    { seller: "c", buyer: "a", bytes: 2 },
  ]);
});

test.each([1, 2, 5, 9])("%i peers stand in the picture with their words, and none on another", (count) => {
  for (const isNarrow of [true, false]) {
    const names = Array.from({ length: count }, (_, i) => `peer${i}`);
    const { width, height, radius, places } = layOut(names, isNarrow);
    const points = names.map((name) => places.get(name) ?? { x: -1, y: -1 });
    for (const { x, y } of points) {
      expect(x - radius).toBeGreaterThanOrEqual(0);
      expect(x + radius).toBeLessThanOrEqual(width);
      expect(y - radius).toBeGreaterThanOrEqual(0);
      expect(y + radius + 50).toBeLessThanOrEqual(height);
    }
    for (const [i, one] of points.entries())
      for (const other of points.slice(i + 1))
        expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(2 * radius);
  }
});

test("a line goes from rim to rim, and its way back runs beside it", () => {
  const [from, to] = lineBetween({ x: 0, y: 0 }, { x: 100, y: 0 }, 10, 4);
  expect([from, to]).toEqual([
    { x: 13, y: 4 },
    { x: 87, y: 4 },
  ]);
  const [back] = lineBetween({ x: 100, y: 0 }, { x: 0, y: 0 }, 10, 4);
  expect(back.y).toBe(-4);
});

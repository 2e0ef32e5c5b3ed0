import { expect, test } from "vitest";
import { type AnnouncingPeer, choosePeers, type SwarmMember } from "../../../tracker/core/peer-choice.ts";

const SWARM: Record<string, SwarmMember | undefined> = {
  seeder: { type: "http", complete: true },
  leecher: { type: "http", complete: false },
  browser: { type: "ws", complete: true },
  old: undefined,
};
const leecher: AnnouncingPeer = { id: "new", type: "http", bytesLeft: 100, wanted: 50 };

/** Ids of the chosen peers; the random number is always the greatest. */
function choose(announcing: AnnouncingPeer): string[] {
  const idOf = new Map(Object.entries(SWARM).map(([id, member]) => [member, id]));
  const chosen = choosePeers(
    announcing,
    Object.keys(SWARM),
    (id) => SWARM[id],
    (below) => below - 1,
  );
  return chosen.map((member) => idOf.get(member) ?? "").sort();
}

test("a peer is told of peers that it can reach, not of those that have gone", () => {
  expect(choose(leecher)).toEqual(["leecher", "seeder"]);
  expect(choose({ ...leecher, type: "ws" })).toEqual(["browser"]);
});

test("a seeder is told of no seeder, and no peer of itself", () => {
  expect(choose({ ...leecher, bytesLeft: 0 })).toEqual(["leecher"]);
  expect(choose({ ...leecher, id: "leecher" })).toEqual(["seeder"]);
});

test("a peer is told of as many as it wants, and of 50 at most", () => {
  const ids = Array.from({ length: 80 }, (_, i) => `peer-${i}`);
  const count = (wanted: number): number =>
    choosePeers(
      { ...leecher, wanted },
      [...ids],
      () => ({ type: "http", complete: true }) as const,
      () => 0,
    ).length;

  expect([count(0), count(3), count(1_000)]).toEqual([0, 3, 50]);
});

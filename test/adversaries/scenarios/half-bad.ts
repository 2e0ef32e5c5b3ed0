import { owed } from "../../../protocol/units.ts";
import { median } from "../../../scripts/bench/swarm/figures.ts";
import { type Arena, type Goods, type Person, PIECE, PRICE } from "../support/arena.ts";
import { warns } from "../support/process.ts";
import type { Row } from "../support/row.ts";

const BAD_PIECES = 2;

interface Purchase {
  readonly seconds: number;
  readonly paid: bigint;
  readonly badPieces: number;
}

/** As many sellers of bad pieces as honest ones: what a buyer pays and downloads in vain, and how much longer it takes than with the honest ones alone. */
export async function halfBad(arena: Arena): Promise<Row> {
  const { sellers, halfBadRounds } = arena.size;
  const alone = await openShop(arena, "honest-shop", sellers, 0);
  const mixed = await openShop(arena, "mixed-shop", sellers, sellers);
  const [withoutBad, withBad]: [Purchase[], Purchase[]] = [[], []];
  for (let round = 1; round <= halfBadRounds; round++) {
    withoutBad.push(await buy(arena, alone, `honest-buyer-${round}`));
    withBad.push(await buy(arena, mixed, `mixed-buyer-${round}`));
  }
  const price = owed(alone.sizeBytes, PRICE);
  const money = withBad.reduce((sum, { paid }) => sum + (paid > price ? paid - price : 0n), 0n);
  const lost = Math.max(...withBad.map(({ badPieces }) => badPieces)) * PIECE;
  const [before, after] = [withoutBad, withBad].map((all) => median(all.map(({ seconds }) => seconds)));
  return {
    scenario: "half of the sellers are bad",
    cheats: sellers,
    gained: { bytes: 0, money },
    lost: { bytes: lost, money },
    bound: { bytes: sellers * BAD_PIECES * PIECE, money: 0n, why: "two bad pieces of each source, none of them paid" },
    problems: [],
    note: `median of ${halfBadRounds}: ${before?.toFixed(2)} s without them, ${after?.toFixed(2)} s with them`,
  };
}

async function openShop(arena: Arena, name: string, honest: number, bad: number): Promise<Goods> {
  const names = Array.from({ length: honest + bad }, (_, i) => `${name}-${i + 1}`);
  const people = await arena.people(...names);
  const goods = await arena.publish(`${name}.bin`, people[0] as Person);
  await Promise.all(people.map((person, i) => arena.seed(person, goods, i < honest ? undefined : "bad:50")));
  return goods;
}

async function buy(arena: Arena, goods: Goods, name: string): Promise<Purchase> {
  const [person] = await arena.people(name);
  const download = arena.get(person as Person, goods);
  await download.said(({ event }) => event === "progress");
  const startedAt = performance.now();
  const { paid } = await download.said(({ event }) => event === "done");
  const seconds = (performance.now() - startedAt) / 1000;
  await download.stop();
  const badPieces = download.lines.filter(warns("came with a wrong hash")).length;
  return { seconds, paid: BigInt(String(paid)), badPieces };
}

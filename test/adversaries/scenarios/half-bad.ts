import { owed } from "../../../protocol/base/units.ts";
import { median } from "../../../scripts/bench/swarm/figures.ts";
import { type Arena, type Goods, type Person, PIECE, PRICE, strangersCredit } from "../../../scripts/cheats/arena.ts";
import type { Row } from "../../../scripts/cheats/row.ts";
import { warns } from "../../../scripts/cheats/talking.ts";

const BAD_PIECES = 2;
const PIECES = 1_024;
/** Most that the honest may lose in time. */
const SLOWDOWN = 1.15;
/**
 * Of each seller: a home line. Without a limit a stranger's credit is what bounds its speed, and
 * twice as many sellers share it.
 */
const UPLOAD_KIB = 2_048;

interface Purchase {
  readonly seconds: number;
  readonly paid: bigint;
  readonly badPieces: number;
}

/**
 * As many sellers of bad pieces as honest ones: what a buyer pays and downloads in vain, and how
 * much longer it takes than with the honest ones alone.
 */
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
  const [before = 0, after = 0] = [withoutBad, withBad].map((all) => median(all.map(({ seconds }) => seconds)));
  return {
    scenario: "half of the sellers are bad",
    cheats: sellers,
    gained: { bytes: 0, money },
    lost: { bytes: lost, money },
    bound: {
      bytes: sellers * BAD_PIECES * PIECE + strangersCredit(alone) / 2,
      money: 0n,
      why: "two bad pieces of each source and those under way, none of them paid",
    },
    problems: [],
    note: `${PIECES / 16} MiB, ${UPLOAD_KIB} KiB/s each, median of ${halfBadRounds}: ${before.toFixed(2)} s without them, ${after.toFixed(2)} s with them: ${(after / before).toFixed(2)} times as long (at most ${SLOWDOWN})`,
  };
}

async function openShop(arena: Arena, name: string, honest: number, bad: number): Promise<Goods> {
  const names = Array.from({ length: honest + bad }, (_, i) => `${name}-${i + 1}`);
  const people = await arena.people(...names);
  const goods = await arena.publish(`${name}.bin`, people[0] as Person, PIECES);
  await Promise.all(
    people.map((person, i) => arena.seed(person, goods, i < honest ? undefined : "bad:50", UPLOAD_KIB)),
  );
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
  const badPieces = download.lines.filter(warns("had a wrong hash")).length;
  return { seconds, paid: BigInt(String(paid)), badPieces };
}

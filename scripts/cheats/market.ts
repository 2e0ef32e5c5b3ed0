import { join } from "node:path";
import { type Arena, type Goods, keysOf, type Person, type Seller, strangersCredit } from "./arena.ts";
import type { Pay } from "./deal.ts";
import { type GreedyPayer, startGreedyPayer } from "./greedy-payer.ts";
import type { Row } from "./row.ts";
import { warns } from "./talking.ts";

/** A content and its honest sellers, each a process. */
export interface Market {
  readonly arena: Arena;
  readonly goods: Goods;
  readonly sellers: readonly Seller[];
}

export async function openMarket(arena: Arena, name: string): Promise<Market> {
  const names = Array.from({ length: arena.size.sellers }, (_, i) => `${name}-seller-${i + 1}`);
  const people = await arena.people(...names);
  const goods = await arena.publish(`${name}.bin`, people[0] as Person);
  const sellers = await Promise.all(people.map((person) => arena.seed(person, goods)));
  return { arena, goods, sellers };
}

export async function closeMarket({ sellers }: Market): Promise<void> {
  await Promise.all(sellers.map((seller) => seller.stop()));
}

/** Sends these people to the market with the same way to pay. */
export function sendPayers(
  { goods, sellers }: Market,
  people: readonly Person[],
  pay: Pay,
  connections = 1,
): Promise<GreedyPayer[]> {
  const keys = keysOf(sellers);
  return Promise.all(people.map((person) => startGreedyPayer({ person, goods, sellers: keys, pay, connections })));
}

/** Every payee that has taken a lane of this payer has found out that it does not pay. */
export async function untilDefaulted({ sellers }: Market, payers: readonly GreedyPayer[]): Promise<void> {
  await Promise.all(
    payers.flatMap(({ deals, person }) =>
      deals.map(async (deal) => {
        await deal.begun;
        const seller = sellers.find((one) => one.person.identity.sessionKey === deal.payeeKey);
        await seller?.said(warns(person.account, "left a piece unpaid"));
      }),
    ),
  );
}

/**
 * The row of payers that owe, who leave first: what they got unpaid is what their payees gave
 * unpaid, and the authority's credit bounds it.
 */
export async function rowOf(
  scenario: string,
  { goods }: Market,
  payers: readonly GreedyPayer[],
  more: { readonly problems?: readonly string[]; readonly note?: string } = {},
): Promise<Row> {
  await Promise.all(payers.map((payer) => payer.rest()));
  const bytes = payers.reduce((sum, payer) => sum + payer.unpaidBytes, 0);
  const credit = payers.reduce((sum, payer) => sum + payer.creditBytes, 0);
  const limit = payers.length * strangersCredit(goods);
  const problems = [...(more.problems ?? [])];
  if (credit > limit) problems.push(`the authority let them owe ${credit} bytes, strangers may owe ${limit}`);
  if (payers.some(({ deals }) => deals.every(({ verifiedBytes }) => verifiedBytes === 0)))
    problems.push("a cheat got nothing at all: the bound was not tried");
  return {
    scenario,
    cheats: payers.length,
    gained: { bytes, money: 0n },
    lost: { bytes, money: 0n },
    bound: { bytes: credit, money: 0n, why: "credit in the authority's allotments" },
    problems,
    note: more.note ?? "",
  };
}

/** The authority settles all that payees hold, and waits until it is final. */
export async function settleAll({ world }: Arena): Promise<void> {
  const { network, runner } = world;
  const secret = join(network.operatorHome, "operator-secret");
  await runner.run(["settle", "--close", "--wait", "--authority", network.apiUrl, "--secret-file", secret]);
}

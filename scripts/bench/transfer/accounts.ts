import type { World } from "../../devnet/world.ts";

/** Homes of the bench's customers, each registered when it is first needed. */
export interface Accounts {
  seller(number: number): Promise<string>;
  /** Buyers whom the authority knows nothing of, one for each pair of transfers. */
  newcomer(pair: number): Promise<string>;
  /** The same, for the other side of a comparison of two paid transfers. */
  otherNewcomer(pair: number): Promise<string>;
  /** Buyers who are given a history: see `makeHistory`. */
  regular(pair: number): Promise<string>;
  /** Sellers who cheat: who was banned once is not used as an honest one. */
  cheat(number: number): Promise<string>;
}

const DEPOSIT = "400.00";

export function createAccounts(world: World): Accounts {
  const homes = new Map<string, Promise<string>>();
  const homeOf = (kind: string) => (number: number) => {
    const name = `${kind}${number}`;
    const home = homes.get(name) ?? world.customer(name, DEPOSIT).then((customer) => customer.home);
    homes.set(name, home);
    return home;
  };
  return {
    seller: homeOf("seller"),
    newcomer: homeOf("newcomer"),
    otherNewcomer: homeOf("other"),
    regular: homeOf("regular"),
    cheat: homeOf("cheat"),
  };
}

import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { Random } from "../chaos/random.ts";
import { publishContent } from "./content.ts";
import { startMortalAuthority } from "./mortal-authority.ts";
import { type Person, Scenario } from "./scenario.ts";

/** `FLOODGATE_KILLS`: how many; `FLOODGATE_SEED`: the same statements once more. */
const KILLS = Number(process.env.FLOODGATE_KILLS ?? 1_000);
const SEED = Number(process.env.FLOODGATE_SEED ?? randomInt(2 ** 31));
/** A night, or a minute: it ends with the last kill. */
const NO_LIMIT = 0;

test.runIf(process.env.FLOODGATE_DEEP)(
  `after each of ${KILLS} kills at any statement (seed ${SEED}), no voucher that was taken is lost, and none is paid twice`,
  async () => {
    await using authority = await startMortalAuthority();
    const content = await publishContent(authority);
    await authority.dieRandomly(new Random(SEED), KILLS);
    const balanceOf = async ({ client }: Person) => BigInt((await client.account()).balance);
    while (authority.deaths < KILLS) {
      const { payer, payees, left, earned } = await new Scenario(authority, content).play();
      const balances = () => Promise.all([payer, ...payees].map(balanceOf));
      // It may die while it is asked.
      await expect.poll(balances, { interval: 200 }).toEqual([left, ...earned]);
      console.log(`${authority.deaths} kills`);
    }
    expect(authority.failure).toBeNull();
  },
  NO_LIMIT,
);

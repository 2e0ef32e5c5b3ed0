import { afterAll, beforeAll, expect, test } from "vitest";
import { publishContent } from "./content.ts";
import { type MortalAuthority, startMortalAuthority } from "./mortal-authority.ts";
import { CRASH_POINTS, type CrashPoint, MOMENTS, type Moment } from "./points.ts";
import { type Person, Scenario } from "./scenario.ts";

/** kill -9 of the authority's process at the steps of its work: nobody loses, nobody gets twice. */

let authority: MortalAuthority;
let content: Awaited<ReturnType<typeof publishContent>>;
beforeAll(async () => {
  authority = await startMortalAuthority();
  content = await publishContent(authority);
});
afterAll(() => authority[Symbol.asyncDispose]());

const SAMPLE: readonly (readonly [CrashPoint, Moment])[] = [
  ["intake", "committed"],
  ["settlement", "open"],
];
const ALL = (Object.keys(CRASH_POINTS) as CrashPoint[]).flatMap((point) =>
  MOMENTS.map((moment) => [point, moment] as const),
);

test.each(process.env.FLOODGATE_DEEP ? ALL : SAMPLE)(
  "killed at the %s, %s: everybody has what they should have, once",
  async (point, moment) => {
    const deaths = authority.deaths;
    await authority.dieAt(point, moment);
    const { payer, payees, left, earned } = await new Scenario(authority, content).play();
    const balanceOf = async ({ client }: Person) => BigInt((await client.account()).balance);
    expect(await balanceOf(payer)).toBe(left);
    expect(await Promise.all(payees.map(balanceOf))).toEqual(earned);
    expect(authority.deaths).toBe(deaths + 1);
  },
);

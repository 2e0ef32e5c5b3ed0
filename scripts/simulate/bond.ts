import Table from "cli-table3";

/**
 * How the bond could be shared when more is claimed than it holds, and what victims get by each
 * rule (docs/decisions/011). Two cases: an honest mistake, and a thief of an allotter key that
 * signs claims to itself. Pure numbers; nothing here runs on a chain.
 */

interface Claim {
  readonly isVictims: boolean;
  readonly amount: number;
}

/** Shares `bond` among claims, in their order of arrival. Returns what each gets. */
type Rule = (bond: number, claims: readonly Claim[]) => number[];

const BOND = 1_000_000;
/** One claim's gas in `claim`, and in `claimMany` after the first. */
const CLAIM_GAS = { first: 89_000, next: 63_000 };

const RULES: Readonly<Record<string, Rule>> = {
  "first come": (bond, claims) => serve(bond, claims, () => Number.POSITIVE_INFINITY),
  "pro rata": (bond, claims) => {
    const total = claims.reduce((sum, { amount }) => sum + amount, 0);
    return claims.map(({ amount }) => (total <= bond ? amount : (bond * amount) / total));
  },
  "a cap of 1/16 a claim": (bond, claims) => serve(bond, claims, () => bond / 16),
  "a cap of 1/16 of what is left": (bond, claims) => serve(bond, claims, (left) => left / 16),
};

function serve(bond: number, claims: readonly Claim[], capOf: (left: number) => number): number[] {
  let left = bond;
  return claims.map(({ amount }) => {
    const paid = Math.min(amount, left, capOf(left));
    left -= paid;
    return paid;
  });
}

/** Thirty victims, each of whom is owed a bit more than the one before: 1.5 bonds together. */
const VICTIMS: readonly Claim[] = Array.from({ length: 30 }, (_, i) => ({
  isVictims: true,
  amount: (1.5 * BOND * (i + 1)) / 465,
}));

/** The thief comes first, with as many claims as it wants. */
function theft(count: number, amount: number): Claim[] {
  return [...Array.from({ length: count }, () => ({ isVictims: false, amount })), ...VICTIMS];
}

const CASES: readonly (readonly [name: string, claims: readonly Claim[]])[] = [
  ["an honest mistake", VICTIMS],
  ["a thief with one claim", theft(1, BOND)],
  ["a thief with 16 claims", theft(16, BOND)],
  ["a thief with 200 claims", theft(200, 1_000 * BOND)],
];

const table = new Table({
  head: ["case", "rule", "victims get", "the least of them gets", "thief's gas"],
  style: { head: [], border: [] },
});
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
for (const [name, claims] of CASES) {
  for (const [rule, share] of Object.entries(RULES)) {
    const paid = share(BOND, claims);
    const shares = claims.flatMap(({ isVictims, amount }, i) => (isVictims ? [(paid[i] as number) / amount] : []));
    const owed = VICTIMS.reduce((sum, { amount }) => sum + amount, 0);
    const got = claims.reduce((sum, { isVictims }, i) => sum + (isVictims ? (paid[i] as number) : 0), 0);
    const thefts = claims.length - VICTIMS.length;
    const gas = thefts === 0 ? 0 : CLAIM_GAS.first + (thefts - 1) * CLAIM_GAS.next;
    table.push([name, rule, percent(got / owed), percent(Math.min(...shares)), gas.toLocaleString("en")]);
  }
}
console.log(table.toString());

/**
 * What a beancount file says, as far as ours go. Amounts are base units of a token with 6 decimals.
 */
export interface BeancountFile {
  readonly transactions: number;
  /** First lines of transactions whose postings do not sum to zero. */
  readonly unbalanced: readonly string[];
  /** Accounts that are used but were never opened. */
  readonly unopened: readonly string[];
  readonly sums: ReadonlyMap<string, bigint>;
  readonly assertions: readonly (readonly [account: string, amount: bigint])[];
}

const ACCOUNT = "(?:Assets|Expenses|Income|Equity)(?::[A-Z0-9][A-Za-z0-9-]*)+";
const AMOUNT = "(-?\\d+\\.\\d{6}) [A-Z][A-Z0-9]{1,23}";
const DAY = "\\d{4}-\\d\\d-\\d\\d";

/** @throws at a line that it does not know: the format is strict */
export function readBeancount(text: string): BeancountFile {
  const opened = new Set<string>();
  const sums = new Map<string, bigint>();
  const assertions: [string, bigint][] = [];
  const transactions: { readonly title: string; sum: bigint }[] = [];
  const read = (pattern: string, line: string): readonly string[] | null => new RegExp(`^${pattern}$`).exec(line);
  for (const line of text.split("\n")) {
    const open = read(`${DAY} open (${ACCOUNT}) [A-Z0-9]+`, line);
    const posting = read(`  (${ACCOUNT})  ${AMOUNT}`, line);
    const assertion = read(`${DAY} balance (${ACCOUNT}) ${AMOUNT}`, line);
    if (open) opened.add(open[1] as string);
    else if (assertion) assertions.push([assertion[1] as string, baseUnits(assertion[2])]);
    else if (posting) {
      const [, account = "", amount] = posting;
      sums.set(account, (sums.get(account) ?? 0n) + baseUnits(amount));
      const current = transactions.at(-1);
      if (!current) throw new Error(`a posting outside of a transaction: ${line}`);
      current.sum += baseUnits(amount);
    } else if (read(`${DAY} \\* "[a-z-]+"`, line)) transactions.push({ title: line, sum: 0n });
    else if (!read(`|option "[a-z_]+" "[^"]*"|${DAY} commodity [A-Z0-9]+|  [a-z]+: ("[^"]*"|\\d+|${AMOUNT})`, line))
      throw new Error(`not beancount: ${line}`);
  }
  return {
    transactions: transactions.length,
    unbalanced: transactions.filter(({ sum }) => sum !== 0n).map(({ title }) => title),
    unopened: [...sums.keys()].filter((account) => !opened.has(account)),
    sums,
    assertions,
  };
}

function baseUnits(text = ""): bigint {
  return BigInt(text.replace(".", ""));
}

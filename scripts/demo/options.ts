import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { InputError } from "../../protocol/base/errors.ts";
import { parseAmount } from "../../protocol/base/units.ts";

export interface DemoOptions {
  readonly file: string;
  readonly leechers: number;
  /** Decimal, token units per GiB. */
  readonly price: string;
  readonly json: boolean;
  readonly keep: boolean;
}

export const DEMO_HELP = `Usage: npm run demo -- [--file PATH] [--leechers N] [--price AMOUNT] [--keep] [--json]

Runs all of Floodgate on this machine: a devnet, the authority, the tracker, one seeder and N leechers, each a
process of its own; pays per piece, settles on-chain, audits the settlement and withdraws the earnings. Then one
more file is bought, the authority is killed, and the payee claims its money alone. It prints the address of a page
that shows all of this as it happens. On a terminal the authority then starts again and its pages stay,
with a desk to break things at, until Ctrl-C.

  --file PATH      what to publish (default: the Node executable that runs this, over 100 MB)
  --leechers N     1 to 8 (default 4)
  --price AMOUNT   TestDollars per GiB (default 1.00)
  --keep           leave the data directory behind and print its path
  --json           plain lines on standard error, and the result as one JSON line, last on standard output

Exit code 0: every copy is byte-identical, paid = earned + fee, the chain's balances equal the authority's
ledger, the claim pays exactly what the vouchers say, and the audit is clean. 7: one of these does not hold. 130: interrupted.`;

/** @throws {InputError} USAGE */
export function parseDemoOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parseOrThrow(args);
  if (values.help) return "help";
  const leechers = Number(values.leechers);
  if (!Number.isInteger(leechers) || leechers < 1 || leechers > 8)
    throw usage("--leechers takes a whole number from 1 to 8");
  if (parseAmount(values.price, 6) === 0n) throw usage("--price must be above zero: the demo is about paying");
  const file = values.file ?? process.execPath;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw usage(`--file: there is no file at ${file}`);
  if (stats.size < 64 * 64 * 1024) throw usage("--file must be at least 4 MiB: paid content has 64 pieces or more");
  return { file, leechers, price: values.price, json: values.json, keep: values.keep };
}

function parseOrThrow(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        file: { type: "string" },
        leechers: { type: "string", default: "4" },
        price: { type: "string", default: "1.00" },
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(message: string): InputError {
  return new InputError("USAGE", `${message}; see npm run demo -- --help`);
}

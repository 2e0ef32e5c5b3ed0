import type { Movement, MovementKind } from "./movement.ts";

/**
 * What has moved one account, base units:
 * opening + deposited + earned + claimed + fees = balance + paid + withdrawn + released.
 */
export interface AccountBook {
  opening: bigint;
  deposited: bigint;
  withdrawn: bigint;
  released: bigint;
  /** As a payer, in batches and claims. */
  paid: bigint;
  /** As a payee, in batches, after fees. */
  earned: bigint;
  /** As the recipient of fees. */
  fees: bigint;
  /** As a payee, in claims. */
  claimed: bigint;
  /** Part of `claimed`. */
  fromBond: bigint;
  balance: bigint;
}

type Sum = Exclude<keyof AccountBook, "balance" | "fromBond">;

const SUM_OF: Record<MovementKind, Sum> = {
  opening: "opening",
  deposit: "deposited",
  withdrawal: "withdrawn",
  release: "released",
  payment: "paid",
  earning: "earned",
  fees: "fees",
  "claim-payment": "paid",
  "claim-earning": "claimed",
};

/** Sums that leave the account. */
const OUTGOING: ReadonlySet<Sum> = new Set(["withdrawn", "released", "paid"]);

export function emptyAccountBook(): AccountBook {
  return {
    opening: 0n,
    deposited: 0n,
    withdrawn: 0n,
    released: 0n,
    paid: 0n,
    earned: 0n,
    fees: 0n,
    claimed: 0n,
    fromBond: 0n,
    balance: 0n,
  };
}

export function enter(book: AccountBook, { kind, amount, fromBond }: Movement): void {
  const sum = SUM_OF[kind];
  book[sum] += OUTGOING.has(sum) ? -amount : amount;
  book.fromBond += fromBond;
  book.balance += amount;
}

/** What went through an account, both ways: base units. */
export function volumeOf(book: AccountBook): bigint {
  return (
    book.opening + book.deposited + book.earned + book.claimed + book.fees + book.paid + book.withdrawn + book.released
  );
}

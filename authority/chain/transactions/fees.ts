/** Fees of a transaction (EIP-1559), wei per gas. Pure. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** What the newest block says. */
export interface GasPrice {
  readonly baseFee: bigint;
  /** What a transaction tips now. */
  readonly priorityFee: bigint;
}

/** Nodes take a replacement when both fees rise by a tenth (geth, Hardhat) or an eighth. */
const BUMP = { numerator: 9n, denominator: 8n };

/**
 * Double the base fee: the transaction stays payable for six full blocks. Null: the price is above
 * the ceiling, so it must wait.
 */
export function firstFees({ baseFee, priorityFee }: GasPrice, ceiling: bigint): Fees | null {
  if (baseFee + priorityFee > ceiling) return null;
  return { maxFeePerGas: lower(2n * baseFee + priorityFee, ceiling), maxPriorityFeePerGas: priorityFee };
}

/** For the same nonce. Null: a replacement would have to pay more than the ceiling. */
export function bumpedFees(old: Fees, price: GasPrice, ceiling: bigint): Fees | null {
  const least = bump(old.maxFeePerGas);
  if (least > ceiling) return null;
  const maxFeePerGas = lower(higher(least, 2n * price.baseFee + price.priorityFee), ceiling);
  const tip = higher(bump(old.maxPriorityFeePerGas), price.priorityFee);
  return { maxFeePerGas, maxPriorityFeePerGas: lower(tip, maxFeePerGas) };
}

/** Whether a block with this base fee can hold it. */
export function isPayable({ maxFeePerGas }: Fees, { baseFee }: GasPrice): boolean {
  return maxFeePerGas >= baseFee;
}

function bump(fee: bigint): bigint {
  // Rounded up, and by one wei at least.
  return fee === 0n ? 1n : (fee * BUMP.numerator + BUMP.denominator - 1n) / BUMP.denominator;
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

import type { Amount } from "../../protocol/base/units.ts";
import type { Chain } from "../chain/chain.ts";
import type { Params } from "../config.ts";
import { CLAIM_GAS, STATEMENT_COSTS, VOUCHER_COSTS } from "./packing.ts";

/** What gas costs in the token, so that nothing is settled that is not worth it. */
export interface GasWorth {
  /**
   * Asks a node for the price of gas, unless gas is not weighed.
   * @throws {ChainError} RPC_UNAVAILABLE: the last price holds
   */
  refresh(): Promise<void>;
  /** Base units that so much gas costs, rounded up; 0 while no price is known. */
  costOf(gas: number): Amount;
}

const WEI_PER_ETHER = 10n ** 18n;

export function createGasWorth(
  { unitsPerEther }: Pick<Params, "unitsPerEther">,
  readGasPrice: Chain["readGasPrice"],
): GasWorth {
  let weiPerGas = 0n;
  return {
    async refresh() {
      if (unitsPerEther === 0n) return;
      const { baseFee, priorityFee } = await readGasPrice();
      weiPerGas = baseFee + priorityFee;
    },
    costOf: (gas) => (BigInt(gas) * weiPerGas * unitsPerEther + WEI_PER_ETHER - 1n) / WEI_PER_ETHER,
  };
}

type CostOf = GasWorth["costOf"];

/** What a row must be worth at least, in whatever company. */
export function rowFloor(minRow: Amount, costOf: CostOf): Amount {
  return higher(minRow, costOf(VOUCHER_COSTS.row.gas));
}

/** What a claim must bring. */
export function claimFloor(minRow: Amount, costOf: CostOf): Amount {
  return higher(minRow, costOf(CLAIM_GAS));
}

interface Row {
  readonly payer: string;
  readonly payee: string;
  readonly sessionKey: string;
  readonly amount: Amount;
}

/** Whether one signature over these lanes is worth its part of a batch. */
export function isStatementWorth(lanes: readonly Pick<Row, "payee" | "amount">[], costOf: CostOf): boolean {
  return sumOf(lanes) >= costOf(gasOf(lanes, STATEMENT_COSTS));
}

/**
 * Of lanes that are ready, those whose groups are worth their gas, if all of them together are
 * worth a batch. A lane with a statement was weighed when that was taken.
 */
export function keepWorth<Lane extends Row & { readonly statement: object | null }>(
  ready: readonly Lane[],
  costOf: CostOf,
  baseGas: number,
): readonly Lane[] {
  if (costOf(baseGas) === 0n) return ready;
  const signed = ready.filter(({ statement }) => statement !== null);
  const groups = [
    ...Map.groupBy(
      ready.filter(({ statement }) => statement === null),
      ({ payer, sessionKey }) => payer + sessionKey,
    ).values(),
  ].filter((lanes) => sumOf(lanes) >= costOf(gasOf(lanes, VOUCHER_COSTS)));
  const kept = [...signed, ...groups.flat()];
  const gas = baseGas + groups.reduce((sum, lanes) => sum + gasOf(lanes, VOUCHER_COSTS), 0);
  return signed.length > 0 || sumOf(kept) >= costOf(gas) ? kept : [];
}

function gasOf(lanes: readonly Pick<Row, "payee">[], costs: typeof VOUCHER_COSTS): number {
  const payees = new Set(lanes.map(({ payee }) => payee)).size;
  return costs.group.gas + payees * costs.payee.gas + lanes.length * costs.row.gas;
}

function sumOf(lanes: readonly Pick<Row, "amount">[]): Amount {
  return lanes.reduce((sum, { amount }) => sum + amount, 0n);
}

function higher(a: Amount, b: Amount): Amount {
  return a > b ? a : b;
}

import { formatAmount } from "../../../protocol/base/units.ts";

export interface Token {
  readonly symbol: string;
  readonly decimals: number;
}

/** An amount with all its decimals, as money.ts of the kit writes it. `sign`: + or - in front. */
export function Money({ amount, token, sign = false }: { amount: bigint; token: Token; sign?: boolean }) {
  const size = amount < 0n ? -amount : amount;
  const [whole = "0", fraction = ""] = formatAmount(size, token.decimals).split(".");
  const mark = amount < 0n ? "\u2212" : sign && amount > 0n ? "+" : "";
  return (
    <span class="money">
      {mark}
      {whole}
      {fraction !== "" && `.${fraction.slice(0, 2)}`}
      {fraction.length > 2 && <span class="fine">{fraction.slice(2)}</span>}
    </span>
  );
}

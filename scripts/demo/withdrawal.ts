import { type Amount, formatAmount } from "../../protocol/base/units.ts";
import type { ChainView } from "../devnet/chain-view.ts";
import type { CommandRunner } from "../devnet/command.ts";
import type { Customer } from "../devnet/customers.ts";

export interface WithdrawalResult {
  readonly amount: Amount;
  readonly text: string;
  readonly problems: readonly string[];
}

/**
 * The authority releases the earnings, since no download needs them: the wallet has them a few
 * blocks later.
 */
export async function withdrawEarnings(
  runner: CommandRunner,
  devnet: ChainView,
  { account: wallet, home }: Customer,
  amount: Amount,
  decimals: number,
): Promise<WithdrawalResult> {
  const before = await devnet.tokensOf(wallet);
  const done = await runner.run(["withdraw", formatAmount(amount, decimals), "--to", wallet, "--now", "--home", home]);
  const received = (await devnet.tokensOf(wallet)) - before;
  const problems = received === amount ? [] : [`the wallet received ${received} of ${amount}`];
  return {
    amount: received,
    text: `  the wallet received ${formatAmount(received, decimals)} (${String(done.txHash)})`,
    problems,
  };
}

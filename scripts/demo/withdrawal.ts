import { type Address, parseAddress } from "../../protocol/ids.ts";
import { type Amount, formatAmount } from "../../protocol/units.ts";
import type { CommandRunner } from "./command.ts";
import type { Customer } from "./customers.ts";
import type { Devnet } from "./devnet.ts";

export interface WithdrawalResult {
  readonly amount: Amount;
  readonly text: string;
  readonly problems: readonly string[];
}

/** Requests a withdrawal, moves the devnet's clock past the delay, and waits until the wallet holds the money. */
export async function withdrawEarnings(
  runner: CommandRunner,
  devnet: Devnet,
  customer: Customer,
  amount: Amount,
  decimals: number,
): Promise<WithdrawalResult> {
  const wallet: Address = customer.account;
  const before = await devnet.tokensOf(wallet);
  const args = ["withdraw", formatAmount(amount, decimals), "--to", wallet, "--wait", "--home", customer.home];
  const command = runner.start(args);
  const ended = command.event("done");
  const requested = await command.event("requested");
  const delay = Math.max(0, Number(requested.withdrawableAt) - (await devnet.now())) + 1;
  await devnet.advance(delay);
  const done = await ended;
  const received = (await devnet.tokensOf(parseAddress(wallet))) - before;
  const problems = received === amount ? [] : [`the wallet received ${received} of ${amount}`];
  const money = formatAmount(received, decimals);
  return {
    amount: received,
    text: `  clock moved by ${delay} s; the wallet received ${money} (${String(done.txHash)})`,
    problems,
  };
}

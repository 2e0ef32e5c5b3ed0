import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Amount, formatAmount } from "../../protocol/base/units.ts";
import type { ChainView } from "../devnet/chain-view.ts";
import type { CommandRunner, Line } from "../devnet/command.ts";
import type { Customer } from "../devnet/customers.ts";
import type { RunningNetwork } from "../devnet/network.ts";

/** The least that paid content may have: 64 pieces. */
const FILE_BYTES = 4 * 1024 * 1024;
/** Token units per GiB: whatever the big file costs, this one is worth a claim. */
const PRICE = "1.00";

export interface ClaimResult {
  readonly amount: Amount;
  readonly text: string;
  readonly problems: readonly string[];
}

/**
 * Buys one more file, kills the authority before it settles, and lets the payee claim its money
 * from the contract.
 */
export async function claimAlone(
  runner: CommandRunner,
  { network, devnet, payee, payer }: Parties,
  directory: string,
): Promise<ClaimResult> {
  const rpc = ["--rpc", network.rpcUrl];
  const gas = runner.run(["faucet", ...rpc, "--to", payee.account]);
  await Promise.all([download(runner, payee, payer, directory), gas]);
  await network.authority.kill();

  const before = await balances(devnet, payee, payer);
  const lanes: Line[] = [];
  const claim = runner.start(["claim", ...rpc, "--all", "--home", payee.home], (line) => {
    if (line.event === "lane") lanes.push(line);
  });
  const { claimed } = await claim.event("done");
  const after = await balances(devnet, payee, payer);

  const amount = BigInt(String(claimed));
  const problems: string[] = [];
  if (amount === 0n) problems.push("nothing was left to claim");
  if (after.payee - before.payee !== amount) problems.push(`the payee got ${after.payee - before.payee} of ${amount}`);
  if (before.payer - after.payer !== amount) problems.push(`the payer paid ${before.payer - after.payer} of ${amount}`);
  for (const { lane, voucher, paidBefore, paidNow } of lanes) {
    const paid = BigInt(String(paidBefore)) + BigInt(String(paidNow));
    if (paid !== BigInt(String(voucher))) problems.push(`lane ${lane} has paid ${paid} of ${voucher}`);
  }
  const money = formatAmount(amount, network.decimals);
  return { amount, text: `  the authority is gone; ${payee.name} claimed ${money} from the contract`, problems };
}

interface Parties {
  readonly network: RunningNetwork;
  readonly devnet: ChainView;
  readonly payee: Customer;
  readonly payer: Customer;
}

async function download(runner: CommandRunner, payee: Customer, payer: Customer, directory: string): Promise<void> {
  const path = join(directory, "last.bin");
  writeFileSync(path, randomBytes(FILE_BYTES));
  const home = ["--home", payee.home];
  const { infoHash } = await runner.run(["publish", path, "--price", PRICE, ...home]);
  const seed = runner.start(["seed", String(infoHash), "--file", path, ...home]);
  await seed.event("ready");
  await runner.run(["get", String(infoHash), "--out", join(payer.home, "downloads"), "--home", payer.home]);
  await seed.stop();
}

async function balances(
  devnet: ChainView,
  payee: Customer,
  payer: Customer,
): Promise<{ payee: Amount; payer: Amount }> {
  return { payee: await devnet.balanceOf(payee.account), payer: await devnet.balanceOf(payer.account) };
}

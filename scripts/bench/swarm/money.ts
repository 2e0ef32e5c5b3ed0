import { join } from "node:path";
import { readBatches } from "../../devnet/batches.ts";
import type { CommandRunner } from "../../devnet/command.ts";
import type { RunningNetwork } from "../../devnet/network.ts";
import type { BenchAccount } from "./accounts.ts";
import type { Round } from "./round.ts";

/** What became of the money of all paid rounds. Base units. */
export interface Money {
  readonly paid: bigint;
  readonly earned: bigint;
  readonly fee: bigint;
  readonly lanes: number;
  readonly gasUsed: bigint;
  /** What does not hold, each one sentence. */
  readonly problems: readonly string[];
}

/**
 * Settles everything and audits it: what the peers signed, what they hold, and what the chain says
 * must be one sum.
 */
export async function settleAll(
  runner: CommandRunner,
  network: RunningNetwork,
  accounts: readonly BenchAccount[],
  rounds: readonly Round[],
): Promise<Money> {
  const secret = join(network.operatorHome, "operator-secret");
  await runner.run(["settle", "--close", "--wait", "--authority", network.apiUrl, "--secret-file", secret]);
  const audited = await runner.tryRun(["audit", "--rpc", network.rpcUrl, "--contract", network.contract]);
  const books = await Promise.all(accounts.map(({ authority }) => authority.account()));
  const total = (amounts: readonly string[]): bigint => amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
  const paid = total(books.map((book) => book.paid));
  const earned = total(books.map((book) => book.earned));
  const { fee, vouchers, gasUsed } = await readBatches(network.apiUrl);

  const reports = rounds.flatMap((round) => round.reports);
  const [signed, held] = [total(reports.map((peer) => peer.paid)), total(reports.map((peer) => peer.earned))];
  const problems = [
    paid > 0n ? "" : "nobody paid anything",
    paid === earned + fee ? "" : `paid ${paid} is not earned ${earned} + fee ${fee}`,
    signed === held ? "" : `the payers signed ${signed}, the payees hold ${held}`,
    held === paid ? "" : `the payees hold ${held}, settled are ${paid}`,
    audited.code === 0 ? "" : "the audit is not clean",
  ].filter((problem) => problem !== "");
  return { paid, earned, fee, lanes: vouchers, gasUsed, problems };
}

import type { Command } from "commander";
import type { AuthorityClient } from "../../client/authority-client.ts";
import { formatMoney } from "../../protocol/base/units.ts";
import type { BatchReply, SettleReply } from "../../protocol/http/operator.ts";
import type { Info } from "../../protocol/http/public.ts";
import { urlArgument } from "../arguments.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface SettleOptions extends CommonOptions {
  readonly authority: string;
  readonly secretFile?: string;
  readonly close?: boolean;
  readonly wait?: boolean;
}

/**
 * Lanes whose payee is away settle when they expire: the longest that takes on a devnet, and then
 * some.
 */
const WAIT_MS = 600_000;

export function addSettleCommand(program: Command, runtime: Runtime): void {
  addCommand(program, "settle", "settle vouchers on-chain now (operators)", [
    "settle --close --wait --authority http://127.0.0.1:8600 --home ~/authority",
  ])
    .requiredOption("--authority <url>", "address of the authority's API", urlArgument)
    .option("--secret-file <file>", "the authority's operator secret (default: operator-secret in the home)")
    .option("--close", "ask payees to close their lanes first: without it only full, closed and expired lanes settle")
    .option("--wait", "wait until nothing is left to settle and every batch is final")
    .action((options: SettleOptions) => settle(contextOf(runtime, options), options));
}

/** @throws {InputError} SECRET_FILE_INVALID; {ChainError} STILL_PENDING */
async function settle({ output, home, signal }: CommandContext, options: SettleOptions): Promise<void> {
  const [{ AuthorityClient }, { readOperatorSecret }] = await Promise.all([
    import("../../client/authority-client.ts"),
    import("../keys.ts"),
  ]);
  const operatorSecret = await readOperatorSecret(options.secretFile, home);
  const client = new AuthorityClient({ url: options.authority, operatorSecret });
  const info = await client.info(signal);
  const endedBefore = (await client.batches(signal)).filter(isEnded).length;
  const isClosing = options.close ?? false;
  const { batches: all, waiting } = options.wait
    ? await untilSettled(client, info, isClosing, signal)
    : await client.settle(isClosing, signal);
  // Newest first, and ended in order: one signer.
  const batches = all.slice(0, all.length - endedBefore);
  const settled = batches.filter(({ state }) => state === "final");
  const sum = (of: (batch: BatchReply) => string): bigint =>
    settled.reduce((total, batch) => total + BigInt(of(batch)), 0n);
  const [total, fee] = [sum((batch) => batch.total), sum((batch) => batch.fee)];
  const byStatement = countRows(settled, "statements");
  const byVoucher = countRows(settled, "vouchers");
  const { open, dust, statement, company } = waiting;
  const text = [
    `settled: ${byStatement} lane(s) by statement and ${byVoucher} by voucher in ${settled.length} batch(es), ${formatMoney(total, info.token)}, fee ${formatMoney(fee, info.token)}`,
    `not yet: ${open} lane(s) open, ${statement} wait for a statement, ${company} for company, ${dust} too small; ${batches.length - settled.length} batch(es) not final`,
  ].join("\n");
  const rows = byStatement + byVoucher;
  output.event("done", { batches, waiting, rows, byStatement, byVoucher, total, fee }, text);
}

/** Asks again and again until nothing is left to settle. */
async function untilSettled(
  client: AuthorityClient,
  { pushIntervalSec }: Info,
  isClosing: boolean,
  signal: AbortSignal,
): Promise<SettleReply> {
  const { pollUntil } = await import("../../client/poll.ts");
  let quietRounds = 0;
  return pollUntil({
    read: () => client.settle(isClosing, signal),
    isDone: ({ waiting, batches }) => {
      quietRounds = countWaiting(waiting) === 0 && batches.every(isEnded) ? quietRounds + 1 : 0;
      return quietRounds === 2;
    },
    signal,
    pending: "some lanes are still open, or a batch is not final: give the command again in a while",
    deadlineMs: WAIT_MS,
    // Payees bring their last vouchers within one push interval: only then "nothing left" means
    // what it says. Asking more often would only make many small batches.
    intervalMs: 1_500 * pushIntervalSec,
  });
}

function countRows(batches: readonly BatchReply[], kind: BatchReply["kind"]): number {
  return batches.reduce((count, batch) => count + (batch.kind === kind ? batch.rows - batch.skipped : 0), 0);
}

function isEnded({ state }: BatchReply): boolean {
  return state === "final" || state === "failed";
}

/** Dust waits for nothing: its payees may claim it. */
function countWaiting({ open, statement, company }: SettleReply["waiting"]): number {
  return open + statement + company;
}

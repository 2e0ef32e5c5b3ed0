import type { Command } from "commander";
import type { BatchReply, SettleReply } from "../../protocol/http/operator.ts";
import { urlArgument } from "../arguments.ts";
import { addCommand, type CommonOptions, contextOf, type Runtime } from "../runtime.ts";

interface Options extends CommonOptions {
  readonly authority: string;
  readonly secretFile?: string;
  readonly close?: boolean;
  readonly wait?: boolean;
}

/** Lanes whose payee is away are settled when they expire: the longest that can take on a devnet, and then some. */
const WAIT_MS = 600_000;

export function addSettleCommand(program: Command, runtime: Runtime): void {
  addCommand(program, "settle", "settle vouchers on-chain now (operators)", [
    "settle --close --wait --authority http://127.0.0.1:8600 --home ~/authority",
  ])
    .requiredOption("--authority <url>", "address of the authority's API", urlArgument)
    .option("--secret-file <file>", "the authority's operator secret (default: operator-secret in the home)")
    .option("--close", "ask payees to close their lanes first: without it only full, closed and expired lanes settle")
    .option("--wait", "wait until nothing is left to settle and every batch is final")
    .action(async (options: Options) => {
      const { output, home, signal } = contextOf(runtime, options);
      const [{ AuthorityClient }, { readOperatorSecret }, { pollUntil }, { formatMoney }] = await Promise.all([
        import("../../client/authority-client.ts"),
        import("../deploy/operator-secret.ts"),
        import("../../client/poll.ts"),
        import("../money.ts"),
      ]);
      const bearer = await readOperatorSecret(options.secretFile, home);
      const client = new AuthorityClient({ url: options.authority, bearer });
      const info = await client.info(signal);
      const endedBefore = (await client.batches(signal)).filter(isEnded).length;
      const settle = () => client.settle(options.close ?? false, signal);
      // Payees bring their last vouchers within one push interval: only then "nothing left" means what it says, and
      // asking more often would only make many small batches.
      const intervalMs = 1_500 * info.pushIntervalSec;
      let quietRounds = 0;
      const reply = options.wait
        ? await pollUntil({
            read: settle,
            isDone: ({ waiting, batches }) => {
              quietRounds = countWaiting(waiting) === 0 && batches.every(isEnded) ? quietRounds + 1 : 0;
              return quietRounds === 2;
            },
            signal,
            pending: "some lanes are still open, or a batch is not final: give the command again in a while",
            deadlineMs: WAIT_MS,
            intervalMs,
          })
        : await settle();
      // Newest first, and ended in order: one signer.
      const batches = reply.batches.slice(0, reply.batches.length - endedBefore);
      const settled = batches.filter(({ state }) => state === "final");
      const sum = (of: (batch: BatchReply) => bigint): bigint =>
        settled.reduce((total, batch) => total + of(batch), 0n);
      const [total, fee] = [sum((batch) => BigInt(batch.total)), sum((batch) => BigInt(batch.fee))];
      const byStatement = countRows(settled, "statements");
      const byVoucher = countRows(settled, "vouchers");
      const { open, dust, statement, company } = reply.waiting;
      const text = [
        `settled: ${byStatement} lane(s) by statement and ${byVoucher} by voucher in ${settled.length} batch(es), ${formatMoney(total, info.token)}, fee ${formatMoney(fee, info.token)}`,
        `not yet: ${open} lane(s) open, ${statement} wait for a statement, ${company} for company, ${dust} too small; ${batches.length - settled.length} batch(es) not final`,
      ].join("\n");
      const { waiting } = reply;
      output.event(
        "done",
        { batches, waiting, rows: byStatement + byVoucher, byStatement, byVoucher, total, fee },
        text,
      );
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

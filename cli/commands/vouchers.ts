import type { Command } from "commander";
import type { HomeVoucher } from "../../client/account/home-vouchers.ts";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { formatAmount, formatMoney } from "../../protocol/base/units.ts";
import type { Info } from "../../protocol/http/public.ts";
import {
  addCommand,
  type CommandContext,
  type CommonOptions,
  contextOf,
  openHome,
  type Runtime,
  withPassphrase,
} from "../runtime.ts";
import { formatTable } from "../table.ts";

interface ExportOptions extends CommonOptions {
  readonly out?: string;
}

export function addVoucherCommands(program: Command, runtime: Runtime): void {
  const vouchers = program
    .command("vouchers")
    .summary("what this home holds as payee")
    .description("What this home holds as payee: allotments, the payers' vouchers, and the authority's receipts.");
  addCommand(vouchers, "ls", "list the vouchers of this home, and what the authority has of them", [
    "vouchers ls",
  ]).action((options: CommonOptions) => listVouchers(contextOf(runtime, options)));
  withPassphrase(
    addCommand(
      vouchers,
      "fetch",
      "copy the vouchers that pay your share of what others sell, to claim without the authority",
      ["vouchers fetch && floodgate claim --rpc http://127.0.0.1:8545 --all"],
    ),
  ).action((options: CommonOptions) => fetchVouchers(contextOf(runtime, options)));
  addCommand(vouchers, "export", "write the vouchers of this home for an audit", [
    "vouchers export --out vouchers.jsonl",
    "vouchers export > vouchers.jsonl",
  ])
    .option("--out <file>", "file to write; one that is there is replaced (default: standard output)")
    .action((options: ExportOptions) => exportVouchers(contextOf(runtime, options), options.out));
}

/**
 * One line for each lane (docs/protocol.md 9.3).
 * @throws {InputError} NOT_REGISTERED, HOME_IN_USE, FILE_UNWRITABLE
 */
async function exportVouchers(context: CommandContext, out: string | undefined): Promise<void> {
  const { output } = context;
  const [{ spellHeldVoucher }, { writePrivateFile }] = await Promise.all([
    import("../../protocol/audit/held-voucher.ts"),
    import("../../client/wallet/private-file.ts"),
  ]);
  const { vouchers } = await readVouchers(context);
  const lines = vouchers.map(spellHeldVoucher);
  const withReceipt = vouchers.filter(({ receipt }) => receipt !== null).length;
  const result = { vouchers: vouchers.length, withReceipt, path: out ?? null };
  if (out === undefined) {
    for (const line of lines) {
      const { kind, ...fields } = JSON.parse(line);
      output.event(kind, fields, line.trimEnd());
    }
    output.event("done", result, null);
    return;
  }
  await writePrivateFile(out, lines.join(""));
  const text = `wrote ${vouchers.length} voucher(s), ${withReceipt} with the authority's receipt, to ${printable(out)}`;
  output.event("done", result, text);
}

/** @throws {InputError} NOT_REGISTERED, HOME_IN_USE; {NetworkError} REPLY_INVALID */
async function fetchVouchers(context: CommandContext): Promise<void> {
  const [{ openAccount }, { fetchShares }, { openPeerStore }] = await Promise.all([
    import("../../client/account/account.ts"),
    import("../../client/account/fetch-shares.ts"),
    import("../../client/store/peer-store.ts"),
  ]);
  const { output, home, signal } = context;
  const account = await openAccount(await openHome(context), "login", signal);
  const store = openPeerStore(home);
  try {
    const { lanes, amount } = await fetchShares(account, store, signal);
    const { token } = account.network.info;
    const text =
      lanes === 0
        ? "Nothing is new: payers have promised no more of your share."
        : `${lanes} voucher(s) over ${formatMoney(amount, token)} more are in this home now`;
    output.event("done", { lanes, amount }, text);
  } finally {
    store.close();
  }
}

/** @throws {InputError} NOT_REGISTERED, HOME_IN_USE */
async function listVouchers(context: CommandContext): Promise<void> {
  const { vouchers, token } = await readVouchers(context);
  const rows = vouchers.map((voucher) => [
    toChecksumAddress(voucher.allotment.payer),
    voucher.allotment.lane,
    formatAmount(voucher.amount, token.decimals),
    new Date(voucher.allotment.expiresAt * 1000).toISOString(),
    answerOf(voucher, token),
  ]);
  const fields = vouchers.map(({ allotment, amount, receipt, pushRefusal }) => {
    const { payer, lane, infoHash, expiresAt } = allotment;
    return { payer, lane, infoHash, expiresAt, amount, receipt: receipt?.amount ?? null, refusal: pushRefusal };
  });
  const columns = ["payer", ">lane", ">voucher", "expires", "the authority"];
  const text = rows.length === 0 ? "No voucher is in this home." : await formatTable(columns, rows);
  context.output.event("done", { vouchers: fields }, text);
}

async function readVouchers(
  context: CommandContext,
): Promise<{ readonly vouchers: readonly HomeVoucher[]; readonly token: Info["token"] }> {
  const [{ readSavedNetwork }, { readHomeVouchers }] = await Promise.all([
    import("../../client/account/home.ts"),
    import("../../client/account/home-vouchers.ts"),
  ]);
  const { token } = await readSavedNetwork(await openHome(context));
  return { vouchers: readHomeVouchers(context.home), token };
}

function answerOf({ amount, receipt, pushRefusal }: HomeVoucher, token: Info["token"]): string {
  if (pushRefusal !== null) return `refused it: ${printable(pushRefusal)}`;
  if (receipt === null) return "does not have it yet";
  return receipt.amount >= amount ? "has it" : `has ${formatMoney(receipt.amount, token)}`;
}

import type { Command } from "commander";
import type { ClaimResult, LaneOutcome } from "../../client/exit/claim.ts";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { type Amount, formatAmount, formatMoney, parseAmount } from "../../protocol/base/units.ts";
import type { Token } from "../../protocol/contract/reads.ts";
import { amountArgument, urlArgument } from "../arguments.ts";
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

interface ClaimOptions extends CommonOptions {
  readonly rpc: string;
  readonly all?: boolean;
  readonly min?: string;
  readonly dryRun?: boolean;
  readonly gasKeyFile?: string;
}

const WHY: Readonly<Record<NonNullable<LaneOutcome["why"]>, string>> = {
  paid: "nothing is due",
  waits: "the authority may still settle it (--all claims it now)",
  dust: "below --min",
  expired: "too late: the claim period is over",
  settled: "settled by a batch",
  unproved: "what has used up the lane was not found on this node",
  uncovered: "the payer and the bond have no more for it now",
  refused: "the contract refuses",
  "dry-run": "would be paid",
};

export function addClaimCommand(program: Command, runtime: Runtime): void {
  withPassphrase(
    addCommand(program, "claim", "bring this home's vouchers to the contract itself: no authority is needed", [
      "claim --rpc http://127.0.0.1:8545",
      "claim --rpc http://127.0.0.1:8545 --all --gas-key-file ~/gas.key",
    ]),
  )
    .requiredOption("--rpc <url>", "address of a chain node", urlArgument)
    .option("--all", "also lanes that the authority may still settle in time")
    .option("--min <amount>", "leave lanes on which less is due (default: 0)", amountArgument)
    .option("--dry-run", "show what would be claimed, and send nothing")
    .option("--gas-key-file <file>", "key that pays the gas (default: the home's wallet)")
    .action((options: ClaimOptions) => claim(contextOf(runtime, options), options));
}

async function claim(context: CommandContext, options: ClaimOptions): Promise<void> {
  const [{ claimVouchers }, { openHomeContract }, { readHomeVouchers }, { openGasPayer }] = await Promise.all([
    import("../../client/exit/claim.ts"),
    import("../../client/exit/home-contract.ts"),
    import("../../client/account/home-vouchers.ts"),
    import("../keys.ts"),
  ]);
  const { output, signal } = context;
  const home = await openHome(context);
  const contract = await openHomeContract(home, options.rpc);
  const result = await claimVouchers(contract, readHomeVouchers(context.home), {
    isAll: options.all ?? false,
    min: options.min === undefined ? 0n : parseAmount(options.min, contract.token.decimals),
    openGasPayer: options.dryRun ? null : () => openGasPayer(home, options.gasKeyFile),
    signal,
    onOutcome: (outcome) => output.event("lane", laneFields(outcome), null),
  });
  const { outcomes, ...sums } = result;
  output.event("done", { lanes: outcomes.length, ...sums }, await formatOutcomes(result, contract.token));
}

function laneFields({ lane, refusal, ...outcome }: LaneOutcome): Record<string, unknown> {
  const { payer, payee, lane: number, infoHash, expiresAt } = lane.allotment;
  return { payer, payee, lane: number, infoHash, expiresAt, voucher: lane.amount, ...outcome, refusal };
}

async function formatOutcomes({ outcomes, claimed, fromBond }: ClaimResult, token: Token): Promise<string> {
  if (outcomes.length === 0) return "No voucher is in this home: there is nothing to claim.";
  const money = (amount: Amount | null): string => (amount === null ? "?" : formatAmount(amount, token.decimals));
  const shown = outcomes.filter(({ why }) => why !== "paid" && why !== "settled");
  const rows = shown.map(({ lane, paidBefore, paidNow, fromBond, why, refusal }) => [
    toChecksumAddress(lane.allotment.payer),
    lane.allotment.lane,
    ...[lane.amount, paidBefore, paidNow, fromBond].map(money),
    `${why === null ? "" : WHY[why]}${refusal === null ? "" : `: ${printable(refusal)}`}`,
  ]);
  const columns = ["payer", ">lane", ">voucher", ">paid before", ">paid now", ">from bond", "why not"];
  return [
    ...(rows.length === 0 ? [] : [await formatTable(columns, rows)]),
    `nothing more can be claimed on ${outcomes.length - shown.length} of ${outcomes.length} lane(s)`,
    `claimed ${formatMoney(claimed, token)}, ${formatMoney(fromBond, token)} of it from the bond`,
  ].join("\n");
}

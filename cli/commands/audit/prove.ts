import type { Command } from "commander";
import type { AuditReport } from "../../../audit/audit-report.ts";
import type { ChainReader } from "../../../audit/chain/chain-reader.ts";
import type { Proof } from "../../../audit/proof/proof-file.ts";
import { InputError, VerificationError } from "../../../protocol/base/errors.ts";
import { addressArgument, laneArgument } from "../../arguments.ts";
import { writePublicFile } from "../../output.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { formatVerdict } from "./format-verdict.ts";
import { AT, auditWith, type HistoryOptions, onHistory } from "./history.ts";

interface ProveOptions extends HistoryOptions {
  readonly account?: string;
  readonly lane?: LaneName;
  readonly out: string;
}

interface LaneName {
  readonly payer: string;
  readonly lane: number;
}

export function addProve(audit: Command, runtime: Runtime): void {
  onHistory(
    addCommand(audit, "prove", "write a file that shows anyone, offline, what one lane or account was paid", [
      `audit prove --lane 0x.../7 --out lane.json ${AT}`,
      `audit prove --account 0x... --out account.json ${AT}`,
    ]),
  )
    .option("--lane <payer/number>", "the lane, by its payer's address and its number", laneArgument)
    .option("--account <address>", "the account", addressArgument)
    .requiredOption("--out <file>", "where to write it")
    .action((options: CommonOptions & ProveOptions) => proveToFile(contextOf(runtime, options), options));
}

/**
 * @throws {InputError} OPTIONS_CONFLICT, LANE_UNUSED, PROOF_IMPOSSIBLE, FILE_UNWRITABLE;
 * {VerificationError} AUDIT_FAILED, after the proof was written
 */
async function proveToFile(context: CommandContext, options: ProveOptions): Promise<void> {
  const { report, proof } = await prove(context, options);
  const [{ encodeProof }, { verifyProof }] = await Promise.all([
    import("../../../audit/proof/proof-file.ts"),
    import("../../../audit/proof/verify-proof.ts"),
  ]);
  await writePublicFile(options.out, encodeProof(proof));
  const verdict = verifyProof(proof);
  const next = `It is in ${options.out}; anyone checks it without a network: floodgate audit verify ${options.out}`;
  context.output.event("done", { file: options.out, ...verdict }, `${formatVerdict(verdict)}\n\n${next}`);
  if (!report.ok) {
    const what = "the proof holds, but the audit of this contract is not clean";
    throw new VerificationError("AUDIT_FAILED", `${what}: \`floodgate audit run\` says what it found`);
  }
}

async function prove(context: CommandContext, options: ProveOptions): Promise<{ report: AuditReport; proof: Proof }> {
  const { account, lane } = options;
  const [{ createGatherer }, { createLedger }, { MAX_EVENTS, proveAccount, proveLane }, { openChain }] =
    await Promise.all([
      import("../../../audit/proof/gather.ts"),
      import("../../../audit/books/ledger.ts"),
      import("../../../audit/proof/make-proof.ts"),
      import("../../../audit/chain/chain-reader.ts"),
    ]);
  const sourceOf = async (
    gatherer: ReturnType<typeof createGatherer>,
    { contract, token, toBlock: block }: AuditReport,
  ) => {
    const chain: ChainReader = await openChain(options.rpc[0] ?? "", context.signal);
    return { chain, contract, token, block, gathered: gatherer.close() };
  };
  if (lane !== undefined && account === undefined) {
    const isLane = (one: { payer: string; lane: number }): boolean =>
      one.payer.toLowerCase() === lane.payer && one.lane === lane.lane;
    const gatherer = createGatherer(isLane, MAX_EVENTS);
    const report = await auditWith(context, options, [gatherer.observer]);
    return { report, proof: await proveLane(await sourceOf(gatherer, report), lane.payer, lane.lane) };
  }
  if (account === undefined || lane !== undefined)
    throw new InputError("OPTIONS_CONFLICT", "give either --account or --lane: a proof is about one of them");
  const gatherer = createGatherer(
    ({ payer, payee, isPaid }) => isPaid && [payer.toLowerCase(), payee.toLowerCase()].includes(account),
    MAX_EVENTS,
  );
  const ledger = createLedger(account);
  const report = await auditWith(context, options, [gatherer.observer, ledger.observer]);
  return { report, proof: await proveAccount(await sourceOf(gatherer, report), ledger.close()) };
}

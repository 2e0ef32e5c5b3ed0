import { open } from "node:fs/promises";
import type { AuditReport } from "../../audit/audit-report.ts";
import type { ChainReader } from "../../audit/chain/chain-reader.ts";
import type { Proof } from "../../audit/proof/proof-file.ts";
import type { ProofVerdict } from "../../audit/proof/verify-proof.ts";
import { InputError, VerificationError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { writePublicFile } from "../public-file.ts";
import type { Context } from "../runtime.ts";
import { auditWith, type HistoryOptions } from "./audit-run.ts";

export interface ProveOptions extends HistoryOptions {
  readonly account?: string;
  readonly lane?: LaneName;
  readonly out: string;
}

export interface LaneName {
  readonly payer: string;
  readonly lane: number;
}

/**
 * `floodgate audit prove`. @throws {InputError} OPTIONS_CONFLICT, LANE_UNUSED, PROOF_IMPOSSIBLE, FILE_UNWRITABLE; {VerificationError} AUDIT_FAILED,
 * after the proof was written
 */
export async function proveToFile(context: Context, options: ProveOptions): Promise<void> {
  const { report, proof } = await prove(context, options);
  const [{ encodeProof }, { verifyProof }] = await Promise.all([
    import("../../audit/proof/proof-file.ts"),
    import("../../audit/proof/verify-proof.ts"),
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

/** `floodgate audit verify`. @throws {ProtocolError} PROOF_INVALID; {InputError} FILE_UNREADABLE */
export async function verifyFile(context: Context, path: string): Promise<void> {
  const [{ decodeProof, MAX_PROOF_BYTES }, { verifyProof }] = await Promise.all([
    import("../../audit/proof/proof-file.ts"),
    import("../../audit/proof/verify-proof.ts"),
  ]);
  const verdict = verifyProof(decodeProof(await readProof(path, MAX_PROOF_BYTES)));
  context.output.event("done", { ...verdict }, `${formatVerdict(verdict)}\n\nAll in this file fits.`);
}

async function prove(context: Context, options: ProveOptions): Promise<{ report: AuditReport; proof: Proof }> {
  const { account, lane } = options;
  const [{ createGatherer }, { createLedger }, { MAX_EVENTS, proveAccount, proveLane }, { openChain }] =
    await Promise.all([
      import("../../audit/proof/gather.ts"),
      import("../../audit/books/ledger.ts"),
      import("../../audit/proof/make-proof.ts"),
      import("../../audit/chain/chain-reader.ts"),
    ]);
  const sourceOf = async (gatherer: ReturnType<typeof createGatherer>, { contract, toBlock: block }: AuditReport) => {
    const chain: ChainReader = await openChain(options.rpc[0] ?? "", context.signal);
    return { chain, contract, block, gathered: gatherer.close() };
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

async function readProof(path: string, maxBytes: number): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
    return await file.readFile("utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw new InputError("FILE_UNREADABLE", `cannot read ${printable(path)}: ${printable(why)}`, { cause });
  }
}

function formatVerdict({ subject, proven, trusted }: ProofVerdict): string {
  return [
    `${subject}. Amounts are base units.`,
    "",
    "Proven by the file itself:",
    ...proven.map((sentence) => `  - ${sentence}`),
    "",
    "Taken on trust, until you compare it:",
    ...trusted.map((sentence) => `  - ${sentence}`),
  ].join("\n");
}

import type { AuditReport } from "../../audit/audit-report.ts";
import type { Books } from "../../audit/books/books.ts";
import type { Observer } from "../../audit/replay/observer.ts";
import type { AuditOptions } from "../../audit/session/audit-options.ts";
import { VerificationError } from "../../protocol/base/errors.ts";
import { writePublicFile } from "../public-file.ts";
import type { Context } from "../runtime.ts";
import type { EvidenceOptions } from "./audit-evidence.ts";

/** Which history is audited, and by whose word. */
export interface HistoryOptions {
  /** One node, or two that must agree. */
  readonly rpc: readonly string[];
  readonly chainId?: number;
  readonly contract: string;
  readonly fromBlock?: number;
  readonly toBlock?: number;
}

export interface RunOptions extends HistoryOptions, EvidenceOptions {
  readonly state?: string;
  readonly seed?: string;
  readonly paranoid?: boolean;
  readonly html?: string;
}

/** Audits a history while these look on. */
export async function auditWith(
  context: Context,
  options: HistoryOptions,
  observers: readonly Observer[],
): Promise<AuditReport> {
  const { runAudit } = await import("../../audit/audit.ts");
  return runAudit({ ...auditOptionsOf(context, options), observers: () => observers });
}

export function auditOptionsOf({ signal }: Context, options: HistoryOptions): AuditOptions {
  const [rpcUrl = "", secondRpcUrl] = options.rpc;
  const { contract, fromBlock, toBlock } = options;
  const chainId = options.chainId === undefined ? null : BigInt(options.chainId);
  return { rpcUrl, secondRpcUrl, chainId, contract, fromBlock, toBlock, signal };
}

/** `floodgate audit run`. @throws {VerificationError} AUDIT_FAILED; {InputError} OPTIONS_CONFLICT */
export async function runAuditCommand(context: Context, options: RunOptions): Promise<void> {
  const [{ formatReport }, { createBooks }, { runAudit }, { gatherEvidence }] = await Promise.all([
    import("../../audit/report/format-report.ts"),
    import("../../audit/books/books.ts"),
    import("../../audit/audit.ts"),
    import("./audit-evidence.ts"),
  ]);
  const { state, seed, paranoid } = options;
  const gathered = createBooks();
  const { checks, sources, toBlock } = await gatherEvidence(context, options);
  const report = await runAudit({
    ...auditOptionsOf(context, options),
    toBlock,
    statePath: state,
    seed,
    isParanoid: paranoid,
    observers: () => [gathered.observer, ...checks],
    sources,
  });
  const books = gathered.close();
  const written = options.html === undefined ? [] : [await writePage(context, options, report, books, options.html)];
  context.output.event("done", { ...report, books }, [formatReport(report), ...written].join("\n"));
  if (!report.ok) throw new VerificationError("AUDIT_FAILED", "the audit found what must not be: see the report above");
}

/** Returns one line for people. */
async function writePage(
  { signal }: Context,
  { rpc }: HistoryOptions,
  report: AuditReport,
  books: Books,
  path: string,
): Promise<string> {
  const [{ openChain }, { readGas }, { formatPage }] = await Promise.all([
    import("../../audit/chain/chain-reader.ts"),
    import("../../audit/books/read-gas.ts"),
    import("../../audit/report/page.ts"),
  ]);
  const chain = await openChain(rpc[0] ?? "", signal);
  const gas = await readGas(
    chain,
    books.batches.map(({ tx }) => tx),
  );
  await writePublicFile(path, formatPage({ report, books, gas }));
  return `The whole report, to read in a browser: ${path}`;
}

import type { AuditReport } from "../audit/audit.ts";
import type { Books } from "../audit/books/books.ts";
import type { Observer } from "../audit/observer.ts";
import type { Context } from "./command.ts";
import { VerificationError } from "./exit-codes.ts";
import { writePublicFile } from "./public-file.ts";

/** Which history is audited. */
export interface HistoryOptions {
  readonly rpc: string;
  readonly contract: string;
  readonly fromBlock?: number;
}

interface RunOptions extends HistoryOptions {
  readonly html?: string;
}

/** Audits a history while these look on. */
export async function auditWith(
  context: Context,
  options: HistoryOptions,
  observers: readonly Observer[],
): Promise<AuditReport> {
  const { runAudit } = await import("../audit/audit.ts");
  return runAudit({
    rpcUrl: options.rpc,
    contract: options.contract,
    fromBlock: options.fromBlock ?? null,
    observers: () => observers,
    signal: context.signal,
  });
}

/** `floodgate audit run`. @throws {VerificationError} AUDIT_FAILED */
export async function runAuditCommand(context: Context, options: RunOptions): Promise<void> {
  const [{ formatReport }, { createBooks }] = await Promise.all([
    import("../audit/format-report.ts"),
    import("../audit/books/books.ts"),
  ]);
  const gathered = createBooks();
  const report = await auditWith(context, options, [gathered.observer]);
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
    import("../audit/chain-reader.ts"),
    import("../audit/books/read-gas.ts"),
    import("../audit/report/page.ts"),
  ]);
  const chain = await openChain(rpc, signal);
  const gas = await readGas(
    chain,
    books.batches.map(({ tx }) => tx),
  );
  await writePublicFile(path, formatPage({ report, books, gas }));
  return `The whole report, to read in a browser: ${path}`;
}

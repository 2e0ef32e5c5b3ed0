import { createHash } from "node:crypto";
import type { AuditReport } from "../audit-report.ts";
import type { Books } from "../books/books.ts";
import { printTime } from "../books/time-text.ts";
import type { Hex } from "../facts/primitives.ts";
import { drawBatches } from "./draw-batches.ts";
import { drawAccounts, drawFlows, drawTotals } from "./draw-money.ts";
import { drawChecks, drawFindings, drawNotChecked, drawVerdict } from "./draw-verdict.ts";
import { html, Markup } from "./html.ts";
import { symbolOf } from "./printed.ts";
import { STYLE } from "./style.ts";

export interface PageFacts {
  readonly report: AuditReport;
  readonly books: Books;
  /** Of each batch's transaction. */
  readonly gas: ReadonlyMap<Hex, bigint>;
}

/** The page may load and run nothing. Its one style sheet is allowed by its hash (CSP level 3). */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

/** The report as one page without scripts or network. The same facts always give the same bytes. */
export function formatPage({ report, books, gas }: PageFacts): string {
  const { chainId, contract, fromBlock, toBlock, token, transactions, accounts } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Floodgate audit of ${contract}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body><main>
<h1>Floodgate audit</h1>
${drawVerdict(report)}
<dl>
<dt>contract</dt><dd><code>${contract}</code> on chain ${chainId}</dd>
<dt>blocks</dt><dd>${fromBlock} to ${toBlock}, of ${printTime(books.time)}</dd>
<dt>history</dt><dd>${transactions} transactions, ${accounts} accounts</dd>
<dt>token</dt><dd>${symbolOf(token)}, <code>${token.address}</code></dd>
</dl>
${drawFindings(report)}
${drawNotChecked(report)}
${drawChecks(report)}
${drawTotals(report)}
${drawAccounts(books, token)}
${drawFlows(books, token)}
${drawBatches(books, gas, token)}
<footer class="soft"><p>Every event was replayed from the chain with the call that explains it. Only the chain's node had to be trusted.
Anyone can repeat the audit: <code>floodgate audit run --rpc URL --contract ${contract}</code></p></footer>
</main></body>
</html>
`;
  return page.text;
}

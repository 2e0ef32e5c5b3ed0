import { EXIT_CODES } from "../../cli/exit-codes.ts";
import type { ErrorClass, ErrorFacts } from "../../protocol/base/error-codes/define.ts";
import { ERROR_CODES } from "../../protocol/base/error-codes.ts";
import { PUSH_REFUSALS } from "../../protocol/http/push-refusals.ts";
import { REFUSALS } from "../../protocol/wire/refusals.ts";
import { page, table, writeOrCheck } from "./generated-file.ts";

/** Writes docs/errors.md from the tables of codes: npm run docs */

const INTRODUCTION = `Every error has a code. The command line prints it at the end of its last line, or as \`code\` with
\`--json\`, and ends with the exit code. The authority's HTTP API answers with a problem
(\`application/problem+json\`) that holds the code and the status. The status of a code that never
comes from the API is the one it would have there.

The source is [protocol/base/error-codes.ts](../protocol/base/error-codes.ts). A class says who must
act.`;

const CLASSES: Readonly<Record<ErrorClass, string>> = {
  InputError: "Your command line, configuration or request is wrong",
  AccessError: "Unknown, or not allowed",
  PaymentError: "Not enough money or credit",
  ChainError: "The chain's node, gas or a revert",
  NetworkError: "A remote program cannot be reached or answers nonsense",
  ProtocolError: "A remote broke the protocol",
  VerificationError: "Something is not what it claims to be",
  FloodgateError: "This machine or process failed",
  InvariantError: "A bug",
};

function sectionOf(errorClass: ErrorClass): string {
  const codes = Object.entries<ErrorFacts>(ERROR_CODES).filter(([, facts]) => facts.class === errorClass);
  const rows = codes
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { exit, status, meaning, action }]) => [`\`${code}\``, `${exit}`, `${status}`, meaning, action]);
  const head = ["Code", "Exit", "HTTP", "What happened", "What to do"];
  return `### ${errorClass}\n\n${CLASSES[errorClass]}.\n\n${table(head, rows)}`;
}

const exitRows = Object.entries(EXIT_CODES).map(([code, meaning]) => [code, meaning]);
const refusalRows = Object.entries(REFUSALS).map(([reason, { code, meaning, action }]) => [
  `${code}`,
  `\`${reason}\``,
  meaning,
  action,
]);
const pushRows = Object.entries(PUSH_REFUSALS).map(([code, { meaning, action }]) => [`\`${code}\``, meaning, action]);

writeOrCheck(
  "docs/errors.md",
  page("Errors", "error-docs.ts", [
    INTRODUCTION,
    "## Exit codes",
    table(["Exit", "Meaning"], exitRows),
    "## Codes",
    ...(Object.keys(CLASSES) as ErrorClass[]).map(sectionOf),
    "## Refusals of the voucher stream",
    `A payee that refuses a lane sends the number of its reason (\`refuse\`, [protocol.md](protocol.md) 5.6).
The table is [protocol/wire/refusals.ts](../protocol/wire/refusals.ts).`,
    table(["Number", "Reason", "What happened", "What the payer does"], refusalRows),
    "## Refusals of a pushed voucher",
    `The authority answers \`POST /v1/vouchers\` with a receipt or a code for each voucher. The table is
[protocol/http/push-refusals.ts](../protocol/http/push-refusals.ts).`,
    table(["Code", "What happened", "What the payee does"], pushRows),
  ]),
);

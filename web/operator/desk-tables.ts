import { formatAmount, formatBytes } from "../../protocol/base/units.ts";
import { shortHex } from "../kit/address.ts";
import { html, type Markup } from "../kit/html.ts";
import { money, price } from "../kit/money.ts";
import type { Site } from "../kit/site.ts";
import { state } from "../kit/state.ts";
import { swarm } from "../kit/swarm.ts";
import { table } from "../kit/table.ts";
import { day } from "../kit/time.ts";
import { wholePrice } from "../repository/content.ts";
import { contentPath } from "../repository/links.ts";
import type { DeskFacts } from "./desk-facts.ts";

const GWEI_DECIMALS = 9;

type Token = Site["token"];
type Batch = DeskFacts["batches"][number];
type Transaction = DeskFacts["transactions"][number];
type Account = DeskFacts["accounts"][number];
type Listed = DeskFacts["contents"][number];

/** What made the authority settle (docs/protocol.md 7.6). */
const WHY: Readonly<Record<Batch["reason"], string>> = {
  forced: "an operator asked for it",
  leaving: "a payer takes its money out",
  deadline: "a claim period ends",
  full: "the batch was full",
  value: "the sum at risk was reached",
  age: "its lanes had waited long enough",
};

export function batchTable(batches: DeskFacts["batches"], token: Token): Markup {
  const columns = [
    { name: "Batch", isNumber: true, cell: (one: Batch) => one.number ?? "-" },
    { name: "State", cell: (one: Batch) => state(one.state) },
    { name: "Why", cell: (one: Batch) => WHY[one.reason] },
    { name: "Proof", cell: (one: Batch) => one.kind },
    { name: "Rows", isNumber: true, cell: (one: Batch) => rows(one) },
    { name: `Total, ${token.symbol}`, isNumber: true, cell: (one: Batch) => money(BigInt(one.total), token) },
    { name: "Fee", isNumber: true, cell: (one: Batch) => money(BigInt(one.fee), token) },
    { name: "Gas", isNumber: true, cell: (one: Batch) => gasOf(one.gasUsed) },
    { name: "Transaction", cell: (one: Batch) => (one.hash === null ? "-" : shortHex(one.hash)) },
  ];
  return table("Batches", columns, batches, "Nothing has been settled yet.");
}

function rows({ rowCount, skipped }: Batch): Markup {
  return html`${rowCount}${skipped > 0 && html` <span class="state bad">${skipped} skipped</span>`}`;
}

function gasOf(gasUsed: string | null): string {
  return gasUsed === null ? "-" : BigInt(gasUsed).toLocaleString("en");
}

/** `latest`: the newest block. `formToken`: of the session's forms. */
export function queueTable({ transactions, latest }: DeskFacts, formToken: string): Markup {
  const columns = [
    { name: "Action", cell: (one: Transaction) => html`<code>${one.actionId}</code>` },
    { name: "State", cell: (one: Transaction) => state(one.state) },
    { name: "Nonce", isNumber: true, cell: (one: Transaction) => one.nonce ?? "-" },
    { name: "Transaction", cell: (one: Transaction) => (one.hash === null ? "-" : shortHex(one.hash)) },
    { name: "Fee, gwei", isNumber: true, cell: (one: Transaction) => feeOf(one) },
    { name: "Waits", isNumber: true, cell: (one: Transaction) => waitOf(one, latest.number) },
    { name: "What keeps it", cell: (one: Transaction) => one.reason ?? "-" },
    { name: "Do", cell: (one: Transaction) => pushForm(one, formToken) },
  ];
  return table("Transactions under way", columns, transactions, "None: all that was decided is on the chain.");
}

function feeOf({ signed }: Transaction): Markup | string {
  if (signed === null) return "-";
  const more = signed.count > 1 && html` <span class="soft">signed ${signed.count} times</span>`;
  return html`${formatAmount(signed.maxFeePerGas, GWEI_DECIMALS)}${more}`;
}

function waitOf({ signed }: Transaction, latest: number): string {
  if (signed === null) return "-";
  const blocks = Math.max(0, latest - signed.atBlock);
  return `${blocks.toLocaleString("en")} ${blocks === 1 ? "block" : "blocks"}`;
}

/** Sends it again, or signs it anew with a higher fee. */
function pushForm({ actionId, nonce, state }: Transaction, formToken: string): Markup {
  if (state === "mined") return html`-`;
  return html`<form class="row" action="/operator/retry" method="post"><input type="hidden" name="token" value="${formToken}"><input type="hidden" name="action" value="${actionId}">
<button type="submit">Send again</button>${nonce !== null && html` <button type="submit" formaction="/operator/bump">Raise the fee</button>`}</form>`;
}

export function accountTable(accounts: DeskFacts["accounts"], token: Token): Markup {
  const columns = [
    { name: "Account", cell: (one: Account) => html`<code>${one.account}</code>` },
    { name: "Since", cell: (one: Account) => day(one.createdAt) },
    { name: `Balance, ${token.symbol}`, isNumber: true, cell: (one: Account) => money(one.balance, token) },
    { name: "Devices", isNumber: true, cell: (one: Account) => one.devices },
    { name: "Lanes as payer", isNumber: true, cell: (one: Account) => one.lanesAsPayer },
    { name: "", cell: (one: Account) => one.isLeaving === 1 && state("leaving") },
  ];
  return table("Accounts", columns, accounts, "Nobody has registered yet.");
}

export function contentTable(contents: DeskFacts["contents"], token: Token): Markup {
  const columns = [
    { name: "Title", cell: (one: Listed) => html`<a href="${contentPath(one.infoHash)}">${short(one.title)}</a>` },
    { name: "Publisher", cell: (one: Listed) => shortHex(one.publisher) },
    { name: "Published", cell: (one: Listed) => day(one.publishedAt) },
    { name: "Swarm", cell: (one: Listed) => swarm(one) },
    { name: "Size", isNumber: true, cell: (one: Listed) => formatBytes(one.sizeBytes) },
    { name: `Whole, ${token.symbol}`, isNumber: true, cell: (one: Listed) => price(wholePrice(one), token) },
  ];
  return table("Contents", columns, contents, "Nothing is published yet.");
}

function short(title: string): string {
  const letters = [...title];
  return letters.length <= 32 ? title : `${letters.slice(0, 31).join("")}…`;
}

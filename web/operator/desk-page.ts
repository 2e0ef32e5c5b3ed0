import { formatAmount } from "../../protocol/base/units.ts";
import { shortHex } from "../kit/address.ts";
import { figure } from "../kit/figure.ts";
import { html, type Markup } from "../kit/html.ts";
import { money } from "../kit/money.ts";
import { page } from "../kit/page.ts";
import type { Site } from "../kit/site.ts";
import { moment } from "../kit/time.ts";
import { actionTable, deskActions } from "./desk-actions.ts";
import type { DeskFacts } from "./desk-facts.ts";
import { type DeskListName, deskListPath } from "./desk-list-page.ts";
import { accountTable, batchTable, contentTable, queueTable } from "./desk-tables.ts";
import { gasSection } from "./gas-section.ts";

/** A block that is older has followers that this authority has not seen. */
const LATE_SEC = 120;
const WEI_DECIMALS = 18;

/** What an operator must know at a glance, then each table. `formToken`: of the session's forms. */
export function deskPage(site: Site, facts: DeskFacts, formToken: string): string {
  const { token } = site;
  const { counts, now } = facts;
  return page(site, {
    title: "Operator's desk - Floodgate",
    description: "The operator's desk of this authority.",
    canonical: null,
    place: "operator",
    scripts: [site.assets.refresh, ...(site.assets.desk === null ? [] : [site.assets.desk])],
    body: html`<div class="bar"><h1>Operator's desk</h1>
<form action="/operator/logout" method="post"><input type="hidden" name="token" value="${formToken}"><button type="submit">Log out</button></form></div>
<p class="soft" data-live="now">As of ${moment(now)}, by the chain's clock. <a href="/operator">Read again</a></p>
<div data-live="problems">${problems(facts)}</div>
<dl class="stats" data-live="figures">${figures(facts, token)}</dl>
<section data-live="deeds"><h2>Do</h2>${deskActions(facts, formToken)}</section>
<section data-live="log"><h2>Log of actions</h2>${actionTable(facts.actions)}${all("log", facts.actions)}</section>
<section data-live="batches"><h2>Batches</h2>${batchTable(facts.batches, token)}${all("batches", facts.batches)}</section>
${gasSection(facts.gasDays)}
<section data-live="transactions"><h2>Transactions under way</h2>${queueTable(facts, formToken)}</section>
<section data-live="accounts"><h2>Accounts <span class="soft">${counts.accounts.toLocaleString("en")}</span></h2>${accountTable(facts.accounts, token)}${all("accounts", facts.accounts)}</section>
<section data-live="contents"><h2>Contents <span class="soft">${counts.contents.toLocaleString("en")} listed, ${counts.unlisted.toLocaleString("en")} not listed</span></h2>${contentTable(facts.contents, token)}${all("contents", facts.contents)}</section>`,
  });
}

/** The desk shows the newest rows; this leads to all of them. */
function all(name: DeskListName, { length }: { readonly length: number }): Markup | null {
  return length === 0
    ? null
    : html`<p class="all"><a href="${deskListPath(name)}">All ${name === "log" ? "actions" : name}</a></p>`;
}

function problems({ problems: found }: DeskFacts): Markup {
  if (found.length === 0) return html`<p class="verdict good">Ready: nothing keeps the authority from its work.</p>`;
  return html`<ul class="verdict bad">${found.map(({ part, problem }) => html`<li><strong>${part}</strong> ${problem}</li>`)}</ul>`;
}

function figures(facts: DeskFacts, token: Site["token"]): Markup[] {
  const { bond, promised, waiting, latest, confirmed, counts, gas, now, operator } = facts;
  const lag = Math.max(0, now - latest.timestamp);
  const backing = bond.amount - bond.withdrawing;
  const since = waiting.since === null ? "nothing waits" : html`the oldest for ${Math.max(0, now - waiting.since)} s`;
  return [
    figure(
      "Promised",
      money(promised, token),
      html`against a bond of ${money(backing, token)} ${token.symbol}`,
      backing < promised ? "bad" : "fine",
    ),
    figure("To be settled", money(waiting.amount, token), html`in ${waiting.count} lanes, ${since}`),
    figure(
      "Gas of the signer",
      gas === null ? "unknown" : html`${formatAmount(gas, WEI_DECIMALS).slice(0, -12)} <span class="unit">ETH</span>`,
      shortHex(operator),
      gas === 0n || gas === null ? "bad" : "fine",
    ),
    figure(
      "Newest block",
      html`${latest.number}`,
      html`${lag} s old; confirmed up to ${confirmed.number}`,
      lag > LATE_SEC ? "bad" : "fine",
    ),
    figure(
      "Money under way",
      html`${counts.deposits + counts.withdrawals}`,
      html`${counts.deposits} deposits${age(facts.since.deposits, now)}, ${counts.withdrawals} withdrawals${age(facts.since.withdrawals, now)}`,
    ),
  ];
}

/** How long the oldest of them waits. */
function age(since: number | null, now: number): string {
  return since === null ? "" : ` (the oldest for ${Math.max(0, now - since).toLocaleString("en")} s)`;
}

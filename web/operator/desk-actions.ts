import { shortHex } from "../kit/address.ts";
import { html, type Markup } from "../kit/html.ts";
import { table } from "../kit/table.ts";
import { moment } from "../kit/time.ts";
import type { DeskFacts } from "./desk-facts.ts";

type Action = DeskFacts["actions"][number];

/** What an operator may do. `formToken`: of the session's forms. */
export function deskActions({ isPaused }: DeskFacts, formToken: string): Markup {
  const token = html`<input type="hidden" name="token" value="${formToken}">`;
  return html`<div class="deeds">
<form class="card form" action="/operator/settle" method="post">${token}
<h3>Settle now</h3>
<p>What is ready goes on-chain without waiting for company.</p>
<label class="choice"><input type="checkbox" name="close" value="yes"> <span>Ask payees to close open lanes first</span></label>
<button type="submit">Settle</button></form>
<form class="card form" action="/operator/${isPaused ? "resume" : "pause"}" method="post">${token}
<h3>${isPaused ? "Deposits are paused" : "Pause deposits"}</h3>
<p>${isPaused ? "No card is charged." : "No card is charged any more."} What is charged already is credited all the same; withdrawals go on.</p>
<label for="pause-reason">Reason</label>
<input id="pause-reason" name="reason" maxlength="200" autocomplete="off" required>
<button type="submit">${isPaused ? "Take deposits again" : "Pause"}</button></form>
<form class="card form" action="/operator/unlist" method="post">${token}
<h3>Take a content down</h3>
<p>It leaves list, search and feed. Peers that have it go on, and their vouchers settle.</p>
<label for="unlist-hash">Infohash</label>
<input id="unlist-hash" class="code" name="infoHash" maxlength="40" autocomplete="off" required>
<label for="unlist-reason">Reason</label>
<input id="unlist-reason" name="reason" maxlength="200" autocomplete="off" required>
<button type="submit">Take down</button>
<button type="submit" formaction="/operator/list">Put back</button></form>
</div>`;
}

const DONE: Readonly<Record<Action["action"], string>> = {
  settle: "settled",
  unlist: "took down",
  list: "put back",
  pause: "paused deposits",
  resume: "took deposits again",
  retry: "sent again",
  bump: "raised the fee",
};

/** Who did what, and why: the takedown log, too. */
export function actionTable(actions: DeskFacts["actions"]): Markup {
  const columns = [
    { name: "When", cell: (one: Action) => moment(one.at) },
    { name: "What", cell: (one: Action) => DONE[one.action] },
    { name: "Of", cell: (one: Action) => subjectOf(one) },
    { name: "Why", cell: (one: Action) => one.reason },
    {
      name: "Login",
      cell: (one: Action) => (one.login.startsWith("0x") ? shortHex(one.login) : html`<code>${one.login}</code>`),
    },
  ];
  return table("Log of actions", columns, actions, "No operator has done anything here yet.");
}

function subjectOf({ action, subject }: Action): Markup | string {
  if (subject === null) return "-";
  return action === "retry" || action === "bump" ? html`<code>${subject}</code>` : shortHex(subject);
}

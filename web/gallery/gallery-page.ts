import { shortHex } from "../kit/address.ts";
import { command } from "../kit/command.ts";
import { figure } from "../kit/figure.ts";
import { html, type Markup } from "../kit/html.ts";
import { money, price } from "../kit/money.ts";
import { notice } from "../kit/notice.ts";
import { page } from "../kit/page.ts";
import { pager } from "../kit/pager.ts";
import { signedMark } from "../kit/signed-mark.ts";
import type { Site } from "../kit/site.ts";
import { state } from "../kit/state.ts";
import { swarm } from "../kit/swarm.ts";
import { table } from "../kit/table.ts";
import { day, moment } from "../kit/time.ts";

const ACCOUNT = `0x${"ab".repeat(20)}`;
const AT = 1_796_000_000;
const STATES = ["intent", "signed", "sent", "mined", "final", "failed"] as const;
const AMOUNTS = [0n, 1n, 990_000n, 12_345_678n, 2n ** 96n - 1n] as const;
const TAGS = ["linux", "地図", "a tag that is as long as a tag can be 40", "كتب"] as const;

/** All parts of the kit in all their states, for whoever changes one (`npm run web`). */
export function galleryPage(site: Site, script: string | null): string {
  return page(site, {
    title: "Kit - Floodgate",
    description: "All parts of Floodgate's pages in all their states.",
    canonical: null,
    place: null,
    scripts: script === null ? [site.assets.copy] : [site.assets.copy, script],
    body: html`<div class="lead"><h1>Kit</h1><p>All parts of the pages in all their states.</p></div>
${section("Colours", colours())}
${section("Type", type())}
${section("Money", amounts(site))}
${section("States", html`<p>${STATES.map((word) => html`${state(word)} `)} ${signedMark()}</p>`)}
${section("Swarms", html`<p>${swarm({ seeders: 0, leechers: 0 })}</p><p>${swarm({ seeders: 1, leechers: 1 })}</p><p>${swarm({ seeders: 41, leechers: 1_203 })}</p>`)}
${section("Addresses and times", html`<p>${shortHex(ACCOUNT)} ${day(AT)} ${moment(AT)}</p>`)}
${section("Figures", figures(site))}
${section("Verdicts", verdicts())}
${section("Table", tables())}
${section("Tags, orders, pages", lists())}
${section("Forms", forms())}
${section("Notice and command", html`${notice("Nothing is published here yet", html`<p>Be the first.</p>`)}${command("floodgate publish FILE --price 1.00")}`)}
${section("Charts", html`<div id="lines"></div><div id="bars"></div>`)}
${section("A long table", html`<div id="long-table"></div>`)}
${section("Money timeline", html`<div id="entries"></div>`)}`,
  });
}

function section(name: string, body: Markup): Markup {
  return html`<section><h2>${name}</h2>
${body}</section>`;
}

function colours(): Markup {
  const names = ["ink", "soft", "sheet", "sunk", "line", "edge", "tide", "tide-ink", "good", "wait", "bad"];
  return html`<ul class="swatches">${names.map((name) => html`<li><span class="swatch of-${name}"></span> <code>--${name}</code></li>`)}</ul>`;
}

function type(): Markup {
  return html`<h1>Heading of a page</h1><h2>Heading of a part</h2><h3>Heading of a card</h3>
<p>Text with <a href="#main">a link</a>, <strong>weight</strong>, <code>code</code> and <q>what was said</q>.</p>
<p class="soft">A softer voice.</p>`;
}

function amounts({ token }: Site): Markup {
  return html`<p>${AMOUNTS.map((amount) => html`${money(amount, token, { withSymbol: true })}<br>`)}${price(0n, token)}</p>`;
}

function figures({ token }: Site): Markup {
  return html`<dl class="stats">
${figure("Fine", money(48_765_432n, token), "with a note")}
${figure("Bad", money(1n, token), html`against a bond of ${money(0n, token)}`, "bad")}
${figure("Unknown", "unknown", "no node answers", "bad")}
</dl>`;
}

function verdicts(): Markup {
  return html`<p class="verdict good">Ready: nothing keeps the authority from its work.</p>
<ul class="verdict bad"><li><strong>gas price</strong> gas costs more than the ceiling</li><li><strong>store</strong> the disk is full</li></ul>
<div class="messages"><p class="message wait">Sign the permit in your wallet.</p></div>
<div class="messages"><p class="message good">12.500000 TUSD leaves as soon as it is in a final block.</p></div>
<div class="messages"><p class="message bad">You said no in the wallet. Nothing was sent.</p></div>`;
}

interface Row {
  readonly name: string;
  readonly count: number;
}

function tables(): Markup {
  const columns = [
    { name: "Name", cell: (row: Row) => row.name },
    { name: "Number", isNumber: true, cell: (row: Row) => row.count },
  ];
  const rows = [
    { name: "First", count: 1 },
    { name: "Last", count: 1_000_000 },
  ];
  return html`${table("Rows", columns, rows, "None")}<p></p>${table("No rows", columns, [], "There is nothing to show.")}`;
}

function lists(): Markup {
  return html`<ul class="tags">${TAGS.map((tag, i) => (i === 0 ? html`<li><a href="#main" aria-current="true"><bdi>${tag}</bdi></a></li>` : html`<li><a href="#main"><bdi>${tag}</bdi></a></li>`))}</ul>
<div class="bar"><p>10 contents</p><nav class="orders" aria-label="Order"><a href="#main" aria-current="true">Newest</a><a href="#main">Largest</a></nav></div>
${pager(1, 9, () => "#main")}${pager(5, 9, () => "#main")}`;
}

function forms(): Markup {
  return html`<div class="deeds"><form class="card form">
<label for="plain">Plain</label><input id="plain" value="typed">
<label for="empty">Empty</label><input id="empty" placeholder="placeholder">
<label for="wrong">Wrong</label><input id="wrong" aria-invalid="true" aria-describedby="why"><p class="bad" id="why">Write an amount above zero.</p>
<label class="choice"><input type="checkbox" checked> <span>Chosen<small>with a note</small></span></label>
<label class="choice"><input type="radio" name="one"> <span>Not chosen</span></label>
<p class="actions"><button class="main" type="button">Main</button> <button type="button">Other</button> <button type="button" disabled>Not now</button></p>
</form></div>`;
}

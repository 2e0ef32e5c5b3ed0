import { always } from "@antithesishq/bombadil";
import { extract, type State, weighted } from "@antithesishq/bombadil/browser";
import * as actions from "@antithesishq/bombadil/browser/defaults/actions";
import * as properties from "@antithesishq/bombadil/browser/defaults/properties";

/**
 * What holds on each page whatever a visitor does. Bombadil (`npm run test:web -- --explore`)
 * clicks, types, goes back and reloads, and looks after each step.
 */

const { clicks, inputs, scroll, back, forward, reload } = actions;
/** A visitor mostly clicks and types. */
export const visitor = weighted([
  [12, clicks],
  [8, inputs],
  [2, scroll],
  [2, back],
  [1, forward],
  [1, reload],
]);
export const { noUncaughtExceptions, noUnhandledPromiseRejections } = properties;

/** Of an element, what is read here: this file runs in no page itself. */
interface Part {
  readonly textContent: string | null;
  querySelectorAll(selector: string): Iterable<Part>;
}

// Each query is sent to the page as a text, so it holds all that it needs.

/** A refused request is told in the console, too: what a visitor does wrong has 4xx answers. */
const complaints = extract(({ console }: State) =>
  console
    .filter(({ level }) => level === "error")
    .map(({ args }) => args.map((arg) => String(arg)).join(" "))
    .filter((text) => !/Failed to load resource.* 4\d\d/.test(text)),
);
export const consoleIsSilent = always(() => complaints.current.length === 0);

const waysOn = extract(({ document }: State) => {
  // Pictures, downloads and documents have no heading of ours.
  if (document.contentType !== "text/html") return 1;
  // The first answer of a peer is on its way.
  if (document.querySelector("main")?.textContent?.includes("Asking the peer")) return 1;
  return document.querySelectorAll("main a[href], main button:not([disabled]), header nav a[href]").length;
});
export const noPageIsADeadEnd = always(() => waysOn.current > 0);

const headings = extract(({ document }: State) =>
  document.contentType === "text/html" ? document.querySelectorAll("main h1").length : 1,
);
export const eachPageHasOneHeading = always(() => headings.current === 1);

/** The price of the whole, less what peers and operator get: micro units of the token. */
const priceLeft = extract(({ document }: State) => {
  const micro = (text: string | null | undefined): number =>
    Math.round(Number((text ?? "").replace(/[^0-9.]/g, "")) * 1e6);
  const whole = document.querySelector(".card.price .figure .money");
  const [, peers, operator] = document.querySelectorAll(".card.price dl dd .money");
  if (!whole || !peers || !operator) return 0;
  return (
    micro(whole.firstChild?.parentElement?.textContent?.split(" ")[0]) -
    micro(peers.textContent) -
    micro(operator.textContent)
  );
});
export const priceAddsUp = always(() => priceLeft.current === 0);

/** Balance less all of its parts, where something is free: micro units. */
const balanceLeft = extract(({ document }: State) => {
  const micro = (text: string): number => Math.round(Number(text.replace(/[^0-9.]/g, "")) * 1e6);
  const parts = new Map<string, number>();
  for (const stat of document.querySelectorAll("#account .stats .stat"))
    parts.set(
      (stat.querySelector("dt")?.textContent ?? "").split(",")[0] ?? "",
      micro(stat.querySelector("dd")?.textContent ?? "0"),
    );
  const of = (name: string): number => parts.get(name) ?? 0;
  return of("Free") === 0 ? 0 : of("Balance") - of("Free") - of("Promised") - of("Leaving");
});
export const balanceIsTheSumOfItsParts = always(() => balanceLeft.current === 0);

/** Groups whose sum is not that of the amounts below it. */
const wrongGroups = extract(({ document }: State) => {
  const micro = (text: string): number => {
    const size = Math.round(Number(text.replace(/[^0-9.]/g, "")) * 1e6);
    return text.includes("\u2212") ? -size : size;
  };
  const sum = (all: Iterable<Part>): number => [...all].reduce((total, one) => total + micro(one.textContent ?? ""), 0);
  return [...document.querySelectorAll(".group")].filter(
    (group) =>
      sum(group.querySelectorAll("summary .sum > .money")) !==
      sum(group.querySelectorAll(".entry .change:not(.none) > .money")),
  ).length;
});
export const groupsAddUp = always(() => wrongGroups.current === 0);

/** What a peer has paid and earned, less the same of each content, where all of them are listed. */
const peerLeft = extract(({ document }: State) => {
  const micro = (text: string): number => Math.round(Number(text.replace(/[^0-9.]/g, "")) * 1e6);
  const chosen = document.querySelector('#peer .orders button[aria-pressed="true"]')?.textContent;
  const search = document.querySelector("#peer .search input") as { readonly value?: string } | null;
  if (chosen !== "All" || search?.value !== "" || document.querySelector("#peer .timeline .pager")) return 0;
  let left = 0;
  for (const stat of document.querySelectorAll("#peer .stats .stat")) {
    const name = /^(paid|earned),/i.exec(stat.querySelector("dt")?.textContent ?? "")?.[1]?.toLowerCase();
    if (name === undefined) continue;
    left += micro(stat.querySelector("dd")?.textContent ?? "0");
    for (const fact of document.querySelectorAll("#peer .entry .facts-line span"))
      if (fact.textContent?.startsWith(`${name} `)) left -= micro(fact.querySelector(".money")?.textContent ?? "0");
  }
  return left;
});
export const peerIsTheSumOfItsContents = always(() => peerLeft.current === 0);

/** Batches whose fee is above their total, and lists that count fewer than they show. */
const wrongTables = extract(({ document }: State) => {
  const number = (cell: Part | undefined): number => Number((cell?.textContent ?? "").replace(/[^0-9.]/g, ""));
  const isAbove = (fee: number, total: number) => (row: Part) => {
    const cells = [...row.querySelectorAll("td")];
    return number(cells[fee]) > number(cells[total]);
  };
  const batches = [
    ...[...document.querySelectorAll('[data-live="batches"] tbody tr')].filter(isAbove(6, 5)),
    ...[...document.querySelectorAll('#live [aria-label="Batches"] tbody tr')].filter(isAbove(5, 4)),
  ];
  const counted = document.querySelector(".bar p")?.textContent?.match(/^([\d,]+) contents?/)?.[1];
  const rows = document.querySelectorAll("table.contents tbody tr").length;
  const isShort = counted !== undefined && Number(counted.replaceAll(",", "")) < rows;
  return batches.length + (isShort ? 1 : 0);
});
export const tablesAddUp = always(() => wrongTables.current === 0);

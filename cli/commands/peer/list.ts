import type { Command } from "commander";
import type { LocalClient } from "../../../client/local-api/local-client.ts";
import { printable } from "../../../protocol/base/text.ts";
import { formatBytes, formatMoney } from "../../../protocol/base/units.ts";
import type { ContentJson, PeerJson } from "../../../protocol/http/peer.ts";
import { contentIdArgument } from "../../arguments.ts";
import { describeTerms } from "../../content/cache-options.ts";
import { contentFields, reasonOf, shareOf } from "../../content/describe-content.ts";
import {
  addPeerCommand,
  openPeer,
  type PeerContext,
  type PeerOptions,
  peerContextOf,
} from "../../content/open-peer.ts";
import type { Runtime } from "../../runtime.ts";
import { formatTable } from "../../table.ts";
import { describeMonth, describeOwnLimits } from "./describe-settings.ts";

const ID = "0123456789abcdef0123456789abcdef01234567";
const LOOK_MS = 1_000;
const MAX_TITLE = 32;

/** Commands that show what the running peer holds. */
export function addListCommands(peer: Command, runtime: Runtime): void {
  addPeerCommand(peer, "ls", "list the contents of the running peer", ["peer ls"]).action((options: PeerOptions) =>
    list(peerContextOf(runtime, options)),
  );
  addPeerCommand(peer, "show", "show all about one content", [`peer show ${ID}`])
    .argument("<id>", "infohash, or its first 8 digits or more", contentIdArgument)
    .action((id: string, options: PeerOptions) => show(peerContextOf(runtime, options), id));
  addPeerCommand(peer, "top", "watch the running peer, until Ctrl-C", ["peer top"]).action((options: PeerOptions) =>
    watch(peerContextOf(runtime, options)),
  );
}

async function list(context: PeerContext): Promise<void> {
  const client = await open(context);
  const [peer, contents] = await Promise.all([client.peer(), client.contents()]);
  const text = contents.length === 0 ? "Nothing yet: `floodgate peer add`." : await tableOf(contents, peer.token);
  context.output.event("done", { contents }, [text, ...monthOf(peer)].join("\n"));
}

async function show(context: PeerContext, id: string): Promise<void> {
  const client = await open(context);
  const [content, { token }] = await Promise.all([client.content(id), client.peer()]);
  const money = (amount: string): string => formatMoney(amount, token);
  const { spendLeft, settings } = content;
  const { cache } = settings;
  const limits = describeOwnLimits(content);
  const lines = [
    `content    ${content.infoHash}`,
    `title      ${printable(content.title)}`,
    `state      ${content.state}, ${shareOf(content)}`,
    `${content.place === "seed" ? "file       " : "directory  "}${printable(content.path)}`,
    `price      ${content.pricePerGiB === "0" ? "free" : `${money(content.pricePerGiB)} per GiB`}`,
    settings.isSponsored
      ? "paid       by its sponsor"
      : `paid       ${money(content.paid)}${settings.maxSpend === null ? "" : `, at most ${money(settings.maxSpend)}`}`,
    ...(spendLeft === null ? [] : [`caps leave ${money(spendLeft.startsWith("-") ? "0" : spendLeft)}`]),
    `earned     ${money(content.earned)}`,
    ...(cache ? [`cache      ${describeTerms(cache, token)}`] : []),
    `peers      ${content.peers}, ${ratesOf(content)}`,
    ...(limits === "" ? [] : [`limits     ${limits}`]),
  ];
  const why = reasonOf(content, token);
  context.output.event("done", contentFields(content), [...lines, ...(why ? [`why        ${why}`] : [])].join("\n"));
}

/** Redraws the list; without a terminal it is a line now and then. */
async function watch(context: PeerContext): Promise<void> {
  const { output, signal } = context;
  const client = await open(context);
  const { setInterval } = await import("node:timers/promises");
  const draw = async (): Promise<void> => {
    const [peer, contents] = await Promise.all([client.peer(), client.contents()]);
    const busy = contents.filter(
      ({ rateDown, rateUp, state }) => rateDown + rateUp > 0 || !/^(seeding|caching)$/.test(state),
    );
    const money = `paid ${formatMoney(peer.paid, peer.token)}, earned ${formatMoney(peer.earned, peer.token)}`;
    const head = `${contents.length} content(s), ${ratesOf(peer)}; ${money} in this run`;
    const table = busy.length === 0 ? [] : [await tableOf(busy, peer.token)];
    output.progress({ ...peer }, [head, ...monthOf(peer), ...table].join("\n"));
  };
  await draw();
  try {
    for await (const _ of setInterval(LOOK_MS, null, { signal })) await draw();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function open(context: PeerContext): Promise<LocalClient> {
  return (await openPeer(context)).client;
}

function tableOf(contents: readonly ContentJson[], token: PeerJson["token"]): Promise<string> {
  const rows = contents.map((content) => [
    content.infoHash.slice(0, 8),
    shorten(printable(content.title)),
    content.state,
    shareOf(content),
    ratesOf(content),
    formatMoney(content.paid, token),
    formatMoney(content.earned, token),
  ]);
  return formatTable(["id", "title", "state", ">done", ">rates", ">paid", ">earned"], rows);
}

/** Told when nothing moves any more. */
function monthOf(peer: PeerJson): string[] {
  return peer.month.isUsedUp ? [`month: ${describeMonth(peer)}`] : [];
}

function ratesOf({ rateDown, rateUp }: Pick<ContentJson, "rateDown" | "rateUp">): string {
  return `down ${formatBytes(rateDown)}/s, up ${formatBytes(rateUp)}/s`;
}

function shorten(text: string): string {
  return text.length > MAX_TITLE ? `${text.slice(0, MAX_TITLE - 1)}…` : text;
}

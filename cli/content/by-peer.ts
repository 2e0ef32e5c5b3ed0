import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { LocalClient } from "../../client/local-api/local-client.ts";
import { FloodgateError, InputError } from "../../protocol/base/errors.ts";
import { printable } from "../../protocol/base/text.ts";
import { formatBytes, formatMoney, parseAmount } from "../../protocol/base/units.ts";
import type { ContentJson, PeerJson } from "../../protocol/http/peer.ts";
import type { CommandContext } from "../runtime.ts";
import { SAY_AFTER_SEC, verdictByPeer } from "./by-peer-verdict.ts";
import { type CacheOptions, cacheSettings } from "./cache-options.ts";
import { reasonOf, shareOf } from "./describe-content.ts";
import { quoteByPeer } from "./quote-by-peer.ts";
import { WAIT_SEC } from "./standstill.ts";
import { untilChecked } from "./until-checked.ts";

/** `get` and `seed` where a peer runs: it does the work, and goes on when they end. */

interface GetOptions extends CacheOptions {
  readonly out: string;
  readonly maxPrice?: string;
  readonly maxSpend?: string;
  readonly files?: readonly string[];
  readonly stream?: boolean;
  readonly reuse?: string;
  readonly sponsored?: boolean;
  readonly yes?: boolean;
  /** Seconds that nobody may sell. */
  readonly wait?: number;
}

/** A second, which is what `verdictByPeer` counts. */
const LOOK_MS = 1_000;

/**
 * Resolves when the content is complete.
 * @throws {PaymentError} PRICE_TOO_HIGH, SPEND_LIMIT, BALANCE_TOO_LOW, SPONSOR_SPENT
 * @throws {InputError} OPTIONS_CONFLICT, CONTENT_PAUSED; {FloodgateError} MONTH_LIMIT
 * @throws {AccessError} NO_SELLER; {NetworkError} SELLER_MISSING
 */
export async function getByPeer(
  context: CommandContext,
  client: LocalClient,
  id: string,
  options: GetOptions,
): Promise<void> {
  const { output, signal } = context;
  for (const name of ["stream", "reuse"] as const)
    if (options[name])
      throw new InputError(
        "OPTIONS_CONFLICT",
        `a peer runs in this home, and --${name} needs it: \`floodgate peer stop\``,
      );
  const { token } = await client.peer();
  const amount = (text: string): string => `${parseAmount(text, token.decimals)}`;
  const isSponsored = options.sponsored === true;
  await quoteByPeer(context, client, id, token, options);
  const added = await addOnce(client, id, {
    directory: resolve(options.out),
    ...(options.maxPrice === undefined ? {} : { maxPrice: amount(options.maxPrice) }),
    settings: {
      maxSpend: options.maxSpend === undefined ? null : amount(options.maxSpend),
      files: options.files ? [...options.files] : null,
      cache: cacheSettings(options, token),
      isSponsored,
    },
  });
  const { infoHash } = added;
  if (isSponsored && !added.settings.isSponsored && added.state !== "seeding")
    throw new InputError(
      "CONTENT_TWICE",
      `the running peer has it already, and pays for it itself: \`floodgate peer rm ${infoHash}\` first`,
    );
  let content = await untilChecked(client, infoHash, signal);
  if (options.cache !== undefined) {
    const text = `the running peer caches ${printable(content.title)}: \`floodgate peer show ${infoHash}\``;
    output.event("done", { ...content }, text);
    return;
  }
  const patience = options.wait ?? (context.confirm === null ? WAIT_SEC : null);
  let still = 0;
  let told: string | null = null;
  while (content.state !== "seeding") {
    const reason = reasonOf(content, token);
    const verdict = verdictByPeer(content, token, still, patience);
    if (verdict) throw verdict;
    if (still >= SAY_AFTER_SEC && reason !== told && reason !== null)
      output.event("warning", { message: reason }, reason);
    told = still >= SAY_AFTER_SEC ? reason : null;
    output.progress(progressOf(content), inOneLine(content, token));
    await setTimeout(LOOK_MS, null, { signal });
    const next = await client.content(infoHash);
    still = next.bytesDone === content.bytesDone ? still + 1 : 0;
    content = next;
  }
  const path = join(content.path, content.title);
  const cost = content.settings.isSponsored ? "its sponsor paid" : costOf(content, token);
  const done = `${printable(content.title)} is complete in ${printable(content.path)}: ${cost}; the peer serves it on`;
  output.event("done", { path, ...progressOf(content) }, done);
}

function costOf({ pricePerGiB, paid }: ContentJson, token: PeerJson["token"]): string {
  return pricePerGiB === "0" ? "it is free" : `it cost ${formatMoney(paid, token)}`;
}

/** The running peer serves it from now on. */
export async function seedByPeer(
  { output, signal }: CommandContext,
  client: LocalClient,
  id: string,
  file: string,
): Promise<void> {
  const { infoHash } = await addOnce(client, id, { file: resolve(file) });
  const content = await untilChecked(client, infoHash, signal).catch(async (error: unknown) => {
    if (error instanceof FloodgateError) await client.remove(infoHash, false);
    throw error;
  });
  const { torrentPort, voucherPort } = await client.peer();
  const ready = { infoHash, torrentPort, libp2pPort: voucherPort };
  output.event("ready", ready, `the running peer serves ${printable(content.title)}: \`floodgate peer ls\``);
  output.event("done", { infoHash }, null);
}

/** What the peer has already it goes on with. */
async function addOnce(
  client: LocalClient,
  id: string,
  body: Omit<Parameters<LocalClient["add"]>[0], "id">,
): Promise<ContentJson> {
  try {
    return await client.add({ id, ...body });
  } catch (error) {
    if (!(error instanceof FloodgateError) || error.code !== "CONTENT_TWICE") throw error;
    return client.content(id);
  }
}

function progressOf({ bytesDone, sizeBytes, rateDown, rateUp, peers, paid, earned }: ContentJson) {
  return { bytesDone, bytesTotal: sizeBytes, rateDown, rateUp, peers, paid, earned };
}

function inOneLine(content: ContentJson, token: PeerJson["token"]): string {
  const rates = `down ${formatBytes(content.rateDown)}/s, ${content.peers} peers`;
  return `${printable(content.title)}: ${shareOf(content)}, ${rates}; paid ${formatMoney(content.paid, token)}`;
}

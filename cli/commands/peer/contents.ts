import { type Command, InvalidArgumentError } from "commander";
import type { LocalClient } from "../../../client/local-api/local-client.ts";
import { FloodgateError, InputError } from "../../../protocol/base/errors.ts";
import { printable } from "../../../protocol/base/text.ts";
import { parseAmount } from "../../../protocol/base/units.ts";
import type { ContentJson } from "../../../protocol/http/peer.ts";
import { amountArgument, contentIdArgument, patternArgument } from "../../arguments.ts";
import { type CacheOptions, cacheSettings, checkCacheOptions, withCache } from "../../content/cache-options.ts";
import { contentFields, describeContent } from "../../content/describe-content.ts";
import {
  addPeerCommand,
  type OpenedPeer,
  openPeer,
  type PeerContext,
  type PeerOptions,
  peerContextOf,
} from "../../content/open-peer.ts";
import { quoteByPeer } from "../../content/quote-by-peer.ts";
import { untilChecked } from "../../content/until-checked.ts";
import type { Runtime } from "../../runtime.ts";

interface AddOptions extends PeerOptions, CacheOptions {
  readonly out?: string;
  readonly file?: string;
  readonly maxPrice?: string;
  readonly maxSpend?: string;
  readonly files?: readonly string[];
  readonly sponsored?: true;
  readonly yes?: true;
}

const ID = "0123456789abcdef0123456789abcdef01234567";

/** Commands that change what the running peer holds. */
export function addContentCommands(peer: Command, runtime: Runtime): void {
  const command = addPeerCommand(peer, "add", "download content with the running peer, or seed it from a file", [
    `peer add ${ID} --out ~/Downloads`,
    `peer add magnet:?xt=urn:btih:${ID} --out ~/Downloads --max-spend 0.50`,
    `peer add ${ID} --file film.mp4`,
  ])
    .argument("<source>", "id, magnet link, .torrent file, or address of one", sourceArgument)
    .option("--out <directory>", "download into this directory")
    .option("--file <path>", "seed this file or folder, which is published under the id")
    .option("--files <pattern>", "download only files that match, as `floodgate get` has it", patternArgument)
    .option("--sponsored", "let the content's sponsor pay for the download")
    .option("--yes", "do not ask, on a terminal, before a tenth of the account's money or more is spent")
    .option("--max-price <amount>", "refuse content that costs more per GiB", amountArgument)
    .option("--max-spend <amount>", "most that this content may cost", amountArgument);
  withCache(command).action((source: string, options: AddOptions) =>
    add(peerContextOf(runtime, options), source, options),
  );

  change(peer, runtime, "pause", "stop downloading and serving a content, until it is resumed", (client, id) =>
    client.change(id, { isPaused: true }),
  );
  change(peer, runtime, "resume", "go on with a content", async (client, id, context) => {
    await client.change(id, { isPaused: false });
    return untilChecked(client, id, context.signal);
  });
  change(peer, runtime, "verify", "hash every piece of a content that is on disk", (client, id) => client.verify(id));

  addPeerCommand(peer, "move", "move what was downloaded into another directory", [`peer move ${ID} ~/Films`])
    .argument("<id>", "infohash, or its first 8 digits or more", contentIdArgument)
    .argument("<directory>", "where the files go")
    .action((id: string, directory: string, options: PeerOptions) =>
      act(peerContextOf(runtime, options), ({ client, pathOf }) => client.change(id, { directory: pathOf(directory) })),
    );
  addPeerCommand(peer, "rm", "forget a content; what was downloaded stays, unless --data is given", [
    `peer rm ${ID}`,
    `peer rm ${ID} --data`,
  ])
    .argument("<id>", "infohash, or its first 8 digits or more", contentIdArgument)
    .option("--data", "delete what was downloaded, too")
    .action((id: string, options: PeerOptions & { readonly data?: boolean }) =>
      remove(peerContextOf(runtime, options), id, options.data ?? false),
    );
}

/** A command that changes one content and shows it. */
function change(
  peer: Command,
  runtime: Runtime,
  name: string,
  summary: string,
  apply: (client: LocalClient, id: string, context: PeerContext) => Promise<ContentJson>,
): void {
  addPeerCommand(peer, name, summary, [`peer ${name} ${ID}`])
    .argument("<id>", "infohash, or its first 8 digits or more", contentIdArgument)
    .action((id: string, options: PeerOptions) => {
      const context = peerContextOf(runtime, options);
      return act(context, ({ client }) => apply(client, id, context));
    });
}

/**
 * Adds it, and waits until its files were looked at. What cannot be started is not kept.
 * @throws {InputError} OPTIONS_CONFLICT, OPTIONS_INCOMPLETE; and what the peer answers
 */
async function add(context: PeerContext, text: string, options: AddOptions): Promise<void> {
  if (options.out !== undefined && options.file !== undefined)
    throw new InputError("OPTIONS_CONFLICT", "give --out to download, or --file to seed, not both");
  if (options.out === undefined && options.file === undefined)
    throw new InputError("OPTIONS_INCOMPLETE", "give --out DIRECTORY to download, or --file FILE to seed");
  checkCacheOptions(options, { "--file": options.file });
  const { sponsored, file, files, cache, maxSpend } = options;
  if (sponsored && [file, files, cache, maxSpend].some((value) => value !== undefined))
    throw new InputError(
      "OPTIONS_CONFLICT",
      "a sponsor pays for a whole download: leave --file, --files, --cache and --max-spend out",
    );
  const { parseSource, readSource } = await import("../../../client/contents/source.ts");
  await act(context, async ({ client, pathOf }) => {
    const id = await readSource(parseSource(text), context.signal);
    const { token } = await client.peer();
    const { decimals } = token;
    if (options.out !== undefined) await quoteByPeer(context, client, id, token, options);
    const { infoHash } = await client.add({
      id,
      ...(options.out === undefined ? {} : { directory: pathOf(options.out) }),
      ...(options.file === undefined ? {} : { file: pathOf(options.file) }),
      ...(options.maxPrice === undefined ? {} : { maxPrice: `${parseAmount(options.maxPrice, decimals)}` }),
      settings: {
        maxSpend: options.maxSpend === undefined ? null : `${parseAmount(options.maxSpend, decimals)}`,
        files: options.files ? [...options.files] : null,
        cache: cacheSettings(options, token),
        isSponsored: options.sponsored === true,
      },
    });
    try {
      return await untilChecked(client, infoHash, context.signal);
    } catch (error) {
      if (error instanceof FloodgateError) await client.remove(infoHash, false);
      throw error;
    }
  });
}

async function remove(context: PeerContext, id: string, withData: boolean): Promise<void> {
  const { client } = await openPeer(context);
  const { infoHash, title, path } = await client.content(id);
  await client.remove(infoHash, withData);
  const kept = withData ? "its files are deleted" : `its files stay in ${printable(path)}`;
  context.output.event("done", { infoHash, data: withData }, `${printable(title)} is forgotten; ${kept}`);
}

/** Asks the running peer, and shows the content that it answers with. */
async function act(context: PeerContext, ask: (opened: OpenedPeer) => Promise<ContentJson>): Promise<void> {
  const opened = await openPeer(context);
  const content = await ask(opened);
  const { token } = await opened.client.peer();
  context.output.event("done", contentFields(content), describeContent(content, token));
}

function sourceArgument(text: string): string {
  if (text.length > 4096) throw new InvalidArgumentError("It is too long to name a content.");
  return text;
}

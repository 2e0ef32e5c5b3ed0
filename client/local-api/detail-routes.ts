import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Value } from "typebox/value";
import { MAX_METAINFO_BYTES } from "../../protocol/base/constants.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { max, owed } from "../../protocol/base/units.ts";
import { parseMetainfo } from "../../protocol/bittorrent/metainfo.ts";
import { IdSchema } from "../../protocol/http/peer.ts";
import { BansSchema, OfferSchema, SourceSchema, WiresSchema } from "../../protocol/http/peer-detail.ts";
import { findOffer } from "../account/offer.ts";
import type { AuthorityClient } from "../authority-client.ts";
import { bansOf, wiresOf } from "../contents/content-wires.ts";
import { parseSource, readSource } from "../contents/source.ts";
import { readMetainfo } from "../torrent/content/metainfo.ts";
import { select } from "../torrent/content/selection.ts";
import type { LocalPeer, Server } from "./routes.ts";
import { wireJson } from "./to-json.ts";

/** What a display shows of a content besides the content itself, and what may become one. */
export function addDetailRoutes(server: Server, { run, contents, signal, nowSec }: LocalPeer): void {
  server.get(
    "/v1/contents/:id/wires",
    {
      schema: {
        summary: "connections of a content, with what is bought and sold over them",
        params: IdSchema,
        response: { 200: WiresSchema },
      },
    },
    ({ params }) => ({ wires: wiresOf(run, contents, contents.find(params.id).infoHash).map(wireJson) }),
  );
  server.get(
    "/v1/bans",
    { schema: { summary: "accounts with which nothing is traded for now", response: { 200: BansSchema } } },
    () => ({ bans: bansOf(run.store, nowSec()) }),
  );
  server.addContentTypeParser(
    "application/x-bittorrent",
    { parseAs: "buffer", bodyLimit: MAX_METAINFO_BYTES },
    async (_request: FastifyRequest, body: Buffer) => body,
  );
  server.post(
    "/v1/offers",
    {
      bodyLimit: MAX_METAINFO_BYTES,
      schema: {
        summary: "what an id, a magnet link, or a .torrent file (application/x-bittorrent) names, and what it costs",
        response: { 200: OfferSchema },
      },
    },
    async ({ body }) => {
      const asked = body instanceof Uint8Array ? { source: parseMetainfo(body).infoHash } : sourceOf(body);
      const { torrent, metainfo } = await findOffer(run.account, await idOf(asked.source, signal), signal);
      const { infoHash, title, publisher, pricePerGiB, sharePercent } = torrent;
      const { sizeBytes } = select(await readMetainfo(metainfo, infoHash), asked.files ?? null);
      return {
        ...{ infoHash, title, publisher, sizeBytes, pricePerGiB, sharePercent },
        cost: owed(sizeBytes, BigInt(pricePerGiB)).toString(),
        spendable: pricePerGiB === "0" ? null : await spendableOf(run.account.client, signal),
        isHeld: contents.get(infoHash) !== null,
      };
    },
  );
}

/** The balance, less what leaves the account; base units. */
async function spendableOf(client: AuthorityClient, signal: AbortSignal): Promise<string> {
  const { balance, withdrawing } = await client.account(signal);
  return max(0n, BigInt(balance) - BigInt(withdrawing)).toString();
}

/** @throws {InputError} REQUEST_INVALID */
function sourceOf(body: unknown): Static<typeof SourceSchema> {
  if (Value.Check(SourceSchema, body)) return body;
  throw new InputError("REQUEST_INVALID", 'give {"source": "an id, a magnet link or an address"}, and perhaps "files"');
}

/** @throws {InputError} SOURCE_INVALID; and as `readSource` */
async function idOf(text: string, signal: AbortSignal): Promise<string> {
  const source = parseSource(text.trim());
  // A path of this machine is no business of a page: it sends the file itself.
  if (source.type === "file") throw new InputError("SOURCE_INVALID", "give an id, a magnet link, or the .torrent file");
  return readSource(source, signal);
}

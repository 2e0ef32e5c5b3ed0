import { isAbsolute } from "node:path";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, RawServerDefault } from "fastify";
import { InputError, PaymentError } from "../../protocol/base/errors.ts";
import { formatMoney } from "../../protocol/base/units.ts";
import {
  AddSchema,
  ChangeSchema,
  type ContentJson,
  ContentSchema,
  ContentsSchema,
  IdSchema,
  PeerChangeSchema,
  type PeerJson,
  PeerSchema,
  RemoveSchema,
} from "../../protocol/http/peer.ts";
import type { PeerSettings } from "../../protocol/http/peer-settings.ts";
import type { TorrentReply } from "../../protocol/http/torrents.ts";
import { findOffer } from "../account/offer.ts";
import type { ContentView } from "../contents/content-view.ts";
import type { Contents } from "../contents/contents.ts";
import type { KeptMonth } from "../contents/month/keep-month.ts";
import type { PlayedFiles } from "../contents/played-files.ts";
import type { PeerFacts } from "../contents/reasons.ts";
import { readPeerSettings, savePeerSettings } from "../contents/settings.ts";
import type { PortMapping } from "../ports/port-mapping.ts";
import type { PeerRun } from "../run-peer.ts";
import type { EventHub } from "./event-hub.ts";
import type { KeptLimits } from "./keep-limits.ts";
import type { RateHistory } from "./rate-history.ts";
import { contentJson } from "./to-json.ts";

export type Server = FastifyInstance<
  RawServerDefault,
  import("node:http").IncomingMessage,
  import("node:http").ServerResponse,
  import("fastify").FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the API of a running peer acts on. */
export interface LocalPeer {
  readonly run: Pick<PeerRun, "peer" | "account" | "store" | "totals">;
  readonly contents: Contents;
  readonly files: PlayedFiles;
  readonly events: EventHub;
  readonly rates: RateHistory;
  readonly limits: KeptLimits;
  readonly month: Pick<KeptMonth, "view" | "look">;
  /** Null: no router was asked. */
  readonly ports: Pick<PortMapping, "view"> | null;
  /** Where downloads go unless another directory is chosen. */
  readonly directory: string;
  readonly startedAtMs: number;
  readonly nowMs: () => number;
  /** Seconds since 1970. */
  readonly nowSec: () => number;
  readonly signal: AbortSignal;
  /** Ends the peer in order. */
  readonly stop: () => void;
}

export function addContentRoutes(server: Server, local: LocalPeer): void {
  const { run, contents, signal } = local;
  const { account } = run;
  const jsonOf = (view: ContentView): ContentJson => contentJson(view, peerFacts(local));
  server.get("/v1/contents", { schema: { summary: "all contents", response: { 200: ContentsSchema } } }, () => {
    const facts = peerFacts(local);
    return { contents: contents.list().map((view) => contentJson(view, facts)) };
  });
  const oneOf = { params: IdSchema, response: { 200: ContentSchema } };
  server.get("/v1/contents/:id", { schema: { summary: "one content", ...oneOf } }, ({ params }) =>
    jsonOf(contents.find(params.id)),
  );
  server.post(
    "/v1/contents",
    { schema: { summary: "download, or seed what is there", body: AddSchema, response: { 201: ContentSchema } } },
    async ({ body }, reply) => {
      const { id, directory, file, maxPrice, settings } = body;
      const path = directory ?? file;
      if (path === undefined || (directory !== undefined && file !== undefined))
        throw new InputError("REQUEST_INVALID", "give either a directory to download into or a file to seed");
      if (!isAbsolute(path)) throw new InputError("REQUEST_INVALID", "give an absolute path");
      const offer = await findOffer(account, id, signal);
      refuseDear(offer.torrent, maxPrice, account.network.info.token);
      if (settings?.cache && (offer.torrent.pricePerGiB === "0" || directory === undefined))
        throw new InputError("OPTIONS_CONFLICT", "only a download that costs something can be cached: leave it out");
      if (settings?.isSponsored && (settings.cache || settings.files || settings.maxSpend || directory === undefined))
        throw new InputError("OPTIONS_CONFLICT", "a sponsor pays for a whole download, and for nothing else");
      const place = directory === undefined ? "seed" : "download";
      const view = await contents.add({ offer, place, path, ...(settings ? { settings } : {}) });
      return reply.code(201).send(jsonOf(view));
    },
  );
  server.patch(
    "/v1/contents/:id",
    { schema: { summary: "pause, resume, move, set", body: ChangeSchema, ...oneOf } },
    async ({ params, body }) => {
      const { infoHash } = contents.find(params.id);
      if (body.directory !== undefined && !isAbsolute(body.directory))
        throw new InputError("REQUEST_INVALID", "give an absolute path");
      if (body.settings) await contents.set(infoHash, body.settings);
      if (body.directory !== undefined) await contents.move(infoHash, body.directory);
      if (body.isPaused === true) await contents.pause(infoHash);
      if (body.isPaused === false) await contents.resume(infoHash);
      return jsonOf(contents.find(infoHash));
    },
  );
  server.post(
    "/v1/contents/:id/verify",
    { schema: { summary: "hash every piece; answers when that is done", ...oneOf } },
    async ({ params }) => {
      const { infoHash } = contents.find(params.id);
      await contents.verify(infoHash);
      return jsonOf(contents.find(infoHash));
    },
  );
  server.delete(
    "/v1/contents/:id",
    {
      schema: {
        summary: "forget it; with data, delete what was downloaded",
        params: IdSchema,
        querystring: RemoveSchema,
      },
    },
    async ({ params, query }, reply) => {
      await contents.remove(contents.find(params.id).infoHash, query.data ?? false);
      return reply.code(204).send();
    },
  );
}

export function addPeerRoutes(server: Server, local: LocalPeer): void {
  const { run, stop } = local;
  server.get("/v1/peer", { schema: { summary: "the peer", response: { 200: PeerSchema } } }, () => peerJson(local));
  server.patch(
    "/v1/peer",
    { schema: { summary: "limits, caps and the lowest price", body: PeerChangeSchema, response: { 200: PeerSchema } } },
    async ({ body }) => {
      const settings: PeerSettings = { ...readPeerSettings(run.store), ...body };
      await savePeerSettings(run.store, settings);
      run.peer.capsChanged();
      local.limits.apply();
      await local.month.look();
      return peerJson(local);
    },
  );
  server.post("/v1/peer/stop", { schema: { summary: "end the peer in order" } }, (_request, reply) => {
    reply.raw.on("finish", stop);
    return reply.code(202).send();
  });
}

export function peerJson({ run, contents, month, ports, startedAtMs, nowMs, directory }: LocalPeer): PeerJson {
  const { peer, account, store } = run;
  const { info } = account.network;
  const { bytesDown, bytesUp, paid, earned } = run.totals();
  const { count, rateDown, rateUp } = contents.rates();
  return {
    version: info.version,
    account: account.identity.account,
    token: info.token,
    torrentPort: peer.torrentPort,
    voucherPort: peer.libp2pPort,
    portMapping: ports?.view() ?? null,
    uptimeSec: Math.floor((nowMs() - startedAtMs) / 1_000),
    contents: count,
    ...{ rateDown, rateUp, bytesDown, bytesUp, directory },
    paid: paid.toString(),
    earned: earned.toString(),
    month: month.view(),
    settings: readPeerSettings(store),
  };
}

/** What of the whole peer explains the state of one content. */
export function peerFacts({
  run,
  contents,
  month,
}: Pick<LocalPeer, "run" | "contents"> & { readonly month: Pick<KeptMonth, "view"> }): PeerFacts {
  const { rateDown, rateUp, wires } = contents.rates();
  const { endsAt: monthEndsAt } = month.view();
  const { token } = run.account.network.info;
  return { settings: readPeerSettings(run.store), monthEndsAt, rateDown, rateUp, wires, token };
}

function refuseDear(
  { pricePerGiB }: Pick<TorrentReply, "pricePerGiB">,
  maxPrice: string | undefined,
  token: Parameters<typeof formatMoney>[1],
): void {
  if (maxPrice === undefined || BigInt(pricePerGiB) <= BigInt(maxPrice)) return;
  throw new PaymentError(
    "PRICE_TOO_HIGH",
    `it costs ${formatMoney(pricePerGiB, token)} per GiB, more than the price that you allow: raise that, or leave it`,
  );
}

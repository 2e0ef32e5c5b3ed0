import { InputError, PaymentError } from "../../protocol/base/errors.ts";
import type { InfoHash } from "../../protocol/base/ids.ts";
import { formatMoney, owed } from "../../protocol/base/units.ts";
import type { ByteRange } from "../../protocol/http/byte-range.ts";
import { findOffer } from "../account/offer.ts";
import type { Contents } from "../contents/contents.ts";
import type { PeerRun } from "../run-peer.ts";
import { piecesOf } from "../stream/read-file.ts";
import { describeContent, type ProxiedContent, type ProxiedFile } from "./describe-content.ts";
import { createHubNames } from "./hub-names.ts";

export interface ProxiedContents {
  /** Nothing is bought yet. @throws {AccessError} TORRENT_UNKNOWN; {InputError} ID_AMBIGUOUS */
  find(id: string): Promise<ProxiedContent>;
  /** By ORG/NAME. @throws {AccessError} TORRENT_UNKNOWN; {ProtocolError} LISTING_FORGED */
  findNamed(repo: string): Promise<ProxiedContent>;
  /**
   * Starts to buy, if something of this range is missing; `done` ends it once nobody reads.
   * @throws {PaymentError} SPEND_LIMIT, BALANCE_TOO_LOW; and why the content cannot start
   */
  buy(file: ProxiedFile, range: ByteRange): Promise<{ done(): void }>;
  /** One more piece of this content is on disk. */
  arrived(infoHash: InfoHash): void;
  /** The state of this content has changed. */
  changed(infoHash: InfoHash): void;
}

export interface ProxyOptions {
  readonly run: Pick<PeerRun, "peer" | "account" | "store">;
  readonly contents: () => Contents;
  /** Where downloads go. */
  readonly directory: string;
  /** Ids of contents by ORG/NAME. */
  readonly hub: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly nowMs: () => number;
  readonly onProblem: (error: unknown) => void;
}

/**
 * A content that nobody reads rests after this long, since only what is read should be bought. A
 * program that reads in parts asks for the next one sooner.
 */
const REST_MS = 3_000;

interface Known extends ProxiedContent {
  readers: number;
  cancelRest: (() => void) | null;
}

export function createProxiedContents(options: ProxyOptions): ProxiedContents {
  const { run, contents, directory, hub, signal, setTimer, nowMs, onProblem } = options;
  const known = new Map<InfoHash, Known>();
  const names = createHubNames({ hub, account: run.account, signal, nowMs });
  const waiting = new Map<InfoHash, (() => void)[]>();

  const learn = async (id: string): Promise<Known> => {
    const before = known.get(id);
    if (before) return before;
    const offer = await findOffer(run.account, id, signal);
    const described = await describeContent(
      offer,
      (infoHash) => contents().get(infoHash) ?? { place: "download", path: directory },
    );
    const learned = { ...described, readers: 0, cancelRest: null };
    known.set(offer.torrent.infoHash, learned);
    return learned;
  };
  const nextChange = (infoHash: InfoHash): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(infoHash, [...(waiting.get(infoHash) ?? []), resolve]);
    return promise;
  };
  const start = async ({ offer }: Known): Promise<void> => {
    const { infoHash } = offer.torrent;
    const view = contents().get(infoHash);
    if (view?.settings.files != null)
      throw new InputError(
        "OPTIONS_CONFLICT",
        `the peer takes only some files of it: \`floodgate peer rm ${infoHash}\``,
      );
    if (view?.settings.cache)
      throw new InputError("OPTIONS_CONFLICT", `the peer only caches it: \`floodgate peer rm ${infoHash}\``);
    if (!view) await contents().add({ offer, place: "download", path: directory });
    else if (view.state === "paused" || view.state === "failed") await contents().resume(infoHash);
    for (;;) {
      const now = contents().get(infoHash);
      if (now?.problem && now.state === "failed") throw now.problem;
      if (now?.state === "downloading" || now?.state === "seeding") return;
      await nextChange(infoHash);
    }
  };
  const rest = (one: Known, infoHash: InfoHash): void => {
    one.cancelRest = setTimer(() => {
      one.cancelRest = null;
      const isUnread = one.readers === 0 && contents().get(infoHash)?.state === "downloading";
      if (isUnread) contents().pause(infoHash).catch(onProblem);
    }, REST_MS);
  };

  return {
    find: learn,
    findNamed: async (repo) => learn(await names(repo)),
    async buy(file, range) {
      const { infoHash } = file;
      const one = known.get(infoHash) as Known;
      one.cancelRest?.();
      one.cancelRest = null;
      one.readers++;
      const done = (): void => {
        one.readers--;
        if (one.readers === 0) rest(one, infoHash);
      };
      try {
        await refuseDear(options, file, range);
        await start(one);
      } catch (error) {
        done();
        throw error;
      }
      for (const { readers } of one.files) readers.use(contentOf(contents(), infoHash));
      return { done };
    },
    arrived(infoHash) {
      for (const { readers } of known.get(infoHash)?.files ?? []) readers.arrived();
    },
    changed(infoHash) {
      for (const resolve of waiting.get(infoHash)?.splice(0) ?? []) resolve();
    },
  };
}

/** The running content, whichever it is after it rested. */
function contentOf(contents: Contents, infoHash: InfoHash) {
  return {
    isOnDisk: (piece: number) => contents.running(infoHash)?.isOnDisk(piece) ?? false,
    readFrom: (piece: number) => contents.running(infoHash)?.readFrom(piece),
  };
}

/** What of the range is not on disk must be within the caps and the balance. */
async function refuseDear({ run, contents }: ProxyOptions, file: ProxiedFile, range: ByteRange): Promise<void> {
  const { infoHash, pricePerGiB } = file;
  if (pricePerGiB === 0n) return;
  const { first, last } = piecesOf(file.file, range);
  const content = contents().running(infoHash);
  let missing = 0;
  for (let piece = first; piece <= last; piece++) if (!content?.isOnDisk(piece)) missing++;
  const view = contents().get(infoHash);
  // A complete content that rests costs nothing either.
  const isComplete = view !== null && view.bytesDone === view.sizeBytes;
  if (missing === 0 || isComplete) return;
  const cost = owed(missing * file.file.pieceLength, pricePerGiB);
  const { token } = run.account.network.info;
  const left = run.peer.spendLeft(infoHash);
  if (left !== null && cost > left)
    throw new PaymentError(
      "SPEND_LIMIT",
      `it costs ${formatMoney(cost, token)}, and the caps leave ${formatMoney(left < 0n ? 0n : left, token)}: raise --max-spend`,
    );
  const { balance, withdrawing } = await run.account.client.account();
  if (BigInt(balance) - BigInt(withdrawing) < cost)
    throw new PaymentError(
      "BALANCE_TOO_LOW",
      `it costs ${formatMoney(cost, token)}, more than the account has: pay in with \`floodgate deposit\``,
    );
}

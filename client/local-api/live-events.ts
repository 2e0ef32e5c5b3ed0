import type { InfoHash } from "../../protocol/base/ids.ts";
import { type DetailEvent, EventsSchema, type SnapshotEvent } from "../../protocol/http/peer-detail.ts";
import { wiresOf } from "../contents/content-wires.ts";
import { eventText } from "./event-hub.ts";
import { RATE_STEP_SEC } from "./rate-history.ts";
import { type LocalPeer, peerFacts, peerJson, type Server } from "./routes.ts";
import { contentJson, wireJson } from "./to-json.ts";

/**
 * What a display follows. It begins with the whole state, so that one that was cut off needs
 * nothing but to come again. Nothing is computed while nobody listens.
 */

const LOOK_MS = 1_000;

export function addEventRoutes(server: Server, local: LocalPeer): void {
  const { events, contents } = local;
  server.get(
    "/v1/events",
    {
      schema: {
        summary: "the state and its changes, as server-sent events; with content, that one's wires and files",
        querystring: EventsSchema,
      },
    },
    async ({ query }, reply) => {
      const infoHash = query.content === undefined ? null : contents.find(query.content).infoHash;
      const first =
        infoHash === null
          ? eventText("snapshot", snapshotOf(local))
          : eventText("detail", await detailOf(local, infoHash));
      const headers = { ...reply.getHeaders(), "content-type": "text/event-stream" } as Record<string, string>;
      const { raw } = reply.hijack();
      if (!events.join(raw, infoHash)) {
        raw.writeHead(503, { "retry-after": "5" }).end();
        return;
      }
      raw.writeHead(200, headers);
      raw.write(first);
    },
  );
}

/**
 * Tells listeners once a second what has changed without an event of its own: rates, bytes, money.
 * Returns how to end that.
 */
export function startLooking(
  local: LocalPeer,
  setTimer: (run: () => void, ms: number) => () => void,
  onFault: (error: unknown) => void,
): () => void {
  const { events, contents, rates } = local;
  let looks = 0;
  /** They were busy at the last look, so their last change is still to be told. */
  let before: ReadonlySet<InfoHash> = new Set();
  const look = async (): Promise<void> => {
    const topics = events.topics();
    if (looks++ % (RATE_STEP_SEC * (1_000 / LOOK_MS)) === 0) {
      rates.add(contents.rates());
      if (topics.has(null)) events.send("rates", rates.read());
    }
    if (topics.has(null)) {
      const now = new Set(contents.busy());
      const facts = peerFacts(local);
      events.send("peer", peerJson(local));
      for (const infoHash of new Set([...before, ...now])) {
        const view = contents.get(infoHash);
        if (view) events.send("content", contentJson(view, facts));
      }
      before = now;
    }
    for (const topic of topics)
      if (topic !== null && contents.get(topic)) events.send("detail", await detailOf(local, topic), topic);
  };
  let isOver = false;
  let cancel = (): void => undefined;
  const again = (): void => {
    if (isOver) return;
    cancel = setTimer(() => void look().catch(onFault).finally(again), LOOK_MS);
  };
  again();
  return () => {
    isOver = true;
    cancel();
  };
}

function snapshotOf(local: LocalPeer): SnapshotEvent {
  const facts = peerFacts(local);
  const contents = local.contents.list().map((view) => contentJson(view, facts));
  return { peer: peerJson(local), contents, rates: local.rates.read() };
}

async function detailOf(local: LocalPeer, infoHash: InfoHash): Promise<DetailEvent> {
  const { run, contents, files } = local;
  const held = await files.list(infoHash);
  return {
    content: contentJson(contents.find(infoHash), peerFacts(local)),
    wires: wiresOf(run, contents, infoHash).map(wireJson),
    files: held,
  };
}

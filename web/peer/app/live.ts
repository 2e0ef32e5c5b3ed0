import { batch, effect } from "@preact/signals";
import type { ContentJson, PeerJson } from "../../../protocol/http/peer.ts";
import type { DetailEvent, RatesEvent, SnapshotEvent } from "../../../protocol/http/peer-detail.ts";
import { readBans } from "./api.ts";
import { follow } from "./follow.ts";
import { bans, contents, detail, link, opened, peer, rates } from "./state.ts";

/** Keeps the state as the peer's, while somebody looks. */

const BANS_MS = 15_000;

export function keepLive(): void {
  let watching = new AbortController();
  const watch = (): void => {
    watching.abort();
    if (document.hidden) return;
    watching = new AbortController();
    followAll(watching.signal);
    lookAtBans(watching.signal);
  };
  // A page that nobody sees holds no connection: browsers have few for one host.
  document.addEventListener("visibilitychange", watch);
  watch();
  let following = new AbortController();
  effect(() => {
    const infoHash = opened.value;
    following.abort();
    detail.value = null;
    if (infoHash === null || link.value === "logged-out") return;
    following = new AbortController();
    followOne(infoHash, following.signal);
  });
}

function followAll(signal: AbortSignal): void {
  void follow(
    "/v1/events",
    {
      take(events) {
        batch(() => {
          const next = new Map(contents.value);
          for (const { name, data } of events) takeEvent(name, data, next);
          contents.value = next;
          link.value = "live";
        });
      },
      lost() {
        link.value = peer.value === null ? "opening" : "lost";
      },
      refused() {
        link.value = "logged-out";
      },
    },
    signal,
  );
}

function takeEvent(name: string, data: unknown, next: Map<string, ContentJson>): void {
  switch (name) {
    case "snapshot": {
      const snapshot = data as SnapshotEvent;
      peer.value = snapshot.peer;
      rates.value = snapshot.rates;
      next.clear();
      for (const content of snapshot.contents) next.set(content.infoHash, content);
      break;
    }
    case "peer":
      peer.value = data as PeerJson;
      break;
    case "rates":
      rates.value = data as RatesEvent;
      break;
    case "content": {
      const content = data as ContentJson;
      next.set(content.infoHash, content);
      break;
    }
    case "removed":
      next.delete((data as { infoHash: string }).infoHash);
      break;
  }
}

function followOne(infoHash: string, signal: AbortSignal): void {
  void follow(
    `/v1/events?content=${infoHash}`,
    {
      take(events) {
        const last = events.findLast(({ name }) => name === "detail");
        if (last) detail.value = last.data as DetailEvent;
      },
      lost: () => undefined,
      refused: () => undefined,
    },
    signal,
  );
}

function lookAtBans(signal: AbortSignal): void {
  const look = async (): Promise<void> => {
    if (signal.aborted) return;
    // The link says by itself when the peer is away.
    const read = await readBans().catch(() => null);
    if (read && !signal.aborted) bans.value = read.bans;
    setTimeout(look, BANS_MS);
  };
  void look();
}

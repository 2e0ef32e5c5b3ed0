import { Value } from "typebox/value";
import type { Amount } from "../../protocol/base/units.ts";
import {
  type ContentChange,
  type ContentSettings,
  ContentSettingsSchema,
  type PeerSettings,
  PeerSettingsSchema,
} from "../../protocol/http/peer-settings.ts";
import type { ContentStore } from "../store/content-store.ts";
import type { ContentRates } from "../torrent/content/content-limits.ts";
import type { CacheTerms } from "./cache-terms.ts";

/** What was set, for the whole peer and for one content, in the store. */

const NO_PEER_SETTINGS: PeerSettings = {
  uploadLimit: null,
  downloadLimit: null,
  schedule: [],
  diskQuota: null,
  monthlyLimit: null,
  maxWires: null,
  maxSpend: null,
  maxSpendPerDay: null,
  minPrice: null,
};

export const NO_CONTENT_SETTINGS: ContentSettings = {
  ...{ maxSpend: null, files: null, cache: null, isSponsored: false },
  ...{ uploadLimit: null, downloadLimit: null, maxWires: null },
};

const NAME = "peer";

export function readPeerSettings(store: Pick<ContentStore, "readSetting">): PeerSettings {
  const value = { ...NO_PEER_SETTINGS, ...parseJson(store.readSetting(NAME)) };
  return Value.Check(PeerSettingsSchema, value) ? value : NO_PEER_SETTINGS;
}

export function savePeerSettings(store: Pick<ContentStore, "saveSetting">, settings: PeerSettings): Promise<void> {
  return store.saveSetting(NAME, JSON.stringify(settings));
}

export function readContentSettings(text: string): ContentSettings {
  const value = { ...NO_CONTENT_SETTINGS, ...parseJson(text) };
  return Value.Check(ContentSettingsSchema, value) ? value : NO_CONTENT_SETTINGS;
}

export function changeSettings(text: string, change: ContentChange): string {
  return JSON.stringify({ ...readContentSettings(text), ...change });
}

export function cacheTermsOf({ cache }: ContentSettings): CacheTerms | null {
  return cache && { budget: BigInt(cache.budget), stopLoss: BigInt(cache.stopLoss) };
}

export function contentRates({ uploadLimit, downloadLimit, maxWires }: ContentSettings): ContentRates {
  return { up: uploadLimit, down: downloadLimit, wires: maxWires };
}

export function capOf(text: string | null): Amount | null {
  return text === null ? null : BigInt(text);
}

function parseJson(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // Written whole by this program or not at all.
    return {};
  }
}

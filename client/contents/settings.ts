import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { AmountSchema, object } from "../../protocol/base/schemas.ts";
import type { Amount } from "../../protocol/base/units.ts";
import type { ContentStore } from "../store/content-store.ts";

/** What a person may set, for the whole peer and for one content. Null: no limit. */

const LimitSchema = Type.Union([Type.Null(), Type.Integer({ minimum: 16_384, maximum: 2 ** 40 })], {
  description: "bytes a second",
});
/** Of files that are wanted; each file is matched with each. */
const MAX_PATTERNS = 100;
const MAX_PATTERN = 1_000;
const CapSchema = Type.Union([Type.Null(), AmountSchema]);

export const PeerSettingsSchema = object({
  uploadLimit: LimitSchema,
  downloadLimit: LimitSchema,
  /** Most that all downloads may promise, ever and on each day (UTC). */
  maxSpend: CapSchema,
  maxSpendPerDay: CapSchema,
  /** As a seller: content that is cheaper per GiB is downloaded, and not served. */
  minPrice: CapSchema,
});
export type PeerSettings = Static<typeof PeerSettingsSchema>;

const FilesSchema = Type.Union([
  Type.Null(),
  Type.Array(Type.String({ minLength: 1, maxLength: MAX_PATTERN }), { minItems: 1, maxItems: MAX_PATTERNS }),
]);

export const ContentSettingsSchema = object({
  /** Most that this content may cost, over all runs. */
  maxSpend: CapSchema,
  /** Patterns of the files that are wanted; null: all. */
  files: FilesSchema,
});
export type ContentSettings = Static<typeof ContentSettingsSchema>;
/** What is left out stays as it is. */
export const ContentChangeSchema = Type.Partial(ContentSettingsSchema);
export type ContentChange = Static<typeof ContentChangeSchema>;

const NO_PEER_SETTINGS: PeerSettings = {
  uploadLimit: null,
  downloadLimit: null,
  maxSpend: null,
  maxSpendPerDay: null,
  minPrice: null,
};
export const NO_CONTENT_SETTINGS: ContentSettings = { maxSpend: null, files: null };

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

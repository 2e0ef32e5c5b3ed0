import type { InfoHash } from "../../protocol/base/ids.ts";
import type { CheckedPieces, ContentRecord } from "./records.ts";
import type { Tables } from "./tables.ts";

/** Which contents a peer holds, and its settings: what it goes on with after a restart. */
export interface ContentStore {
  /** Oldest first. */
  listContents(): ContentRecord[];
  /** Its .torrent file. */
  findMetainfo(infoHash: InfoHash): Uint8Array | null;
  /** Replaces what is known of it. */
  addContent(record: ContentRecord, metainfo: Uint8Array): Promise<void>;
  /** Where it is, whether it rests, and what was set for it. */
  updateContent(record: ContentRecord): Promise<void>;
  removeContent(infoHash: InfoHash): Promise<void>;
  findChecked(infoHash: InfoHash): CheckedPieces | null;
  /** Null: every piece is to be hashed again. */
  saveChecked(infoHash: InfoHash, checked: CheckedPieces | null): Promise<void>;
  /** Null: it was never set. */
  readSetting(name: string): string | null;
  saveSetting(name: string, value: string): Promise<void>;
  /** `changed` runs after each change of a setting, of the peer or of a content. */
  onSettings(changed: () => void): void;
}

type Row = Omit<ContentRecord, "pricePerGiB" | "isPaused"> & {
  readonly pricePerGiB: string;
  readonly isPaused: number;
};
type CheckedRow = { readonly checked: Uint8Array | null; readonly stamps: string | null };

export function openContentStore(tables: Tables): ContentStore {
  const read = prepareReads(tables);
  const write = prepareWrites(tables);
  const watchers: (() => void)[] = [];
  const change = (apply: () => void): Promise<void> =>
    tables.save(() => {
      apply();
      for (const changed of watchers) changed();
    });
  return {
    listContents: () => read.contents(),
    findMetainfo: (infoHash) => read.metainfo(infoHash)[0] ?? null,
    addContent: (record, metainfo) =>
      change(() => {
        const { infoHash, title, sharePercent, sizeBytes, pieceLength, place, path, addedAt, isPaused, settings } =
          record;
        const price = record.pricePerGiB.toString();
        const paused = isPaused ? 1 : 0;
        const terms = [price, sharePercent];
        write.add(infoHash, title, ...terms, sizeBytes, pieceLength, metainfo, place, path, addedAt, paused, settings);
      }),
    updateContent: ({ infoHash, place, path, isPaused, settings }) =>
      change(() => void write.update(place, path, isPaused ? 1 : 0, settings, infoHash)),
    removeContent: (infoHash) => change(() => void write.remove(infoHash)),
    findChecked: (infoHash) => read.checked(infoHash)[0] ?? null,
    saveChecked: (infoHash, known) =>
      tables.save(() => void write.checked(known?.bits ?? null, known?.stamps ?? null, infoHash)),
    readSetting: (name) => read.setting(name)[0] ?? null,
    saveSetting: (name, value) => change(() => void write.setting(name, value)),
    onSettings: (changed) => void watchers.push(changed),
  };
}

function prepareReads(tables: Tables) {
  return {
    contents: tables.all(
      `SELECT infoHash, title, pricePerGiB, sharePercent, sizeBytes, pieceLength, place, path, addedAt, isPaused, settings
       FROM contents ORDER BY addedAt, infoHash`,
      ({ pricePerGiB, isPaused, ...row }: Row): ContentRecord => ({
        ...row,
        pricePerGiB: BigInt(pricePerGiB),
        isPaused: isPaused === 1,
      }),
    ),
    metainfo: tables.all(
      "SELECT metainfo FROM contents WHERE infoHash = ?",
      ({ metainfo }: { metainfo: Uint8Array }) => new Uint8Array(metainfo),
    ),
    checked: tables.all("SELECT checked, stamps FROM contents WHERE infoHash = ?", readChecked),
    setting: tables.all("SELECT value FROM settings WHERE name = ?", ({ value }: { value: string }) => value),
  };
}

function prepareWrites(tables: Tables) {
  return {
    add: tables.run(
      `INSERT OR REPLACE INTO contents
         (infoHash, title, pricePerGiB, sharePercent, sizeBytes, pieceLength, metainfo, place, path, addedAt, isPaused,
          settings)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: tables.run("UPDATE contents SET place = ?, path = ?, isPaused = ?, settings = ? WHERE infoHash = ?"),
    remove: tables.run("DELETE FROM contents WHERE infoHash = ?"),
    checked: tables.run("UPDATE contents SET checked = ?, stamps = ? WHERE infoHash = ?"),
    setting: tables.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)"),
  };
}

function readChecked({ checked, stamps }: CheckedRow): CheckedPieces | null {
  return checked && stamps !== null ? { bits: new Uint8Array(checked), stamps } : null;
}

import type { Hex } from "../../facts/primitives.ts";
import type { BundleFile, Files } from "../bundle-files.ts";
import type { BundleHeader } from "../format/bundle-format.ts";
import { type Content, insert, lowerBound, type Shelf } from "./shelf.ts";

/** What bundle-files.ts keeps in tables. */
export class MemoryFiles implements Files {
  readonly #shelf: Shelf;
  readonly #byTime: Content[] = [];
  #count = 0;
  #drafts = 0;
  #lastNamed = 0;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  addDraft(name: Hex, { previous, block, time }: BundleHeader): number {
    const file = --this.#drafts;
    const content: Content = {
      ...{ file: { file, name, previous, block, time, batch: null }, allotments: [] },
      ...{ listed: new Map(), statements: [] },
    };
    this.#shelf.contents.set(file, content);
    this.#shelf.byName.set(name, content);
    return file;
  }

  /** Below 0. */
  get newestDraft(): number {
    return this.#drafts;
  }

  /** Forgets the newest draft, which turned out to be none. */
  undoDraft(draft: number): void {
    const { name } = this.#shelf.content(draft).file;
    this.#shelf.contents.delete(draft);
    this.#shelf.byName.delete(name);
  }

  append(draft: number): number {
    const content = this.#shelf.content(draft);
    const file = ++this.#count;
    content.file = { ...content.file, file };
    content.allotments = content.allotments.map((one) => ({ ...one, file }));
    for (const [key, one] of content.listed) content.listed.set(key, { ...one, file });
    this.#shelf.contents.delete(draft);
    this.#shelf.contents.set(file, content);
    insert(this.#byTime, content, (other) => other.file.time > content.file.time);
    for (const tell of this.#shelf.placed) tell(content);
    return file;
  }

  find(name: Hex): BundleFile | undefined {
    return this.#shelf.byName.get(name)?.file;
  }

  isFollowed(name: Hex): boolean {
    return [...this.#shelf.contents.values()].some(({ file }) => file.previous === name);
  }

  last(): BundleFile | undefined {
    return this.at(this.#count);
  }

  lastNamed(): BundleFile | undefined {
    return this.at(this.#lastNamed);
  }

  firstSince(time: number, what: "any" | "batch"): BundleFile | undefined {
    const start = lowerBound(this.#byTime, ({ file }) => file.time < time);
    for (let i = start; i < this.#byTime.length; i++) {
      const { file, listed } = this.#byTime[i] as Content;
      if (what === "any" || [...listed.values()].some(({ reason }) => reason === null)) return file;
    }
    return undefined;
  }

  at(file: number): BundleFile | undefined {
    return this.#shelf.contents.get(file)?.file;
  }

  setBatch(file: number, batch: number): void {
    const content = this.#shelf.content(file);
    content.file = { ...content.file, batch };
    this.#lastNamed = Math.max(this.#lastNamed, file);
  }

  count(): number {
    return this.#shelf.contents.size;
  }
}

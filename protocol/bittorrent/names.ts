import { isPlainText } from "../base/text.ts";

/** Names of files that every common file system takes, and that lead nowhere else. */

/** Longest component that common file systems take. */
const MAX_NAME_BYTES = 255;

/** What makes a path component unsafe, or null. */
export function nameProblem(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "is empty";
  if (bytes.length > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`;
  const name = textOf(bytes);
  if (name === null) return "is not UTF-8";
  if (name === "." || name === "..") return "leads out of the directory";
  if (/[/\\]/.test(name)) return "holds a path separator";
  if (!isPlainText(name)) return "holds control or invisible characters";
  if (/[<>:"|?*]/.test(name)) return 'holds one of < > : " | ? *';
  if (/[. ]$/.test(name)) return "ends with a dot or a space";
  if (/^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])(\.|$)/i.test(name)) return "is a device name on Windows";
  return null;
}

/** UTF-8, or null. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not UTF-8: the caller says which text it misses.
    return null;
  }
}

/** No two files, and no file and folder, may have one name on a file system that ignores case. */
export class TakenPaths {
  readonly #taken = new Map<string, "file" | "folder">();

  /** @returns the path, folded, at which this file and another are in each other's way; or null */
  take(parts: readonly string[]): string | null {
    let folded = "";
    for (const [depth, part] of parts.entries()) {
      // Upper case first: it is the same for more spellings, such as both of a final sigma.
      folded += `${depth === 0 ? "" : "/"}${part.normalize("NFC").toUpperCase().toLowerCase()}`;
      const kind = depth === parts.length - 1 ? "file" : "folder";
      const before = this.#taken.get(folded);
      if (before !== undefined && (kind === "file" || before === "file")) return folded;
      this.#taken.set(folded, kind);
    }
    return null;
  }
}

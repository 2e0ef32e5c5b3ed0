import type { LinkSpeed } from "./line/link.ts";

/** One comparison of paid against free, or of a swarm with bad sellers against one without. */
export interface Case {
  readonly sizeBytes: number;
  readonly pieceLength: number;
  /** Null: loopback. */
  readonly link: LinkSpeed | null;
  readonly sellers: number;
  /**
   * As many sellers again, half of them spoil pieces, the others send nothing. Compared is the same
   * paid transfer without them.
   */
  readonly isHalfBad: boolean;
  /** Two other processes keep the processors busy. */
  readonly isBusy: boolean;
  /** The buyer has paid other sellers before; else it is a newcomer. */
  readonly hasHistory: boolean;
}

export interface CaseLists {
  readonly mebibytes: string;
  readonly pieces: string;
  readonly links: string;
  readonly sellers: string;
}

const MIB = 2 ** 20;
const KIB = 2 ** 10;

/** Every combination of what the lists name. @throws {RangeError} something that is no number */
export function combine(lists: CaseLists, facts: Pick<Case, "isBusy" | "hasHistory" | "isHalfBad">): Case[] {
  return list(lists.links).flatMap((link) =>
    list(lists.sellers).flatMap((sellers) =>
      list(lists.mebibytes).flatMap((mebibytes) =>
        list(lists.pieces).map((kib) => ({
          sizeBytes: positive(mebibytes) * MIB,
          pieceLength: positive(kib) * KIB,
          link: parseLink(link),
          sellers: positive(sellers),
          ...facts,
        })),
      ),
    ),
  );
}

const PLAIN: Case = {
  sizeBytes: 256 * MIB,
  pieceLength: MIB,
  link: null,
  sellers: 1,
  isHalfBad: false,
  isBusy: false,
  hasHistory: false,
};

/** A figure of the JSON line, and the case that makes it: the ratio's median. */
export const NAMED_CASES = {
  ratio1MiB256: PLAIN,
  ratio256KiB256: { ...PLAIN, pieceLength: 256 * KIB },
  ratio64KiB256: { ...PLAIN, pieceLength: 64 * KIB },
  ratio16KiB256: { ...PLAIN, pieceLength: 16 * KIB },
  busyRatio1MiB: { ...PLAIN, isBusy: true },
  twoSellers: { ...PLAIN, sellers: 2 },
  halfBad: { ...PLAIN, pieceLength: 256 * KIB, sellers: 2, isHalfBad: true },
} as const satisfies Record<string, Case>;

/** `loopback, 256 MiB, 64 KiB`, and what else is special. */
export function nameOf(one: Case): string {
  const { sizeBytes, pieceLength, link, sellers, isHalfBad, isBusy, hasHistory } = one;
  const where = link === null ? "loopback" : `${link.delayMs} ms, ${link.bitsPerSecond / 1e6} Mbit/s`;
  return [
    where,
    `${sizeBytes / MIB} MiB`,
    `${pieceLength / KIB} KiB`,
    ...(sellers > 1 ? [`${sellers} sellers`] : []),
    ...(isHalfBad ? ["as many bad"] : []),
    ...(isBusy ? ["busy"] : []),
    ...(hasHistory ? ["history"] : []),
  ].join(", ");
}

function parseLink(text: string): LinkSpeed | null {
  if (text === "loopback") return null;
  const [delay = "", megabits = ""] = text.split("/");
  return { delayMs: positive(delay), bitsPerSecond: positive(megabits) * 1e6 };
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new RangeError(`"${text}" is no positive number`);
  return number;
}

function list(text: string): string[] {
  return text.split(",");
}

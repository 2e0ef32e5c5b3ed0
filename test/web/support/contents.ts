import { START } from "../../authority/support/fake-chain.ts";
import type { StagedContent } from "./stage.ts";

const MB = 1024 * 1024;
const HOUR = 3_600;

/** Of those that a wallet has signed. */
const TAGS: readonly (readonly string[] | undefined)[] = [
  ["linux", "iso"],
  ["video", "4k", "open movie"],
  ["maps"],
  ["video", "lectures"],
  undefined,
  ["wiki", "deutsch"],
  ["музыка"],
  ["maps", "古地図"],
  ["long", "a tag that is as long as a tag can be 40"],
  ["كتب"],
  ["हिन्दी"],
];

const one = (path: string, sizeBytes: number) => [{ path, sizeBytes: Math.round(sizeBytes) }];

/** What a repository in use may hold: long and short titles, free and dear, many scripts. */
export const CONTENTS: readonly StagedContent[] = [
  ["Debian 12.9 netinst, amd64", one("debian-12.9.0-amd64-netinst.iso", 632 * MB), 200_000n, 41, 3],
  ["Big Buck Bunny, 4K 60 fps", one("bbb_sunflower_2160p_60fps.mp4", 691 * MB), 500_000n, 12, 7],
  ["OpenStreetMap planet, week 47", one("planet-latest.osm.pbf", 82_300 * MB), 150_000n, 6, 19],
  ["Free lectures on distributed systems, 24 parts", lectures(), 0n, 9, 0],
  ["Common Voice 19, German, clips and transcripts", one("cv-corpus-19.tar", 34_812 * MB), 1_000_000n, 2, 1],
  ["Wikipedia, alle Artikel, ohne Bilder, November 2026", one("wiki_de_all_nopic.zim", 14_920 * MB), 250_000n, 5, 0],
  ["Сборник записей камерной музыки, FLAC", one("chamber.tar", 3_811.4 * MB), 1_250_000n, 1, 0],
  ["日本の古い地図 1,204枚", one("maps.zip", 9_420 * MB), 750_000n, 3, 2],
  [
    "A title that is as long as titles may be, because its publisher wanted to say all of what is in it, in which order, in which quality, who has made it and why one should want to download it now, and on",
    one("long.tar", 120 * MB),
    90_000n,
    0,
    4,
  ],
  ["ألف ليلة وليلة (نسخة 2, 1001 pages)", one("nights.epub", 12.5 * MB), 4_000_000n, 2, 0],
  ["हिन्दी व्याकरण, ภาษาไทย, Tiếng Việt, שלום, 👩🏽‍🚀", one("scripts.zip", 44 * MB), 3_000_000n, 1, 1],
  ["genomes-1000-chr22.vcf.gz", one("genomes-1000-chr22.vcf.gz", 205.4 * MB), 12_345_678n, 0, 0],
].map(([title, files, pricePerGiB, seeders, leechers], i) => ({
  title: title as string,
  files: files as StagedContent["files"],
  pricePerGiB: pricePerGiB as bigint,
  seeders: seeders as number,
  leechers: leechers as number,
  publisher: 0xa1 + (i % 4),
  publishedAt: START - i * 31 * HOUR,
  ...(TAGS[i] ? { tags: TAGS[i] } : {}),
}));

function lectures(): StagedContent["files"] {
  return Array.from({ length: 24 }, (_, i) => ({
    path: `part-${String(i + 1).padStart(2, "0")}/lecture.webm`,
    sizeBytes: (180 + ((i * 37) % 90)) * MB,
  }));
}

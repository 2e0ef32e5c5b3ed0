import { NO_CONTENT_SETTINGS } from "../../../../client/contents/settings.ts";
import { InputError, NetworkError } from "../../../../protocol/base/errors.ts";
import type { Address } from "../../../../protocol/base/ids.ts";
import { CONTENTS } from "../contents.ts";
import { type Staged, type StagedWire, staged } from "./staged-peer.ts";

const MiB = 1024 * 1024;
const account = (digit: string): Address => `0x${digit.repeat(40)}` as Address;
const TRADE = { pricePerGiB: 1_000_000n, unpaidBytes: 3 * MiB, windowBytes: 8 * MiB };
const TRAFFIC = { rateDown: 0, rateUp: 0, bytesDown: 0, bytesUp: 0, wastedBytes: 0, remoteKey: account("9") };

const WIRES: readonly StagedWire[] = [
  {
    ...TRAFFIC,
    ...{ address: "203.0.113.7:51413", isPaid: true, bytesDown: 412 * MiB, rateDown: 2_600_000 },
    bought: { ...TRADE, account: account("a"), amount: 402_343n },
    sold: null,
  },
  {
    ...TRAFFIC,
    ...{ address: "198.51.100.23:40123", isPaid: true, bytesUp: 96 * MiB, rateUp: 310_000, bytesDown: 12 * MiB },
    wastedBytes: 2 * MiB,
    bought: { ...TRADE, account: account("b"), amount: 11_718n, unpaidBytes: 0 },
    sold: { ...TRADE, account: account("b"), amount: 93_750n, unpaidBytes: 8 * MiB, turn: "served", lostBytes: MiB },
  },
  {
    ...TRAFFIC,
    ...{ address: "2001:db8::17:6881", isPaid: true, bytesUp: MiB },
    bought: null,
    sold: {
      ...TRADE,
      account: account("c"),
      amount: 976n,
      unpaidBytes: 0,
      windowBytes: MiB,
      turn: "waiting",
      lostBytes: 0,
    },
  },
  { ...TRAFFIC, remoteKey: null, address: "192.0.2.99:6881", isPaid: false, bought: null, sold: null },
];

const outlook = { obstacles: [], sellers: 1, requested: 2, shortage: null };
const titles = CONTENTS.map(({ title }) => title);

/** A peer with a content in each state. */
export const BUSY: Staged = {
  contents: [
    staged(1, {
      title: titles[0] as string,
      state: "downloading",
      bytesDone: 294_000_000,
      rateDown: 2_600_000,
      rateUp: 310_000,
      peers: 4,
      outlook: { ...outlook, sellers: 3 },
      paid: 273_811n,
      earned: 93_750n,
      spendLeft: 400_000n,
      settings: { ...NO_CONTENT_SETTINGS, maxSpend: "673811" },
    }),
    staged(2, {
      title: titles[1] as string,
      state: "downloading",
      bytesDone: 31_000_000,
      peers: 2,
      spendLeft: 12n,
      paid: 28_870n,
    }),
    staged(3, {
      title: titles[2] as string,
      state: "downloading",
      bytesDone: 0,
      paid: 0n,
      outlook: {
        ...outlook,
        sellers: 0,
        obstacles: [
          { payeeKey: account("d"), reason: "BANNED", until: 1_800_060_000, isFinal: true },
          { payeeKey: account("e"), reason: "UNREACHABLE", until: null, isFinal: false },
        ],
      },
      trackerProblem: new NetworkError("TRACKER_UNREACHABLE", "no answer from the tracker"),
    }),
    staged(4, {
      title: titles[3] as string,
      state: "failed",
      bytesDone: 0,
      paid: 0n,
      problem: new InputError("FILE_EXISTS", 'there is another file at "/home/you/Films/atlas.pdf": move it away'),
    }),
    staged(5, { title: titles[4] as string, state: "paused", bytesDone: 120_000_000, paid: 111_758n }),
    staged(6, {
      title: titles[5] as string,
      state: "checking",
      bytesDone: 0,
      paid: 0n,
      place: "seed",
      path: "/srv/archive/atlas",
    }),
    staged(7, {
      title: titles[6] as string,
      place: "seed",
      path: "/srv/archive",
      earned: 12_345_678n,
      paid: 0n,
      rateUp: 1_250_000,
      peers: 9,
    }),
    staged(8, { title: titles[8] as string, earned: 1_000_004n }),
    staged(9, { title: titles[7] as string, pricePerGiB: 0n, paid: 0n }),
  ],
  wires: WIRES,
  files: [
    {
      index: 0,
      path: "Big Buck Bunny/Big Buck Bunny.mp4",
      sizeBytes: 690_000_000,
      bytesDone: 290_000_000,
      mediaType: "video/mp4",
    },
    {
      index: 1,
      path: "Big Buck Bunny/Soundtrack.flac",
      sizeBytes: 9_000_000,
      bytesDone: 4_000_000,
      mediaType: "audio/flac",
    },
    { index: 2, path: "Big Buck Bunny/readme.html", sizeBytes: 1_000, bytesDone: 1_000, mediaType: null },
  ],
  banned: [{ account: account("f"), badPieces: 3, defaults: 0, bannedUntil: 1_800_060_000 }],
  rates: Array.from({ length: 300 }, (_, i) => ({
    rateDown: i < 40 ? 0 : Math.round(2_600_000 * (1 + 0.4 * Math.sin(i / 17) + 0.15 * Math.sin(i / 3.1))),
    rateUp: Math.round(900_000 * (1 + 0.6 * Math.sin(i / 29) + 0.3 * Math.sin(i / 2.3))),
  })),
};

export const EMPTY: Staged = { contents: [], wires: [], files: [], banned: [] };

/** As many as a peer is measured with. */
export const LARGE: Staged = {
  ...EMPTY,
  contents: Array.from({ length: 1_000 }, (_, i) =>
    staged(i, {
      title: `Recording ${String(i).padStart(4, "0")}`,
      rateUp: i % 10 === 0 ? 4_000 : 0,
      earned: BigInt(i) * 1_001n,
    }),
  ),
};

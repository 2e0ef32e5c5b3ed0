import { beforeEach, expect, test } from "vitest";
import type { AccountHome } from "../../../client/account/home.ts";
import type { Account } from "../../../client/account/opened-account.ts";
import { endSponsorship, sponsorContent } from "../../../client/sponsors/sponsor.ts";
import { openWallet } from "../../../client/wallet/wallet.ts";
import type { SponsorBody } from "../../../protocol/http/sponsors.ts";
import type { TorrentReply } from "../../../protocol/http/torrents.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";

const NOW = 1_700_000_000;
const CONTRACT = `0x${"c0".repeat(20)}` as const;
/** It costs 1,000, and a ticket may take 2,000. */
const TORRENT = {
  infoHash: "ab".repeat(20),
  sizeBytes: 2 ** 30,
  pieceLength: 2 ** 20,
  pricePerGiB: "1000",
} as TorrentReply;
const CARD = "4242424242424242";
const wallet = openWallet(`0x${"51".repeat(32)}`);
const signal = new AbortController().signal;

let balance: bigint;
let charged: bigint[];
let sent: SponsorBody[];
let isAway: boolean;
beforeEach(() => {
  [balance, charged, sent, isAway] = [0n, [], [], false];
});

/** As far as sponsorships go; a deposit is credited at once. */
const client = {
  account: async () => ({ balance: `${balance}` }),
  async deposit({ amount }: { amount: string }, id: string) {
    charged.push(BigInt(amount));
    balance += BigInt(amount);
    return { id, amount, state: "charged" };
  },
  depositById: async (id: string) => ({ id, amount: "0", state: "credited", reason: null, txHash: null }),
  async post(_schema: unknown, path: string, body: SponsorBody) {
    if (isAway) throw new Error("the authority went away");
    expect(path).toBe("v1/sponsorship");
    sent.push(body);
    return body;
  },
};
const account = {
  client,
  network: {
    info: { now: NOW, token: { symbol: "T", decimals: 6 } },
    separator: hashDomain({ chainId: 1, contract: CONTRACT }),
  },
} as unknown as Account;
const home = {
  deposit: { read: async () => null, write: async () => undefined, remove: async () => undefined },
  unlock: async () => wallet,
} as unknown as AccountHome;

const open = (budget: bigint, card: string | null = CARD, torrent = TORRENT) =>
  sponsorContent(home, account, torrent, { budget, card }, signal);

test("the budget is paid in once, and tickets are made for all of it", async () => {
  isAway = true;
  await expect(open(5_500n)).rejects.toThrow("went away");
  isAway = false;
  // As after a kill: nothing is charged again.
  await open(5_500n);
  expect(charged).toEqual([5_500n]);
  expect(sent).toMatchObject([{ infoHash: TORRENT.infoHash, limit: "5500", expiresAt: NOW + 30 * 86_400 }]);
  expect(new Set(sent[0]?.keys.map(({ privateKey }) => privateKey)).size).toBe(5);
});

test("a sponsorship is filled up to its budget, and never above", async () => {
  balance = 1_500n;
  await open(2_000n);
  await open(2_000n, null);
  expect([charged, balance]).toEqual([[500n], 2_000n]);
});

test.each([
  ["SPONSORSHIP_INVALID", "less than a ticket may take", () => open(1_999n)],
  ["SPONSORSHIP_INVALID", "a free content", () => open(9_000n, CARD, { ...TORRENT, pricePerGiB: "0" })],
  ["OPTIONS_INCOMPLETE", "no card for what is missing", () => open(9_000n, null)],
])("%s: %s, before anything is charged", async (code, _, run) => {
  await expect(run()).rejects.toMatchObject({ code });
  expect([charged, sent]).toEqual([[], []]);
});

test("an end is a sponsorship without tickets", async () => {
  await endSponsorship(account, TORRENT.infoHash, signal);
  expect(sent).toMatchObject([{ infoHash: TORRENT.infoHash, keys: [] }]);
});

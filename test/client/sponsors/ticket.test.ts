import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OpenNetwork } from "../../../client/account/network.ts";
import { getTicket, openTicketHome } from "../../../client/sponsors/ticket.ts";
import type { Ticket } from "../../../protocol/http/sponsors.ts";

const ID = "ab".repeat(20);
const NOW = 1_700_000_000;
const signal = new AbortController().signal;

let parent: string;
let directory: string;
/** What the authority was told, and how each ticket's session is. */
let secrets: string[];
let state: "active" | "failed" | "away";
let now: number;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "floodgate-ticket-"));
  directory = join(parent, "home");
  secrets = [];
  state = "active";
  now = NOW;
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** As far as tickets go. */
function authority(): OpenNetwork {
  const client = {
    async post(_schema: unknown, path: string, { secret }: { secret: string }): Promise<Ticket> {
      expect(path).toBe(`v1/torrents/${ID}/tickets`);
      secrets.push(secret);
      const tokens = { accessToken: "a", announceToken: "b", expiresAt: now + 3_600 };
      return { account: `0x${"01".repeat(20)}`, privateKey: secret, ...tokens, cap: "100" };
    },
    withSession: () => ({
      async session() {
        if (state === "away") throw new Error("the authority went away");
        return { state, expiresAt: now + 9_000 };
      },
    }),
  };
  const token = { address: `0x${"02".repeat(20)}`, symbol: "T", decimals: 6 };
  const info = { now, allotmentPeriodSec: 120, acceptMarginSec: 10, chainId: 1, contract: token.address, token };
  return { client, network: { apiUrl: "http://a.example/", info } } as unknown as OpenNetwork;
}

const get = async () => {
  const home = openTicketHome(directory);
  await getTicket(home, authority(), ID, signal);
  return home.session.read();
};

test("a ticket is asked for once while it lasts, and by the same secret after a kill", async () => {
  state = "away";
  await expect(get()).rejects.toThrow("went away");
  state = "active";
  const session = await get();
  expect(session).toMatchObject({ limit: 100n, authorizedUntil: NOW + 9_000, accessExpiresAt: NOW + 3_600 });
  await get();
  expect(secrets.length).toBe(2);
  expect(secrets[0]).toBe(secrets[1]);
  const kept = readFileSync(join(directory, "ticket.json"), "utf8");
  expect(kept).toContain(secrets[0]);
});

test("a ticket that has ended is forgotten with all of its home, and another secret gets another", async () => {
  await get();
  writeFileSync(join(directory, "peer.sqlite"), "lanes of the old ticket");
  now += 3_500;
  await get();
  expect(new Set(secrets).size).toBe(2);
  expect(existsSync(join(directory, "peer.sqlite"))).toBe(false);
});

test("a ticket whose authorization fails is given back, and its home has no wallet to renew it", async () => {
  state = "failed";
  await expect(get()).rejects.toMatchObject({ code: "SESSION_FAILED" });
  expect(existsSync(directory)).toBe(false);
  await expect(openTicketHome(directory).unlock()).rejects.toMatchObject({ code: "TICKET_ENDED" });
});

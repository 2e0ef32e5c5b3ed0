import pino from "pino";
import { createPresence } from "../../../authority/accounts/presence.ts";
import type { Chain } from "../../../authority/chain/chain.ts";
import { parseConfig } from "../../../authority/config.ts";
import type { Context } from "../../../authority/context.ts";
import { openStore } from "../../../authority/store/database.ts";
import { claimNetwork } from "../../../authority/store/tables/network.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";

const CONTRACT: Address = `0x${"c0".repeat(20)}`;
const START = 1_900_000_000;

/** What rounds need of the authority, on a real store, and on a chain that stands still. */
export async function openContext(home: string): Promise<Context> {
  const key = `0x${"07".repeat(32)}`;
  const config = parseConfig({
    home,
    rpcUrl: "http://127.0.0.1:1",
    contract: CONTRACT,
    trackerUrl: "http://127.0.0.1:2/announce",
    operatorKey: key,
    allotterKey: key,
  });
  const store = await openStore(home);
  await claimNetwork(store.db, `31337:${CONTRACT}`);
  let now = START;
  const clock = { now: () => now, sawBlock: () => undefined };
  const presence = createPresence(clock, config.params.pushIntervalSec);
  // No payer was heard of for so long: no statement is waited for.
  now += 60;
  const block = { number: 1_000, timestamp: now };
  const chain: Pick<Chain, "facts" | "operator" | "latest" | "confirmed"> & Partial<Chain> = {
    facts: {
      chainId: 31_337,
      contract: CONTRACT,
      token: { address: `0x${"70".repeat(20)}`, symbol: "TUSD", decimals: 6 },
      allotmentPeriodSec: 36_000,
      claimPeriodSec: 36_000,
    },
    operator: `0x${"0b".repeat(20)}`,
    latest: block,
    confirmed: block,
    readBond: async () => ({ amount: 0n, withdrawing: 0n, withdrawableAt: 0, budget: 0n, spent: 0n }),
  };
  const parts: Partial<Context> = {
    config,
    store,
    clock,
    presence,
    chain: chain as Chain,
    log: pino({ level: "silent" }),
    separator: hashDomain({ chainId: 31_337, contract: CONTRACT }),
    wake: () => undefined,
  };
  return parts as Context;
}

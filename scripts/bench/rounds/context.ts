import pino from "pino";
import { createLoginNonces } from "../../../authority/accounts/login-nonces.ts";
import { createPresence } from "../../../authority/accounts/presence.ts";
import { openRevocations } from "../../../authority/accounts/revocations.ts";
import type { Chain } from "../../../authority/chain/chain.ts";
import { EMPTY } from "../../../authority/chain/mirror/contract-state.ts";
import { parseConfig } from "../../../authority/config.ts";
import type { Context } from "../../../authority/context.ts";
import { createKeys } from "../../../authority/keys/keys.ts";
import { createReadiness } from "../../../authority/readiness.ts";
import { openStore } from "../../../authority/store/database.ts";
import { claimNetwork } from "../../../authority/store/tables/network.ts";
import { openMetainfoFiles } from "../../../authority/torrents/metainfo-files.ts";
import { SigningThreads } from "../../../authority/vouchers/signing/signing-threads.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";

const CONTRACT: Address = `0x${"c0".repeat(20)}`;
const START = 1_900_000_000;

/** Of the MACs in access tokens. */
export const TOKEN_SECRET = "1".repeat(64);

/**
 * What rounds and routes need of the authority, on a real store, and on a chain and a clock that
 * stand still.
 */
export async function openContext(home: string, requestsPerMinute = 6_000): Promise<Context> {
  const key = `0x${"07".repeat(32)}`;
  const config = parseConfig({
    home,
    rpcUrl: "http://127.0.0.1:1",
    contract: CONTRACT,
    trackerUrl: "http://127.0.0.1:2/announce",
    operatorKey: key,
    allotterKey: key,
    requestsPerMinute,
  });
  const store = await openStore(home);
  await claimNetwork(store.db, `31337:${CONTRACT}`);
  let now = START;
  const clock = { now: () => now, sawBlock: () => undefined };
  const presence = createPresence(clock, config.params.pushIntervalSec);
  // No payer was heard of for so long: no statement is waited for.
  now += 60;
  const block = { number: 1_000, timestamp: now };
  const [allotter] = config.keys.allotters.map((secret) => addressOfKey(publicKeyOf(secret)));
  const allotters = new Map([[allotter as Address, { ...EMPTY.allotter, isCurrent: true }]]);
  const chain: Pick<Chain, "facts" | "operator" | "latest" | "confirmed"> & Partial<Chain> = {
    facts: {
      chainId: 31_337,
      contract: CONTRACT,
      token: { address: `0x${"70".repeat(20)}`, symbol: "TUSD", decimals: 6 },
      allotmentPeriodSec: 36_000,
      claimPeriodSec: 36_000,
      depositor: null,
    },
    operator: `0x${"0b".repeat(20)}`,
    latest: block,
    confirmed: block,
    readBond: async () => ({ amount: 0n, withdrawing: 0n, withdrawableAt: 0, budget: 0n, spent: 0n }),
  };
  const log = pino({ level: "silent" });
  const readiness = createReadiness(log);
  const keys = createKeys(config.keys, { log, readiness });
  await keys.follow({ ...(chain as Chain), readAllotters: async () => allotters, readOperators: async () => [] });
  const parts: Partial<Context> = {
    config,
    store,
    clock,
    keys,
    presence,
    chain: chain as Chain,
    log,
    nonces: createLoginNonces(),
    revocations: await openRevocations(store, now),
    metainfo: openMetainfoFiles(home),
    readiness,
    gasWorth: { refresh: async () => undefined, costOf: () => 0n },
    secrets: { operator: "0".repeat(64), token: TOKEN_SECRET },
    signing: new SigningThreads(),
    separator: hashDomain({ chainId: 31_337, contract: CONTRACT }),
    wake: () => undefined,
  };
  return parts as Context;
}

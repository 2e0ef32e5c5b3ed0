import type { AddressInfo } from "node:net";
import { argv } from "node:process";
import { createMirrorReads } from "../../../authority/chain/mirror/mirror-reads.ts";
import { Wishes } from "../../../authority/chain/transactions/wishes.ts";
import type { Context } from "../../../authority/context.ts";
import type { Charges } from "../../../authority/funding/charges.ts";
import { createServer } from "../../../authority/http/server.ts";
import { laneOfAllotment } from "../../../authority/store/tables/lane-allotment.ts";
import { insertLanes } from "../../../authority/store/tables/lanes.ts";
import { insertSession } from "../../../authority/store/tables/sessions.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import type { Info } from "../../../protocol/http/public.ts";
import { type ApiTarget, keyOf, laneOf, payeeKeyOf, payeeOf, payerOf, sessionKeyOf } from "../intake/people.ts";
import { openContext } from "../rounds/context.ts";

/**
 * The authority's API and pages as a process, on a store in which accounts earn. Arguments: home,
 * accounts, lanes of each. Each second a voucher comes for each account.
 */

const VOUCHER_EVERY_MS = 1_000;
const SIGNATURE = `0x${"5a".repeat(64)}` as const;

async function seed({ store, clock }: Context, accounts: number, lanes: number): Promise<void> {
  const [now, block] = [clock.now(), { number: 1, timestamp: clock.now() }];
  for (let payee = 0; payee < accounts; payee++) {
    const publicKey = bytesToHex(publicKeyOf(keyOf(2, payee)));
    const session = { account: payeeOf(payee), sessionKey: payeeKeyOf(payee), publicKey, createdAt: now };
    await insertSession(store.db, session);
    const rows = Array.from({ length: lanes }, (_, payer) =>
      laneOfAllotment(
        {
          ...{ payer: payerOf(payer), lane: laneOf(payee), payee: payeeOf(payee), sessionKey: sessionKeyOf(payer) },
          ...{ payeeKey: payeeKeyOf(payee), cap: 10n ** 12n, pricePerGiB: 10_000n, credit: 524_288 },
          ...{ infoHash: "ab".repeat(20), expiresAt: now + 36_000, signature: new Uint8Array(64) },
        },
        block,
      ),
    );
    await store.transaction((trx) => insertLanes(trx, rows));
  }
}

/** What a page shows does not stand still. */
function bringVouchers({ store, clock }: Context, accounts: number, lanes: number): void {
  let round = 0;
  setInterval(async () => {
    round++;
    const news = { amount: String(1_000 * round), voucherSignature: SIGNATURE, receivedAt: clock.now() };
    await store.transaction(async (trx) => {
      for (let payee = 0; payee < accounts; payee++)
        await trx
          .updateTable("lanes")
          .set(news)
          .where("payer", "=", payerOf((round + payee) % lanes))
          .where("lane", "=", laneOf(payee))
          .execute();
    });
  }, VOUCHER_EVERY_MS);
}

const [home = "", accounts = "0", lanes = "0"] = argv.slice(2);
const bare = await openContext(home, 1_000_000);
const mirrored = createMirrorReads({ store: bare.store, now: () => bare.clock.now() });
const chain = { ...bare.chain, ...mirrored, readGasBalance: async () => 10n ** 18n };
const context: Context = { ...bare, chain, wishes: new Wishes() };
await seed(context, Number(accounts), Number(lanes));
bringVouchers(context, Number(accounts), Number(lanes));
let hosts: string[] = [];
const { token, contract, chainId } = chain.facts;
const own = {
  info: async () => ({ version: "1", token, feeBps: 100, contract, chainId }) as Info,
  domains: () => hosts,
  urls: () => hosts.map((host) => `http://${host}`),
  charges: {} as Charges,
  nowMs: () => performance.now(),
};
const server = await createServer(context, own, (error) => {
  throw error;
});
await server.listen({ host: "127.0.0.1", port: 0 });
const { port } = server.server.address() as AddressInfo;
hosts = [`127.0.0.1:${port}`];
const target: ApiTarget = { port, pid: process.pid, separator: context.separator, now: context.clock.now() };
process.send?.(target);
process.once("disconnect", () => process.exit(0));

import { openPeerStore } from "../../../client/store/peer-store.ts";
import { allotmentOf } from "./allotments.ts";

/**
 * Child process of payee-store.test.ts: keeps raising one voucher, and prints each amount once it
 * is durable.
 */
const store = openPeerStore(process.argv[2] as string);
const allotment = allotmentOf(1);
await store.saveAccepted(allotment);
const { payer, payee, lane } = allotment;
const start = store.findPayeeLane(payer, lane)?.amount ?? 0n;
for (let amount = start + 1n; ; amount++) {
  await store.saveVoucher({ payer, payee, lane, amount, signature: new Uint8Array(64).fill(9) }).synced;
  process.stdout.write(`${amount}\n`);
}

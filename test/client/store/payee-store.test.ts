import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { allotmentOf, lane1, voucher } from "./allotments.ts";
import { StoreHome } from "./store-home.ts";

const home = new StoreHome();
const { payer, payee } = lane1;

test("what the authority has not acknowledged is pushed: new vouchers, and that a lane is final", async () => {
  const amounts = (): bigint[] => home.store.listToPush(10).map((lane) => lane.amount);
  await home.store.saveAccepted(lane1);
  expect(amounts()).toEqual([]);
  await home.store.saveVoucher(voucher(100n)).synced;
  expect(amounts()).toEqual([100n]);
  const receipt = { payer, payee, lane: 1, amount: 100n, receivedAt: 5, signature: new Uint8Array(64).fill(3) };
  await home.store.saveReceipt(receipt, false);
  expect(amounts()).toEqual([]);
  await home.store.saveClosed(payer, 1);
  expect(amounts()).toEqual([100n]);
  await home.store.saveReceipt(receipt, true);
  expect(amounts()).toEqual([]);
  expect(home.store.findPayeeLane(payer, 1)).toMatchObject({ receipt, isFinal: true, isClosed: true });
});

test("a voucher that the authority refused is not pushed again until there is a higher one", async () => {
  await home.store.saveAccepted(lane1);
  await home.store.saveVoucher(voucher(100n)).synced;
  await home.store.savePushRefused(payer, 1, 100n, "LANE_EXPIRED");
  expect(home.store.listToPush(10)).toEqual([]);
  await home.store.saveVoucher(voucher(101n)).synced;
  expect(home.store.listToPush(10).map((lane) => lane.amount)).toEqual([101n]);
});

test("a claim gets all vouchers, oldest expiry first, even those that the authority has or refused", async () => {
  const lane2 = allotmentOf(2);
  for (const lane of [lane2, lane1, allotmentOf(3)]) await home.store.saveAccepted(lane);
  await home.store.saveVoucher({ ...voucher(70n), lane: 2 }).synced;
  await home.store.saveVoucher(voucher(100n)).synced;
  await home.store.saveClosed(payer, 2);
  await home.store.savePushRefused(payer, 2, 70n, "LANE_EXPIRED");
  home.reopen();
  expect(home.store.listVouchers()).toMatchObject([
    { allotment: lane1, amount: 100n, signature: voucher(100n).signature },
    { allotment: lane2, amount: 70n },
  ]);
});

test("a voucher that comes after its lane was closed and pushed is pushed again, as final", async () => {
  await home.store.saveAccepted(lane1);
  await home.store.saveVoucher(voucher(100n)).synced;
  await home.store.saveClosed(payer, 1);
  await home.store.saveReceipt({ ...voucher(100n), receivedAt: 1, signature: new Uint8Array(64) }, true);
  expect(home.store.listToPush(10)).toEqual([]);
  await home.store.saveVoucher(voucher(101n)).synced;
  expect(home.store.listToPush(10)).toEqual([
    expect.objectContaining({ amount: 101n, isClosed: true, isFinal: false }),
  ]);
});

test("a voucher above the cap is not stored, and stops the store", async () => {
  await home.store.saveAccepted(lane1);
  await expect(home.store.saveVoucher(voucher(lane1.cap + 1n)).synced).rejects.toMatchObject({ code: "STORE_FAILED" });
  await expect(home.store.saveClosed(payer, 1)).rejects.toMatchObject({ code: "STORE_FAILED" });
  expect(home.store.findPayeeLane(payer, 1)?.amount).toBe(0n);
});

test("an acknowledged voucher survives kill -9", async () => {
  home.store.close();
  const args = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "store-writer.ts"), home.path];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let acknowledged = 0n;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = BigInt(line);
    if (acknowledged === 200n) child.kill("SIGKILL");
  }
  if (child.signalCode === null) await once(child, "exit");
  home.open();
  expect(acknowledged).toBeGreaterThanOrEqual(200n);
  expect(home.store.findPayeeLane(payer, 1)?.amount).toBeGreaterThanOrEqual(acknowledged);
});

test("lanes that expired before the given time are forgotten", async () => {
  await home.store.saveAccepted(lane1);
  await home.store.forgetLanes(2_001);
  expect(home.store.findPayeeLane(payer, 1)).not.toBeNull();
  await home.store.forgetLanes(2_002);
  expect(home.store.findPayeeLane(payer, 1)).toBeNull();
});

import Table from "cli-table3";
import { openPeerStore } from "../../client/store/peer-store.ts";
import type { PayeeLaneRecord } from "../../client/store/records.ts";
import { writePrivateFile } from "../../client/wallet/private-file.ts";
import { spellHeldVoucher } from "../../protocol/audit/held-voucher.ts";
import { invariant } from "../../protocol/base/errors.ts";
import { toChecksumAddress } from "../../protocol/base/ids.ts";
import { printable } from "../../protocol/base/text.ts";
import { formatAmount } from "../../protocol/base/units.ts";
import { formatMoney } from "../money.ts";
import type { Context } from "../runtime.ts";
import { readNetworkFile } from "./network-file.ts";

/** Writes what the home holds as payee, one line for each lane (protocol/README.md). @throws {InputError} NOT_REGISTERED, HOME_IN_USE, FILE_UNWRITABLE */
export async function exportVouchers({ home, output }: Context, out: string | undefined): Promise<void> {
  const lanes = await readVouchers(home);
  const lines = lanes.map(toLine);
  const withReceipt = lanes.filter(({ receipt }) => receipt !== null).length;
  const result = { vouchers: lanes.length, withReceipt, path: out ?? null };
  if (out === undefined) {
    for (const line of lines) {
      const { kind, ...fields } = JSON.parse(line);
      output.event(kind, fields, line.trimEnd());
    }
    output.event("done", result, null);
    return;
  }
  await writePrivateFile(out, lines.join(""));
  const text = `wrote ${lanes.length} voucher(s), ${withReceipt} with the authority's receipt, to ${printable(out)}`;
  output.event("done", result, text);
}

/** @throws {InputError} NOT_REGISTERED, HOME_IN_USE */
export async function listVouchers({ home, output }: Context): Promise<void> {
  const { token } = await readNetworkFile(home);
  const lanes = await readVouchers(home);
  const table = new Table({
    head: ["payer", "lane", "voucher", "expires", "the authority"],
    colAligns: ["left", "right", "right", "left", "left"],
    style: { head: [], border: [] },
  });
  for (const lane of lanes) {
    const { payer, lane: number, expiresAt } = lane.allotment;
    const amount = formatAmount(lane.amount, token.decimals);
    const expires = new Date(expiresAt * 1000).toISOString();
    table.push([toChecksumAddress(payer), number, amount, expires, answerOf(lane, token)]);
  }
  const vouchers = lanes.map(({ allotment, amount, receipt, pushRefusal }) => {
    const { payer, lane, infoHash, expiresAt } = allotment;
    return { payer, lane, infoHash, expiresAt, amount, receipt: receipt?.amount ?? null, refusal: pushRefusal };
  });
  output.event("done", { vouchers }, lanes.length === 0 ? "No voucher is in this home." : table.toString());
}

/** Oldest expiry first. */
async function readVouchers(home: string): Promise<PayeeLaneRecord[]> {
  await readNetworkFile(home);
  const store = openPeerStore(home);
  try {
    return store.listVouchers();
  } finally {
    store.close();
  }
}

function toLine({ allotment, amount, signature, receipt }: PayeeLaneRecord): string {
  invariant(signature !== null, "LANE_UNSIGNED", `lane ${allotment.lane} has an amount and no signature`);
  return spellHeldVoucher({ allotment, amount, signature, receipt });
}

function answerOf({ amount, receipt, pushRefusal }: PayeeLaneRecord, token: Parameters<typeof formatMoney>[1]): string {
  if (pushRefusal !== null) return `refused it: ${printable(pushRefusal)}`;
  if (receipt === null) return "does not have it yet";
  return receipt.amount >= amount ? "has it" : `has ${formatMoney(receipt.amount, token)}`;
}

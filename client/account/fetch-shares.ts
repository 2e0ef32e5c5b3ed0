import { hexToBytes } from "../../protocol/base/bytes.ts";
import { NetworkError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { isShareLane } from "../../protocol/base/publisher-share.ts";
import { recoverSigner } from "../../protocol/base/secp256k1.ts";
import { type Amount, parseBaseUnits } from "../../protocol/base/units.ts";
import type { LanePapers } from "../../protocol/http/timeline.ts";
import { hashAllotment, type SignedAllotment } from "../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../protocol/signed/allotment-json.ts";
import { hashReceipt } from "../../protocol/signed/receipt.ts";
import { hashVoucher, type SignedVoucher } from "../../protocol/signed/voucher.ts";
import type { PeerStore } from "../store/peer-store.ts";
import type { SignedReceipt } from "../store/records.ts";
import type { Account } from "./opened-account.ts";

/** What was new to the home. */
export interface FetchedShares {
  readonly lanes: number;
  /** Base units, over these lanes. */
  readonly amount: Amount;
}

interface Papers {
  readonly allotment: SignedAllotment;
  readonly voucher: SignedVoucher;
  readonly receipt: SignedReceipt;
}

/**
 * Brings a publisher its own copies of the vouchers that pay its share (docs/protocol.md 4.15).
 * Payers give them to the authority alone. With a copy the publisher claims without it.
 * @throws {NetworkError} REPLY_INVALID: they are not signed by those who must sign them
 */
export async function fetchShares(
  { client, network, session }: Account,
  store: Pick<PeerStore, "findPayeeLane" | "saveAccepted" | "saveVoucher" | "saveReceipt">,
  signal: AbortSignal,
): Promise<FetchedShares> {
  const { claimPeriodSec, now } = network.info;
  let [lanes, amount] = [0, 0n];
  for (let cursor: string | null = null; ; ) {
    const page = await client.timeline(cursor, signal);
    for (const { role, payer, lane, amount: promised, expiresAt } of page.lanes) {
      const held = store.findPayeeLane(parseAddress(payer), lane)?.amount ?? 0n;
      const isNew = parseBaseUnits(promised) > held && expiresAt + claimPeriodSec > now;
      if (role !== "payee" || !isNew) continue;
      const papers = readPapers(network, session.account, await client.lanePapers(payer, lane, signal));
      if (papers === null) continue;
      await keep(store, papers);
      lanes++;
      amount += papers.voucher.amount - held;
    }
    cursor = page.cursor;
    if (cursor === null) return { lanes, amount };
  }
}

/** Null: it pays a device, which has the voucher itself. */
function readPapers(network: Account["network"], account: Address, papers: LanePapers): Papers | null {
  const allotment = allotmentFromJson(papers.allotment);
  if (!isShareLane(allotment) || papers.voucher === null || papers.receipt === null) return null;
  const { separator, info } = network;
  const { payer, payee, lane, sessionKey } = allotment;
  const amount = parseBaseUnits(papers.voucher.amount);
  const voucher = { payer, payee, lane, amount, signature: hexToBytes(papers.voucher.signature) };
  const { receivedAt, signature } = papers.receipt;
  const receipt = { payer, payee, lane, amount, receivedAt, signature: hexToBytes(signature) };
  const isAllotters = (digest: Uint8Array, by: Uint8Array): boolean => {
    const signer = recoverSigner(digest, by);
    return signer !== null && info.allotters.some((key) => parseAddress(key) === signer);
  };
  const isSound =
    payee === account &&
    amount <= allotment.cap &&
    isAllotters(hashAllotment(separator, allotment), allotment.signature) &&
    isAllotters(hashReceipt(separator, receipt), receipt.signature) &&
    recoverSigner(hashVoucher(separator, voucher), voucher.signature) === sessionKey;
  if (!isSound)
    throw new NetworkError("REPLY_INVALID", `the authority's papers of lane ${lane} of ${payer} are not good`);
  return { allotment, voucher, receipt };
}

async function keep(
  store: Pick<PeerStore, "findPayeeLane" | "saveAccepted" | "saveVoucher" | "saveReceipt">,
  { allotment, voucher, receipt }: Papers,
): Promise<void> {
  if (!store.findPayeeLane(allotment.payer, allotment.lane)) await store.saveAccepted(allotment);
  await store.saveVoucher(voucher).synced;
  // Final for this home: the authority has it already.
  await store.saveReceipt(receipt, true);
}

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMetainfo } from "../../../client/torrent/making/create-metainfo.ts";
import { requestSession } from "../../../client/wallet/sign-in.ts";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import { type Signature, sign } from "../../../protocol/base/secp256k1.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";
import type { SettleReply, TrackerAnswers } from "../../../protocol/http/operator.ts";
import type { Info } from "../../../protocol/http/public.ts";
import type { SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { allotmentFromJson } from "../../../protocol/signed/allotment-json.ts";
import { type DomainSeparator, hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { type Customer, logInNew, type RealAuthority, TRACKER_URL, until } from "./real-authority.ts";

const SIZE = 10_000_000;

/** A content of 10 MB at 1,000.00 per GiB, two payees who have it, and payers. */
export class RealMarket {
  readonly authority: RealAuthority;
  readonly info: Info;
  readonly separator: DomainSeparator;
  readonly infoHash: string;
  readonly payees: readonly Customer[];

  private constructor(authority: RealAuthority, info: Info, infoHash: string, payees: readonly Customer[]) {
    this.authority = authority;
    this.info = info;
    this.separator = hashDomain({ chainId: info.chainId, contract: info.contract as Hex });
    this.infoHash = infoHash;
    this.payees = payees;
  }

  /** `payeeKey`: of the first payee's wallet, if the test needs it. */
  static async open(authority: RealAuthority, title = "file", payeeKey?: Hex): Promise<RealMarket> {
    const info = await authority.client.info();
    const payees = [await logInNew(authority, payeeKey), await logInNew(authority)];
    const directory = mkdtempSync(join(tmpdir(), "floodgate-real-chain-"));
    const path = join(directory, "file.bin");
    writeFileSync(path, Buffer.alloc(SIZE, 7));
    const metainfo = await createMetainfo(path, { trackerUrl: TRACKER_URL, isPaid: true });
    rmSync(directory, { recursive: true });
    const publisher = payees[0] as Customer;
    const { infoHash } = await publisher.client.publish(metainfo, { title, pricePerGiB: "1000000000" });
    return new RealMarket(authority, info, infoHash, payees);
  }

  /** A customer with a deposit of 1,000.00 and a session that may spend it. */
  async fundedPayer(): Promise<Customer> {
    return this.fund(await logInNew(this.authority));
  }

  /** Pays 1,000.00 in, and lets the customer's session spend it. */
  async fund(payer: Customer): Promise<Customer> {
    const { id } = await payer.client.deposit({ amount: "1000000000", card: "4242424242424242" }, randomUUID());
    await until(
      () => payer.client.depositById(id),
      ({ state }) => state === "credited",
    );
    const { sessionKey } = payer;
    await requestSession(payer.client, payer.wallet, this.info, { sessionKey, limit: MAX_UINT96 });
    await until(
      () => payer.client.session(sessionKey),
      ({ state }) => state === "active",
    );
    return payer;
  }

  async postAsOperator<T>(path: string, body: unknown): Promise<T> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${this.authority.operatorSecret}` };
    const response = await fetch(this.authority.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  }

  /** One lane to each payee, by payee's account. */
  async lanesOf(payer: Customer): Promise<Map<string, SignedAllotment>> {
    const { infoHash, payees, separator } = this;
    const { now } = await this.authority.client.info();
    const { sessionKey, wallet } = payer;
    const request = {
      account: wallet.address,
      sessionKey,
      infoHash,
      bytesLeft: SIZE,
      topUp: [],
      met: [],
      requestedAt: now,
    };
    const announce = {
      infoHash,
      event: "started",
      bytesLeft: SIZE,
      session: { account: wallet.address, sessionKey },
      request: {
        requestedAt: now,
        topUp: [],
        met: [],
        signature: bytesToHex(sign(hashAllotmentRequest(separator, request), payer.privateKey)),
      },
      payees: payees.map((payee) => payee.sessionKey),
    };
    const { answers } = await this.postAsOperator<TrackerAnswers>("/v1/tracker/announces", { announces: [announce] });
    const [answer] = answers;
    const lanes = answer?.isKnown
      ? (answer.grant?.lanes.map(({ allotment }) => allotmentFromJson(allotment)) ?? [])
      : [];
    return new Map(lanes.map((lane) => [lane.payee, lane]));
  }

  /** The payee pushes this voucher, and closes its lane unless `isFinal` is false. */
  async push(payer: Customer, payee: Customer, lane: SignedAllotment, amount: bigint, isFinal = true): Promise<Hex> {
    const signature = bytesToHex(this.voucherOf(payer, lane, amount));
    const voucher = { payer: lane.payer, lane: lane.lane, amount: amount.toString(), signature, final: isFinal };
    const { results } = await payee.client.pushVouchers({ vouchers: [voucher] });
    const [result] = results;
    if (result === undefined || !("amount" in result) || result.amount !== amount.toString())
      throw new Error(`the voucher was refused: ${JSON.stringify(result)}`);
    return signature;
  }

  voucherOf(payer: Customer, { payer: account, payee, lane }: SignedAllotment, amount: bigint): Signature {
    return sign(hashVoucher(this.separator, { payer: account, payee, lane, amount }), payer.privateKey);
  }

  /** Polls as `floodgate settle --wait` does. */
  settled(): Promise<SettleReply> {
    return until(
      () => this.postAsOperator<SettleReply>("/v1/operator/settle", { close: false }),
      ({ waiting, batches }) => waiting.statement === 0 && batches.every(({ state }) => state === "final"),
    );
  }
}

import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { parseAddress, parseHexBytes } from "../../../protocol/base/ids.ts";
import { recoverSigner } from "../../../protocol/base/secp256k1.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashApiRequest } from "../../../protocol/signed/api-request.ts";
import { hashListing } from "../../../protocol/signed/listing.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashRelease } from "../../../protocol/signed/release.ts";
import { hashSessionAuthorization } from "../../../protocol/signed/session.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashInstantWithdrawal, hashWithdrawal } from "../../../protocol/signed/withdrawal.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { readVector } from "../../support/vectors.ts";

interface VoucherVector {
  readonly chainId: string;
  readonly verifyingContract: string;
  readonly domainSeparator: string;
  readonly payers: string[];
  readonly payees: string[];
  readonly lanes: string[];
  readonly amounts: string[];
  readonly digests: string[];
}

type TypedDataVector = Record<string, Record<string, string> & { topUp: string[]; met: string[]; tags: string[] }>;

const vouchers = readVector<VoucherVector>("vouchers");
const typedData = readVector<TypedDataVector>("typed-data");
const separator = hashDomain({ chainId: Number(vouchers.chainId), contract: parseAddress(vouchers.verifyingContract) });

const DIGEST_OF: Record<
  string,
  (fields: Record<string, string> & { topUp: string[]; met: string[]; tags: string[] }) => Uint8Array
> = {
  voucher: (f) =>
    hashVoucher(separator, { payer: a(f.payer), payee: a(f.payee), lane: n(f.lane), amount: b(f.amount) }),
  sessionAuthorization: (f) =>
    hashSessionAuthorization(separator, {
      account: a(f.account),
      sessionKey: a(f.sessionKey),
      limit: b(f.limit),
      expiresAt: n(f.expiresAt),
    }),
  allotment: (f) =>
    hashAllotment(separator, {
      payer: a(f.payer),
      payee: a(f.payee),
      sessionKey: a(f.sessionKey),
      payeeKey: a(f.payeeKey),
      lane: n(f.lane),
      cap: b(f.cap),
      pricePerGiB: b(f.pricePerGiB),
      credit: n(f.credit),
      infoHash: String(f.infoHash).slice(2),
      expiresAt: n(f.expiresAt),
    }),
  listing: (f) =>
    hashListing(separator, {
      publisher: a(f.publisher),
      infoHash: String(f.infoHash).slice(2),
      title: String(f.title),
      description: String(f.description),
      tags: f.tags,
      licence: String(f.licence),
      pricePerGiB: b(f.pricePerGiB),
      sharePercent: n(f.sharePercent),
      replaces: String(f.replaces).slice(2),
      signedAt: n(f.signedAt),
    }),
  release: (f) =>
    hashRelease(separator, {
      account: a(f.account),
      to: a(f.to),
      amount: b(f.amount),
      nonce: n(f.nonce),
      deadline: n(f.deadline),
    }),
  withdrawal: (f) =>
    hashWithdrawal(separator, {
      account: a(f.account),
      to: a(f.to),
      amount: b(f.amount),
      deadline: n(f.deadline),
      nonce: b(f.nonce),
    }),
  instantWithdrawal: (f) =>
    hashInstantWithdrawal(separator, {
      account: a(f.account),
      to: a(f.to),
      amount: b(f.amount),
      deadline: n(f.deadline),
      nonce: b(f.nonce),
    }),
  receipt: (f) =>
    hashReceipt(separator, {
      payer: a(f.payer),
      payee: a(f.payee),
      lane: n(f.lane),
      amount: b(f.amount),
      receivedAt: n(f.receivedAt),
    }),
  apiRequest: (f) =>
    hashApiRequest(separator, {
      sessionKey: a(f.sessionKey),
      method: f.method ?? "",
      target: f.target ?? "",
      contentDigest: f.contentDigest ?? "",
      signedAt: n(f.signedAt),
    }),
  allotmentRequest: (f) =>
    hashAllotmentRequest(separator, {
      account: a(f.account),
      sessionKey: a(f.sessionKey),
      infoHash: String(f.infoHash).slice(2),
      bytesLeft: n(f.bytesLeft),
      topUp: f.topUp.map(Number),
      met: f.met.map(a),
      requestedAt: n(f.requestedAt),
    }),
};

const a = (text: string | undefined) => parseAddress(text ?? "");
const n = (text: string | undefined) => Number(text);
const b = (text: string | undefined) => BigInt(text ?? "");

describe("digests", () => {
  test("the domain separator is viem's", () => {
    expect(bytesToHex(separator)).toBe(vouchers.domainSeparator);
  });

  test("1,000 vouchers hash as viem hashes them", () => {
    const ours = vouchers.payers.map((payer, i) =>
      bytesToHex(
        hashVoucher(separator, {
          payer: a(payer),
          payee: a(vouchers.payees[i]),
          lane: n(vouchers.lanes[i]),
          amount: b(vouchers.amounts[i]),
        }),
      ),
    );

    expect(ours).toHaveLength(1000);
    expect(ours).toEqual(vouchers.digests);
  });

  test.each(Object.keys(DIGEST_OF))("%s: digest and signer are viem's", (kind) => {
    const fields = typedData[kind];
    if (!fields) throw new Error(`no vector for ${kind}`);

    const digest = DIGEST_OF[kind]?.(fields) ?? new Uint8Array();

    expect(bytesToHex(digest)).toBe(fields.digest);
    expect(recoverSigner(digest, parseHexBytes(fields.signature ?? "", 64))).toBe(fields.signer);
  });
});

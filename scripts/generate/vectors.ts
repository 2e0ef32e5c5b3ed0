import { mkdirSync, writeFileSync } from "node:fs";
import {
  concat,
  domainSeparator,
  hashTypedData,
  keccak256,
  numberToHex,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
  toHex,
} from "viem";
import { privateKeyToAccount, sign } from "viem/accounts";
import { bytesToHex, type Hex, hexToBytes } from "../../protocol/base/bytes.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import {
  type Batch,
  buildBatch,
  buildStatementBatch,
  encodeBatch,
  hashOutcome,
} from "../../protocol/contract/batch.ts";
import { ALLOTMENT_TYPE } from "../../protocol/signed/allotment.ts";
import { API_REQUEST_TYPE } from "../../protocol/signed/api-request.ts";
import { LISTING_TYPE } from "../../protocol/signed/listing.ts";
import { RECEIPT_TYPE } from "../../protocol/signed/receipt.ts";
import { RELEASE_TYPE } from "../../protocol/signed/release.ts";
import { SESSION_AUTHORIZATION_TYPE } from "../../protocol/signed/session.ts";
import { STATEMENT_TYPE } from "../../protocol/signed/statement.ts";
import { VOUCHER_TYPE } from "../../protocol/signed/voucher.ts";
import { INSTANT_WITHDRAWAL_TYPE, WITHDRAWAL_TYPE } from "../../protocol/signed/withdrawal.ts";
import { ALLOTMENT_REQUEST_TYPE } from "../../protocol/wire/announce.ts";

/**
 * Writes test/vectors. Every digest and signature in them is made by viem from the text of the
 * type, none by our own hashing, so that TypeScript and Solidity are both checked against a third
 * implementation. Run it after a change of a signed type: node scripts/run.mjs
 * scripts/generate/vectors.ts
 */

const CHAIN_ID = 31337;
const CONTRACT = parseAddress("0x5fbdb2315678afecb367f032d93f642f64180aa3");
const VOUCHERS = 1000;
const DIRECTORY = new URL("../../test/vectors/", import.meta.url);
const DOMAIN = { name: "Floodgate", version: "1", chainId: CHAIN_ID, verifyingContract: CONTRACT } as const;
const HEADER = {
  chainId: String(CHAIN_ID),
  verifyingContract: CONTRACT,
  domainSeparator: domainSeparator({ domain: DOMAIN }),
};

type Fields = Readonly<Record<string, string | number | bigint | readonly number[] | readonly string[]>>;

/** Pseudo-random bytes that are the same on every run: keccak-256 of a label. */
function bytesOf(label: string, length: number): Hex {
  return `0x${keccak256(toHex(label)).slice(2, 2 + 2 * length)}`;
}

function addressOf(label: string): Address {
  return parseAddress(privateKeyToAccount(bytesOf(label, 32)).address.toLowerCase());
}

/** "Voucher(address payer,...)" as viem wants it. */
function digestOf(type: string, message: Fields): Hex {
  const [primaryType, inner] = type.slice(0, -1).split("(") as [string, string];
  const fields = inner.split(",").map((field) => {
    const [fieldType, name] = field.split(" ") as [string, string];
    return { name, type: fieldType };
  });
  return hashTypedData({ domain: DOMAIN, types: { [primaryType]: fields }, primaryType, message });
}

/** EIP-2098 signature by the key of `label`. */
async function signedBy(label: string, digest: Hex): Promise<Hex> {
  const signature = await sign({ hash: digest, privateKey: bytesOf(label, 32), to: "hex" });
  return serializeCompactSignature(signatureToCompactSignature(parseSignature(signature)));
}

/** Amounts and lanes of every size, the extremes first. */
function voucherAt(index: number) {
  const extremes = [0n, 1n, 2n ** 96n - 1n];
  const amount = extremes[index] ?? BigInt(bytesOf(`amount ${index}`, 12)) % (1n << BigInt(1 + (index % 96)));
  const lane =
    index === 3 ? 2 ** 32 - 1 : Number(BigInt(bytesOf(`lane ${index}`, 4)) % (1n << BigInt(1 + (index % 32))));
  return { payer: bytesOf(`payer ${index}`, 20), payee: bytesOf(`payee ${index}`, 20), lane, amount };
}

function vouchersVector(): unknown {
  const vouchers = Array.from({ length: VOUCHERS }, (_, index) => voucherAt(index));
  return {
    ...HEADER,
    payers: vouchers.map((voucher) => voucher.payer),
    payees: vouchers.map((voucher) => voucher.payee),
    lanes: vouchers.map((voucher) => voucher.lane),
    amounts: vouchers.map((voucher) => voucher.amount),
    digests: vouchers.map((voucher) => digestOf(VOUCHER_TYPE, voucher)),
  };
}

const LISTING = {
  title: "Ein Film",
  description: "Zwei\nZeilen: \u8aad\u3093\u3067",
  tags: ["drama", "\u00fcber"],
  licence: "CC-BY-4.0",
  pricePerGiB: 10_000n,
  sharePercent: 20,
  replaces: bytesOf("older content", 20),
  signedAt: 1_800_000_000,
};

async function typedDataVector(): Promise<unknown> {
  const account = addressOf("wallet");
  const sessionKey = addressOf("session");
  const infoHash = bytesOf("content", 20);
  const entry = async (type: string, signer: string, message: Fields) => {
    const digest = digestOf(type, message);
    return { ...message, digest, signer: addressOf(signer), signature: await signedBy(signer, digest) };
  };
  return {
    ...HEADER,
    voucher: await entry(VOUCHER_TYPE, "session", {
      payer: account,
      payee: addressOf("payee"),
      lane: 7,
      amount: 123456789n,
    }),
    sessionAuthorization: await entry(SESSION_AUTHORIZATION_TYPE, "wallet", {
      account,
      sessionKey,
      limit: 5_000_000n,
      expiresAt: 1_900_000_000,
    }),
    allotment: await entry(ALLOTMENT_TYPE, "allotter", {
      payer: account,
      payee: addressOf("payee"),
      sessionKey,
      payeeKey: addressOf("payee session"),
      lane: 7,
      cap: 200_000_000n,
      pricePerGiB: 10_000n,
      credit: 524_288,
      infoHash,
      expiresAt: 1_900_000_000,
    }),
    withdrawal: await entry(WITHDRAWAL_TYPE, "wallet", {
      account,
      to: addressOf("cold storage"),
      amount: 1_000_000n,
      deadline: 1_900_000_000,
      nonce: 3n,
    }),
    instantWithdrawal: await entry(INSTANT_WITHDRAWAL_TYPE, "wallet", {
      account,
      to: addressOf("cold storage"),
      amount: 1_000_000n,
      deadline: 1_900_000_000,
      nonce: 3n,
    }),
    receipt: await entry(RECEIPT_TYPE, "allotter", {
      payer: account,
      payee: addressOf("payee"),
      lane: 7,
      amount: 123456789n,
      receivedAt: 1_800_000_000,
    }),
    release: await entry(RELEASE_TYPE, "allotter", {
      account,
      to: addressOf("cold storage"),
      amount: 1_000_000n,
      nonce: 5,
      deadline: 1_900_000_000,
    }),
    listing: await entry(LISTING_TYPE, "wallet", { publisher: account, infoHash, ...LISTING }),
    apiRequest: await entry(API_REQUEST_TYPE, "session", {
      sessionKey,
      method: "POST",
      target: "/v1/vouchers?x=%C3%BC",
      contentDigest: "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
      signedAt: 1_800_000_000,
    }),
    allotmentRequest: await entry(ALLOTMENT_REQUEST_TYPE, "session", {
      account,
      sessionKey,
      infoHash,
      bytesLeft: 121_000_000,
      topUp: [3, 7, 4_294_967_295],
      met: [addressOf("seeder"), addressOf("other seeder")],
      requestedAt: 1_800_000_000,
    }),
  };
}

const HEAD = { bundleHash: bytesOf("bundle", 32), validUntil: 1_900_000_000 };

/** Two payers, three payees, five lanes. */
async function batchVector(): Promise<unknown> {
  const lanes = await Promise.all(
    Array.from({ length: 5 }, async (_, index) => {
      const payer = addressOf(`payer ${index % 2}`);
      const payee = addressOf(`payee ${index % 3}`);
      const session = `session ${index % 2}`;
      const voucher = { payer, payee, lane: 10 + index, amount: 1_000_000n + BigInt(index) };
      const signature = hexToBytes(await signedBy(session, digestOf(VOUCHER_TYPE, voucher)));
      return { ...voucher, sessionKey: addressOf(session), signature };
    }),
  );
  const batch = buildBatch(HEAD, lanes);
  return {
    ...describeBatch(batch),
    lanes: lanes.map((lane) => ({ ...lane, signature: bytesToHex(lane.signature) })),
  };
}

/** The same lanes, with one signature of each payer. */
async function statementsVector(): Promise<unknown> {
  const statements = await Promise.all(
    [0, 1].map(async (index) => {
      const payer = addressOf(`payer ${index}`);
      const lanes = [0, 1, 2, 3, 4]
        .filter((i) => i % 2 === index)
        .map((i) => ({ payee: addressOf(`payee ${i % 3}`), lane: 10 + i, amount: 1_000_000n + BigInt(i) }));
      const lanesHash = keccak256(
        concat(
          lanes.flatMap(({ payee, lane, amount }) => [
            payee,
            numberToHex(lane, { size: 4 }),
            numberToHex(amount, { size: 12 }),
          ]),
        ),
      );
      const digest = digestOf(STATEMENT_TYPE, { payer, lanesHash });
      const signature = await signedBy(`session ${index}`, digest);
      return { payer, sessionKey: addressOf(`session ${index}`), lanes, lanesHash, digest, signature };
    }),
  );
  const batch = buildStatementBatch(
    HEAD,
    statements.map((statement) => ({ ...statement, signature: hexToBytes(statement.signature) })),
  );
  return { ...describeBatch(batch), statements };
}

/** In `paid` the second row of the first group was skipped. */
function describeBatch(batch: Batch) {
  const paid = batch.groups.map(({ rows }, i) => ((1n << BigInt(rows.length)) - 1n) & (i === 0 ? ~2n : ~0n));
  return {
    ...HEADER,
    ...HEAD,
    batch: bytesToHex(encodeBatch(batch)),
    paid,
    outcomeHash: hashOutcome(batch, paid),
  };
}

function write(name: string, value: unknown): void {
  const text = JSON.stringify(
    value,
    (_, field) => (typeof field === "bigint" || typeof field === "number" ? String(field) : field),
    1,
  );
  writeFileSync(new URL(name, DIRECTORY), `${text}\n`);
}

mkdirSync(DIRECTORY, { recursive: true });
write("vouchers.json", vouchersVector());
write("typed-data.json", await typedDataVector());
write("batch.json", await batchVector());
write("statements.json", await statementsVector());

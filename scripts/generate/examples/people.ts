import { hexToBytes } from "../../../protocol/base/bytes.ts";
import { keccak256 } from "../../../protocol/base/hashes.ts";
import type { Address, InfoHash } from "../../../protocol/base/ids.ts";
import { parseAddress } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf, type Signature, sign } from "../../../protocol/base/secp256k1.ts";
import type { Allotment, SignedAllotment } from "../../../protocol/signed/allotment.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import type { Statement } from "../../../protocol/signed/statement.ts";
import { hashStatement } from "../../../protocol/signed/statement.ts";
import { type Domain, hashDomain } from "../../../protocol/signed/typed-data.ts";
import type { SignedVoucher } from "../../../protocol/signed/voucher.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";

/** The people of the specification's examples. Their keys are keccak-256 of their names. */

export const DOMAIN: Domain = { chainId: 31337, contract: parseAddress("0x5fbdb2315678afecb367f032d93f642f64180aa3") };
export const SEPARATOR = hashDomain(DOMAIN);

/** Private key of the person of this name, 32 bytes. */
export function keyOf(name: string): Uint8Array {
  return keccak256(new TextEncoder().encode(name));
}

export function addressOf(name: string): Address {
  return addressOfKey(publicKeyOf(keyOf(name)));
}

export const ALICE = addressOf("alice");
export const ALICE_SESSION = addressOf("alice session");
export const BOB = addressOf("bob");
export const BOB_SESSION = addressOf("bob session");
export const ALLOTTER = addressOf("allotter");
export const INFO_HASH: InfoHash = "0123456789abcdef0123456789abcdef01234567";
export const WIRE_TOKEN = hexToBytes("000102030405060708090a0b0c0d0e0f");

/** Bob downloads from Alice: lane 7 is good for 200.00 at 0.01 per GiB, and 512 KiB may be owed. */
export const ALLOTMENT: Allotment = {
  payer: BOB,
  payee: ALICE,
  sessionKey: BOB_SESSION,
  payeeKey: ALICE_SESSION,
  lane: 7,
  cap: 200_000_000n,
  pricePerGiB: 10_000n,
  credit: 524_288,
  infoHash: INFO_HASH,
  expiresAt: 1_900_000_000,
};

/** The same terms on `lane`, signed. */
export function allotmentOf(lane: number): SignedAllotment {
  const allotment = { ...ALLOTMENT, lane };
  return { ...allotment, signature: sign(hashAllotment(SEPARATOR, allotment), keyOf("allotter")) };
}

export const SIGNED_ALLOTMENT = allotmentOf(ALLOTMENT.lane);

export const AMOUNT = 4_100n;
export const RECEIVED_AT = 1_899_999_900;

/** Bob's voucher on `lane`. */
export function voucherOf(lane: number, amount: bigint): SignedVoucher {
  const voucher = { payer: BOB, payee: ALICE, lane, amount };
  return { ...voucher, signature: sign(hashVoucher(SEPARATOR, voucher), keyOf("bob session")) };
}

/** Bob's lanes 7 and 8, both finished. */
export const STATEMENT: Statement = {
  payer: BOB,
  lanes: [
    { payee: ALICE, lane: 7, amount: AMOUNT },
    { payee: ALICE, lane: 8, amount: 900n },
  ],
};

export const STATEMENT_SIGNATURE: Signature = sign(hashStatement(SEPARATOR, STATEMENT), keyOf("bob session"));

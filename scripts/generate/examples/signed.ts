import { concatBytes } from "../../../protocol/base/bytes.ts";
import { sign } from "../../../protocol/base/secp256k1.ts";
import { MAX_UINT96 } from "../../../protocol/base/units.ts";
import { hashAllotment } from "../../../protocol/signed/allotment.ts";
import { hashApiRequest } from "../../../protocol/signed/api-request.ts";
import { hashListing } from "../../../protocol/signed/listing.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { hashRelease } from "../../../protocol/signed/release.ts";
import { hashSessionAuthorization } from "../../../protocol/signed/session.ts";
import { hashLanes, hashStatement } from "../../../protocol/signed/statement.ts";
import { hashVoucher } from "../../../protocol/signed/voucher.ts";
import { hashInstantWithdrawal, hashWithdrawal } from "../../../protocol/signed/withdrawal.ts";
import { hashAllotmentRequest } from "../../../protocol/wire/announce.ts";
import { listValues } from "./layout.ts";
import {
  ALICE,
  ALICE_SESSION,
  ALLOTMENT,
  ALLOTTER,
  AMOUNT,
  addressOf,
  BOB,
  BOB_SESSION,
  DOMAIN,
  INFO_HASH,
  keyOf,
  RECEIVED_AT,
  SEPARATOR,
  STATEMENT,
} from "./people.ts";

/** Digests and signatures of each signed type. */
export function signedExamples(): Record<string, string> {
  const withdrawal = {
    account: ALICE,
    to: addressOf("cold storage"),
    amount: 1_000_000n,
    deadline: 1_900_000_300,
    nonce: 3n,
  };
  const release = { account: ALICE, to: addressOf("cold storage"), amount: 1_000_000n, nonce: 5 };
  return {
    people: listValues({
      alice: ALICE,
      "alice session": ALICE_SESSION,
      bob: BOB,
      "bob session": BOB_SESSION,
      allotter: ALLOTTER,
      "cold storage": addressOf("cold storage"),
    }),
    domain: listValues({ chainId: DOMAIN.chainId, verifyingContract: DOMAIN.contract, domainSeparator: SEPARATOR }),
    "session-authorization": ofWallet(
      "bob",
      { account: BOB, sessionKey: BOB_SESSION, limit: MAX_UINT96, expiresAt: 1_900_003_600 },
      hashSessionAuthorization,
    ),
    listing: ofWallet(
      "alice",
      {
        ...{ publisher: ALICE, infoHash: INFO_HASH, title: "A Film", description: "Of 2026.", tags: ["drama"] },
        ...{ licence: "CC-BY-4.0", pricePerGiB: 10_000n, sharePercent: 10, replaces: null, signedAt: 1_899_999_000 },
      },
      hashListing,
    ),
    allotment: ofKey("allotter", ALLOTMENT, hashAllotment),
    voucher: ofKey("bob session", { payer: BOB, payee: ALICE, lane: 7, amount: AMOUNT }, hashVoucher),
    statement: statementExample(),
    withdrawal: ofWallet("alice", withdrawal, hashWithdrawal),
    "instant-withdrawal": ofWallet("alice", withdrawal, hashInstantWithdrawal),
    release: ofKey("allotter", { ...release, deadline: 1_900_000_060 }, hashRelease),
    receipt: ofKey(
      "allotter",
      { payer: BOB, payee: ALICE, lane: 7, amount: AMOUNT, receivedAt: RECEIVED_AT },
      hashReceipt,
    ),
    "api-request": ofKey("alice session", API_REQUEST, hashApiRequest),
    "allotment-request": ofKey("bob session", ALLOTMENT_REQUEST, hashAllotmentRequest),
  };
}

/** Alice asks for the oldest of her lanes' pages. */
const API_REQUEST = {
  sessionKey: ALICE_SESSION,
  method: "GET",
  target: "/v1/account/lanes?cursor=107",
  contentDigest: "",
  signedAt: 1_899_999_900,
} as const;

/** Bob has 121 MB to go, is half through lane 7, and has met Alice. */
export const ALLOTMENT_REQUEST = {
  account: BOB,
  sessionKey: BOB_SESSION,
  infoHash: INFO_HASH,
  bytesLeft: 121_000_000,
  topUp: [7],
  met: [ALICE_SESSION],
  requestedAt: 1_899_999_880,
} as const;

function ofKey<T extends object>(signer: string, message: T, hash: (separator: Uint8Array, message: T) => Uint8Array) {
  const digest = hash(SEPARATOR, message);
  return listValues({ ...message, digest, [`signature of ${signer}`]: sign(digest, keyOf(signer)) });
}

/** Wallets give r, s and v, 65 bytes. */
function ofWallet<T extends object>(
  signer: string,
  message: T,
  hash: (separator: Uint8Array, message: T) => Uint8Array,
) {
  const digest = hash(SEPARATOR, message);
  const compact = sign(digest, keyOf(signer));
  const v = 27 + ((compact[32] as number) >> 7);
  const signature = concatBytes(compact, Uint8Array.of(v));
  signature[32] = (signature[32] as number) & 0x7f;
  return listValues({ ...message, digest, [`signature of ${signer}`]: signature });
}

function statementExample(): string {
  const lanes = STATEMENT.lanes.map(({ payee, lane, amount }, index) => [
    `lane ${index}`,
    `${payee} ${lane} ${amount}`,
  ]);
  const digest = hashStatement(SEPARATOR, STATEMENT);
  return listValues({
    payer: STATEMENT.payer,
    ...Object.fromEntries(lanes),
    lanesHash: hashLanes(STATEMENT.lanes),
    digest,
    "signature of bob session": sign(digest, keyOf("bob session")),
  });
}

import { describe, expect, test } from "vitest";
import { problemOf } from "../../../authority/http/problems.ts";
import { EXIT_CODES, exitCodeOf } from "../../../cli/exit-codes.ts";
import type { ErrorClass } from "../../../protocol/base/error-codes/define.ts";
import { ERROR_CODES, type ErrorCode, errorFacts, parseErrorCode } from "../../../protocol/base/error-codes.ts";
import {
  AccessError,
  ChainError,
  FloodgateError,
  InputError,
  InvariantError,
  NetworkError,
  PaymentError,
  ProtocolError,
  VerificationError,
} from "../../../protocol/base/errors.ts";
import { PUSH_REFUSALS } from "../../../protocol/http/push-refusals.ts";
import { REFUSALS } from "../../../protocol/wire/refusals.ts";

/** Class, exit code, HTTP status and their codes: scripts and other programs rely on these. */
const PINNED: readonly (readonly [errorClass: string, exit: number, status: number, codes: string])[] = [
  [
    "InputError",
    2,
    400,
    `
    FILES_TOO_MANY FILES_UNMATCHED FILE_UNUSABLE LINK_REFUSED LISTING_INVALID LISTING_STALE NAMES_COLLIDE
    ABOVE_CAP ADDRESS_INVALID AMOUNT_INVALID CONTENT_PAUSED DATA_NOT_OURS DISK_QUOTA IMPORT_INVALID
    LANE_INVALID SOURCE_INVALID ARTIFACT_MISSING BATCH_INVALID BOND_OWNER CARD_INVALID
    CLAIM_PERIOD_TOO_SHORT CONTENT_STOPPED CONTENT_TWICE CONTRACT_MISSING CONTRACT_OTHER CURSOR_INVALID DEPOSIT_REFUSED
    DIRECTORY_UNUSABLE EVIDENCE_INVALID EVIDENCE_IRRELEVANT EXPIRED FILE_EMPTY FILE_TOO_SMALL
    FROM_BLOCK_TOO_LATE HEX_INVALID HOST_INVALID IDEMPOTENCY_KEY_INVALID IDEMPOTENCY_KEY_REUSED
    ID_AMBIGUOUS INFOHASH_INVALID LANE_UNUSED NAME_UNSAFE OPTIONS_CONFLICT OPTIONS_INCOMPLETE
    PASSPHRASE_DIFFERS PASSPHRASE_TOO_SHORT PRICE_INVALID PROOF_IMPOSSIBLE PUBLIC_KEY_INVALID SHARE_INVALID
    QUERY_TOO_LONG REQUEST_INVALID SCRAPE_INVALID SESSION_EXPIRY_INVALID SESSION_REFUSED
    STATEMENT_INVALID STATEMENT_STALE STREAM_FILE_UNKNOWN TITLE_INVALID TOKEN_MISSING
    TORRENT_INVALID TO_BLOCK_UNKNOWN SPONSORSHIP_INVALID URL_INVALID USAGE VOUCHERS_INVALID WITHDRAWAL_REFUSED`,
  ],
  [
    "InputError",
    2,
    413,
    `
    BODY_TOO_LARGE`,
  ],
  [
    "InputError",
    2,
    415,
    `
    MEDIA_TYPE_WRONG`,
  ],
  [
    "InputError",
    2,
    405,
    `
    METHOD_WRONG`,
  ],
  [
    "InputError",
    7,
    400,
    `
    FILE_MISMATCH`,
  ],
  [
    "InputError",
    3,
    400,
    `
    ARTIFACT_INVALID ALLOTTER_UNKNOWN BACKUP_EXISTS CHAIN_MISMATCH CONFIG_INVALID DEPLOYER_MISSING DEPLOYMENT_INVALID DEPLOYMENT_MISSING
    DEVNET_ONLY FILE_EXISTS FILE_PERMISSIONS FILE_UNREADABLE FILE_UNWRITABLE HOME_INVALID HOME_IN_USE
    HOME_NOT_EMPTY KEY_FILE_INVALID KEY_FILE_MISSING NETWORK_CHANGED NETWORK_FILE_INVALID NETWORK_WRONG
    NOT_REGISTERED OPERATOR_WRONG OWNER_INVALID OWNER_MISSING PASSPHRASE_FILE_INVALID PORT_IN_USE PORT_UNUSABLE
    SECRET_FILE_INVALID SECRET_INVALID SESSION_INVALID STORE_DAMAGED STORE_MISSING STORE_TOO_NEW STORE_UNUSABLE UNHEALTHY WALLET_INVALID
    WALLET_MISSING WELL_KNOWN_KEY`,
  ],
  [
    "AccessError",
    4,
    401,
    `
    API_TOKEN_INVALID LOGIN_INVALID LOGIN_REQUIRED OPERATOR_REQUIRED REQUEST_STALE REQUEST_UNSIGNED TOKEN_EXPIRED TOKEN_INVALID
    TOKEN_REVOKED`,
  ],
  [
    "AccessError",
    4,
    403,
    `
    FORBIDDEN NOT_OWNER NO_SELLER PASSPHRASE_MISSING PASSPHRASE_WRONG PAYEE_WRONG TICKET_ENDED TRACKER_REFUSED`,
  ],
  [
    "AccessError",
    8,
    404,
    `
    BUNDLE_UNKNOWN CONTENT_UNKNOWN DEPOSIT_UNKNOWN FILE_UNKNOWN LANE_UNKNOWN ROUTE_UNKNOWN SESSION_UNKNOWN SPONSOR_MISSING TORRENT_UNKNOWN
    WITHDRAWAL_UNKNOWN`,
  ],
  [
    "AccessError",
    4,
    429,
    `
    RATE_LIMITED`,
  ],
  [
    "PaymentError",
    6,
    402,
    `
    BALANCE_TOO_LOW BOND_TOO_LOW CARD_DECLINED DEPOSIT_FAILED DEPOSIT_REFUNDED DEPOSIT_REQUIRED GAS_MISSING
    PRICE_DECLINED PRICE_TOO_HIGH QUOTA_EXCEEDED RELEASE_REFUSED SPEND_LIMIT SPONSOR_SPENT TOKENS_MISSING`,
  ],
  [
    "ChainError",
    5,
    503,
    `
    ALLOTTER_RETIRED CALL_REFUSED CHAIN_CALL_FAILED CHAIN_FAILED CHAIN_STOPPED CONTRACT_REFUSED DEPLOY_FAILED
    DEPOSITS_PAUSED RPC_UNAVAILABLE SESSION_FAILED STILL_PENDING TREASURY_EMPTY TX_REVERTED WITHDRAWAL_FAILED`,
  ],
  [
    "NetworkError",
    5,
    502,
    `
    AUTHORITY_FAILED AUTHORITY_REFUSED AUTHORITY_TIMEOUT AUTHORITY_UNREACHABLE CARD_TIMEOUT CERTIFICATE_WRONG
    EVIDENCE_UNREACHABLE LISTEN_FAILED PAYEE_UNREACHABLE PEER_ABSENT RECEIPT_INVALID REPLY_INVALID
    REPLY_TOO_LARGE SELLER_MISSING SOURCE_UNREACHABLE TRACKER_UNREACHABLE WEBHOOK_FAILED`,
  ],
  [
    "ProtocolError",
    7,
    400,
    `
    ACCEPT_INVALID ACK_INVALID AMOUNT_ABOVE_CAP ANNOUNCE_INVALID BAD_TOO_OFTEN BENCODE_INVALID
    GRANT_INVALID LANE_NOT_ACCEPTED LANE_NOT_OFFERED MESSAGE_INVALID MESSAGE_UNEXPECTED OFFERS_TOO_OFTEN
    LISTING_FORGED METAINFO_INVALID PROOF_INVALID SIGNATURE_INVALID`,
  ],
  [
    "VerificationError",
    7,
    500,
    `
    AUDIT_FAILED`,
  ],
  [
    "ChainError",
    10,
    503,
    `
    RPC_REORG`,
  ],
  [
    "ChainError",
    11,
    503,
    `
    RPC_DISAGREE RPC_INCONSISTENT`,
  ],
  [
    "ChainError",
    12,
    503,
    `
    RPC_PRUNED`,
  ],
  [
    "ChainError",
    13,
    503,
    `
    RPC_ANSWER_INVALID RPC_ANSWER_TOO_LARGE`,
  ],
  [
    "InputError",
    14,
    400,
    `
    STATE_AHEAD STATE_FOREIGN STATE_IN_USE STATE_REORGED STATE_SOURCES STATE_UNUSABLE STATE_VERSION`,
  ],
  [
    "FloodgateError",
    1,
    500,
    `
    BENCH_FAILED BUILD_FAILED COMMAND_FAILED INTERNAL STATEMENT_WRONG STORE_CLOSED`,
  ],
  [
    "FloodgateError",
    9,
    500,
    `
    CONTENT_FAILED DISK_FULL FILE_CHANGED MONTH_LIMIT STORE_FAILED`,
  ],
  [
    "FloodgateError",
    9,
    503,
    `
    STORE_BROKEN STORE_FULL`,
  ],
  [
    "FloodgateError",
    130,
    500,
    `
    INTERRUPTED`,
  ],
  [
    "InvariantError",
    1,
    500,
    `
    ALLOTMENT_SUM BATCH_LANE BATCH_TOTAL BYTES_INVALID CALLER_MISSING CALL_EMPTY ENGINES_DISAGREE
    LANE_NOT_STORED LANE_ORDER LANE_PAIR LANE_UNSIGNED LINE_INVALID OPERATOR_KEY PIECE_ASSIGNED_TWICE
    PIECE_BEGUN_TWICE PIECE_NOT_ASSIGNED PIECE_NOT_BEGUN PIECE_UNPAYABLE POOL_EXCEEDED
    RECEIPT_MISSING SETTLED_MISSING VOUCHER_CAP VOUCHER_GROWS VOUCHER_LANE VOUCHER_OWED
    WINDOW_EXCEEDED WITHDRAWAL_EVENT WITHDRAWAL_MISSING`,
  ],
];

const codesOf = (text: string): ErrorCode[] => text.trim().split(/\s+/) as ErrorCode[];
/**
 * Answered to a request that no route has seen, or printed for a signal: nothing throws these as
 * they are.
 */
const NEVER_THROWN = ["BODY_TOO_LARGE", "MEDIA_TYPE_WRONG", "INTERRUPTED"];

const CLASSES: Readonly<Record<ErrorClass, typeof FloodgateError>> = {
  AccessError,
  ChainError,
  FloodgateError,
  InputError,
  InvariantError,
  NetworkError,
  PaymentError,
  ProtocolError,
  VerificationError,
};

const errorOf = (code: ErrorCode, errorClass: ErrorClass = ERROR_CODES[code].class): FloodgateError =>
  new CLASSES[errorClass](code, "what happened");

describe("error codes", () => {
  test("each code has one class, exit code and HTTP status", () => {
    const all = PINNED.flatMap(([, , , codes]) => codesOf(codes));

    expect(new Set(all).size).toBe(all.length);
    expect(Object.keys(ERROR_CODES).sort()).toEqual(all.sort());
  });

  test.each(PINNED)("%s with exit code %i and status %i", (errorClass, exit, status, text) => {
    for (const code of codesOf(text)) {
      expect(ERROR_CODES[code], code).toMatchObject({ class: errorClass, exit, status });
      if (NEVER_THROWN.includes(code)) continue;
      expect(exitCodeOf(errorOf(code)), code).toBe(exit);
      expect(problemOf(errorOf(code)).status, code).toBe(status);
    }
  });

  test("every exit code is explained in the help", () => {
    const exits = Object.values(ERROR_CODES).map(({ exit }) => exit);

    expect(exits.filter((exit) => EXIT_CODES[exit] === undefined)).toEqual([]);
  });

  test("meanings and actions are plain sentences", () => {
    const all = [ERROR_CODES, REFUSALS, PUSH_REFUSALS].flatMap((table) => Object.entries(table));
    const odd = all.filter(([, { meaning, action }]) =>
      [meaning, action].some((text) => !/^(?:[A-Z]|--)[^\n]*\.$/.test(text) || text.split(" ").length > 25),
    );

    expect(odd).toEqual([]);
  });

  test("an unknown code from another program keeps its class by HTTP status", () => {
    const code = parseErrorCode("SOMETHING_NEW");
    if (code === null) throw new Error("the code is well-formed");

    expect(errorFacts(code)).toBeNull();
    expect(exitCodeOf(new CLASSES.AccessError(code, "no", { details: { status: 403 } }))).toBe(4);
    expect(exitCodeOf(new CLASSES.AccessError(code, "no", { details: { status: 404 } }))).toBe(8);
    expect(problemOf(new CLASSES.AccessError(code, "no"))).toMatchObject({ status: 500, code: "INTERNAL" });
  });

  test("a known code in another class has the exit code of that class", () => {
    expect(exitCodeOf(errorOf("RATE_LIMITED", "NetworkError"))).toBe(5);
    expect(exitCodeOf(errorOf("INTERNAL", "NetworkError"))).toBe(5);
  });

  test.each(["", "lower_case", "1ST", "WITH SPACE", "LINE\nBREAK", "A".repeat(65)])("%j is not a code", (text) => {
    expect(parseErrorCode(text)).toBeNull();
  });
});

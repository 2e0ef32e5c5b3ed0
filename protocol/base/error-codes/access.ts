import { defineCodes } from "./define.ts";

/** The caller must log in. */
const LOGIN_CODES = defineCodes(
  { class: "AccessError", exit: 4, status: 401 },
  {
    API_TOKEN_INVALID: [
      "The request does not carry the token of the running peer.",
      "Send the token of its home's peer.json as Authorization: Bearer.",
    ],
    LOGIN_INVALID: ["The login is refused.", "Log in with a fresh challenge and the session's own key."],
    LOGIN_REQUIRED: ["The route needs an access token.", "Log in, and send the token as Authorization: Bearer."],
    OPERATOR_REQUIRED: ["The route is for operators.", "Send the operator secret as Authorization: Bearer."],
    REQUEST_UNSIGNED: [
      "The request is not signed by the session key of its access token.",
      "Sign method, path, digest of the body and time with the session key.",
    ],
    REQUEST_STALE: ["The request was not signed just now.", "Read the authority's clock at /v1/info, and sign again."],
    TOKEN_EXPIRED: ["The access token has expired.", "Log in again."],
    TOKEN_INVALID: ["The access token is not from this authority.", "Log in again."],
    TOKEN_REVOKED: ["The account has revoked the access token.", "Log in again."],
  },
);

/** The caller is not allowed to do this. */
const FORBIDDEN_CODES = defineCodes(
  { class: "AccessError", exit: 4, status: 403 },
  {
    FORBIDDEN: ["The account or its session key may not do this.", "Use the account and key that the message names."],
    NO_SELLER: [
      "Every seller that is left refuses this account.",
      "Read each reason in the message, and give the command again later: what is there is kept.",
    ],
    NOT_OWNER: ["The key does not own the contract.", "Give --key-file with the owner's key."],
    PASSPHRASE_MISSING: [
      "The wallet's passphrase is needed.",
      "Give --passphrase-file, set FLOODGATE_PASSPHRASE, or use a terminal.",
    ],
    PASSPHRASE_WRONG: ["The passphrase is wrong.", "Try again."],
    PAYEE_WRONG: ["The lane pays another account.", "Let that lane's payee send it."],
    TICKET_ENDED: ["A sponsor's ticket has ended.", "Give the command again: it asks for another ticket."],
    TRACKER_REFUSED: [
      "The tracker refuses this peer.",
      "Act on the reason in the message, such as an expired session.",
    ],
  },
);

/** What is asked for does not exist. */
const UNKNOWN_CODES = defineCodes(
  { class: "AccessError", exit: 8, status: 404 },
  {
    BUNDLE_UNKNOWN: ["The authority has no such audit bundle.", "List the bundles at /v1/bundles."],
    CONTENT_UNKNOWN: ["The running peer has no such content.", "Look it up with `floodgate peer ls`."],
    DEPOSIT_UNKNOWN: ["The account has no such deposit.", "Check the deposit's id."],
    FILE_UNKNOWN: ["The content has no such file.", "Take a name from its .torrent file."],
    LANE_UNKNOWN: ["The authority has issued no such lane.", "Check the lane's number and payer."],
    ROUTE_UNKNOWN: ["The API has no such route.", "Look the route up in /openapi.json."],
    SESSION_UNKNOWN: ["The account has not authorized that session key.", "Run `floodgate register`."],
    SPONSOR_MISSING: ["Nobody sponsors this content.", "Leave --sponsored out, and pay for it."],
    TORRENT_UNKNOWN: ["No such content is published.", "Look it up with `floodgate search`."],
    WITHDRAWAL_UNKNOWN: ["The account has no such withdrawal.", "Check the withdrawal's id."],
  },
);

const RATE_CODES = defineCodes(
  { class: "AccessError", exit: 4, status: 429 },
  { RATE_LIMITED: ["There were too many requests.", "Wait, and send fewer."] },
);

/** Unknown or not allowed. */
export const ACCESS_CODES = { ...LOGIN_CODES, ...FORBIDDEN_CODES, ...UNKNOWN_CODES, ...RATE_CODES } as const;

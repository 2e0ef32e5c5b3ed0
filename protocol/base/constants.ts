/** Of this release, as package.json has it. */
export const VERSION = "0.1.0";

/** Name of the libp2p protocol on which vouchers travel (libp2p spec, "protocol negotiation"). */
export const VOUCHER_PROTOCOL = "/floodgate/voucher/1.0.0";

/** Name of the wire extension in the BEP 10 handshake. */
export const WIRE_EXTENSION = "floodgate";

/** Fresh random bytes per wire that tie a voucher stream to it. */
export const WIRE_TOKEN_BYTES = 16;

/**
 * While pieces are on their way, a stream carries at most one voucher in this time. The newest
 * replaces those that wait.
 */
export const VOUCHER_INTERVAL_MS = 25;

/** A voucher for which nobody waits collects pieces this long. */
export const MAX_VOUCHER_INTERVAL_MS = 100;

/** A payee's window never grows above this, whatever the authority's credit says. */
export const MAX_WINDOW_BYTES = 16 * 1024 * 1024;

/** A payee holds a request at most this long before it chokes. */
export const HOLD_MS = 5_000;

/** A payee sends one block of a piece this often, and no more: sending it again adds no debt. */
export const MAX_BLOCK_SENDS = 3;

/** Bad pieces from one source before it is banned, and for how long. */
export const BAD_PIECES_BEFORE_BAN = 2;
export const BAN_SEC = 24 * 3600;

/** Least cap of a pair's first lane on a content, in pieces; doubles with each lane. */
export const FIRST_CAP_PIECES = 16;

/** No lane reserves more than one part in this many of what is free. */
export const MAX_CAP_FRACTION = 4n;

/** A publisher's share of the price, at most: the seller, who does the work, never gets less. */
export const MAX_SHARE_PERCENT = 50;

/**
 * Lanes to new payees lead to at most one part in this many of a content before the publisher's
 * share of it is paid.
 */
export const UNSHARED_FRACTION = 4n;

/**
 * Credit on one content, over all payees, of an account without a track record: the greatest of
 * these pieces, this part of the size, and these bytes as long as they are no larger part than one
 * in CREDIT_BYTES_FRACTION.
 */
export const CREDIT_PIECES = 8;
export const CREDIT_FRACTION = 50;
export const CREDIT_BYTES = 16 * 1024 * 1024;
export const CREDIT_BYTES_FRACTION = 8;

/**
 * Credit of such an account over all contents, of pairs that have not paid half of a lane. Beyond
 * it a new pair gets a piece.
 */
export const ACCOUNT_CREDIT_BYTES = 64 * 1024 * 1024;

/**
 * How long a complaint counts, and how many unrelated payees must complain: until the credit of the
 * track record is gone, and until a piece per pair is left.
 */
export const COMPLAINT_SEC = 24 * 3600;
export const COMPLAINERS_TO_BASE = 3;
export const COMPLAINERS_TO_PIECE = 6;

/** With a track record, as much more as this part of it buys, up to a part of the content. */
export const TRACK_RECORD_FRACTION = 8n;
export const MAX_CREDIT_FRACTION = 4;

/** Paid content has at least this many pieces, so that the credit window is a small part of it. */
export const MIN_PAID_PIECES = 64;

/**
 * Piece lengths that `publish` chooses from, aiming at about 1,000 pieces. Above the usual limit it
 * goes only as far as there would be more than so many pieces.
 */
export const MIN_PIECE_LENGTH = 64 * 1024;
export const USUAL_MAX_PIECE_LENGTH = 4 * 1024 * 1024;
export const MAX_PIECE_LENGTH = 16 * 1024 * 1024;
export const TARGET_PIECES = 1_000;
export const LARGE_PIECE_COUNT = 50_000;

/** BEP 3, "request": 16 KiB blocks. */
export const BLOCK_BYTES = 16 * 1024;

/** Most that a Floodgate peer asks for at once: as much as webtorrent and libtorrent serve. */
export const MAX_REQUEST_BYTES = 128 * 1024;

/** Metainfo limits (hostile torrents): file size, pieces, files. */
export const MAX_METAINFO_BYTES = 10 * 1024 * 1024;
export const MAX_PIECES = 200_000;
export const MAX_FILES = 20_000;

/** Signed announce requests are good for this long on either side of the authority's clock. */
export const REQUEST_SKEW_SEC = 60;

/** Peers in one announce answer, and allotments in it. */
export const MAX_NUMWANT = 50;

/** Most vouchers in one push. */
export const MAX_PUSH = 500;

/** HTTP bodies of JSON, bytes. */
export const MAX_JSON_BYTES = 256 * 1024;

/** Characters in a torrent's title, description and licence, its tags, and characters in one. */
export const MAX_TITLE = 200;
export const MAX_DESCRIPTION = 4_000;
export const MAX_LICENCE = 100;
export const MAX_TAGS = 20;
export const MAX_TAG = 40;

/**
 * Amounts are decimal text, since SQLite's integers end at 2^63. An allotment is the JSON that the
 * authority sent.
 */
const FIRST = `
CREATE TABLE payerLanes (
  lane INTEGER PRIMARY KEY,
  sessionKey TEXT NOT NULL,
  infoHash TEXT NOT NULL,
  expiresAt INTEGER NOT NULL,
  allotment TEXT NOT NULL,
  amount TEXT NOT NULL DEFAULT '0',
  signature BLOB
) STRICT;
CREATE INDEX payerLanesOfContent ON payerLanes (infoHash);

CREATE TABLE pairs (
  id INTEGER PRIMARY KEY,
  payee TEXT NOT NULL,
  payeeKey TEXT NOT NULL,
  infoHash TEXT NOT NULL,
  pricePerGiB TEXT NOT NULL,
  verifiedBytes INTEGER NOT NULL DEFAULT 0,
  adjust TEXT NOT NULL DEFAULT '0',
  UNIQUE (infoHash, payee, payeeKey, pricePerGiB)
) STRICT;

CREATE TABLE pieces (
  infoHash TEXT NOT NULL,
  piece INTEGER NOT NULL,
  pair INTEGER NOT NULL REFERENCES pairs (id),
  state TEXT NOT NULL CHECK (state IN ('asked', 'verified')),
  PRIMARY KEY (infoHash, piece)
) STRICT, WITHOUT ROWID;

CREATE TABLE payeeLanes (
  payer TEXT NOT NULL,
  lane INTEGER NOT NULL,
  sessionKey TEXT NOT NULL,
  infoHash TEXT NOT NULL,
  expiresAt INTEGER NOT NULL,
  allotment TEXT NOT NULL,
  amount TEXT NOT NULL DEFAULT '0',
  signature BLOB,
  isClosed INTEGER NOT NULL DEFAULT 0,
  isFinal INTEGER NOT NULL DEFAULT 0,
  receiptAmount TEXT,
  receiptAt INTEGER,
  receiptSignature BLOB,
  pushRefusal TEXT,
  PRIMARY KEY (payer, lane)
) STRICT, WITHOUT ROWID;
CREATE INDEX payeeLanesOfContent ON payeeLanes (sessionKey, infoHash);

CREATE TABLE standings (
  account TEXT PRIMARY KEY,
  defaults INTEGER NOT NULL,
  bannedUntil INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

const BAD_PIECES = "ALTER TABLE standings ADD COLUMN badPieces INTEGER NOT NULL DEFAULT 0";

/** The order in which pieces were asked for. The first of those that did not come were begun. */
const PIECE_ORDER = "ALTER TABLE pieces ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0";

/**
 * What `floodgate peer` holds, its settings, and the money of each day (UTC) by content and
 * counterparty. `checked`: one bit for each piece that is known to be on disk (BEP 3's order), and
 * `stamps` the sizes and times of the files then.
 */
const CONTENTS = `
CREATE TABLE contents (
  infoHash TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  pricePerGiB TEXT NOT NULL,
  sizeBytes INTEGER NOT NULL,
  pieceLength INTEGER NOT NULL,
  metainfo BLOB NOT NULL,
  place TEXT NOT NULL CHECK (place IN ('download', 'seed')),
  path TEXT NOT NULL,
  addedAt INTEGER NOT NULL,
  isPaused INTEGER NOT NULL DEFAULT 0,
  settings TEXT NOT NULL DEFAULT '{}',
  checked BLOB,
  stamps TEXT
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dailyMoney (
  day TEXT NOT NULL,
  infoHash TEXT NOT NULL,
  account TEXT NOT NULL,
  paid TEXT NOT NULL DEFAULT '0',
  earned TEXT NOT NULL DEFAULT '0',
  PRIMARY KEY (day, infoHash, account)
) STRICT, WITHOUT ROWID;
`;

/** A restored authority may have lost vouchers that it has given receipts for. */
const RESTORES = `
ALTER TABLE payeeLanes ADD COLUMN isForgotten INTEGER NOT NULL DEFAULT 0;
CREATE TABLE authority (id INTEGER PRIMARY KEY CHECK (id = 1), restores INTEGER NOT NULL) STRICT;
INSERT INTO authority (id, restores) VALUES (1, 0);
`;

/** What of a content's price its publisher gets. */
const SHARES = "ALTER TABLE contents ADD COLUMN sharePercent INTEGER NOT NULL DEFAULT 0";

/** Bytes on wires, by calendar month (UTC). */
const TRAFFIC = `
CREATE TABLE monthlyTraffic (
  month TEXT PRIMARY KEY,
  down INTEGER NOT NULL,
  up INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/**
 * Each one brings a store from the version of its index (SQLite's `user_version`) to the next. Add
 * to this list, but never change what is in it.
 */
export const MIGRATIONS: readonly string[] = [FIRST, BAD_PIECES, PIECE_ORDER, CONTENTS, RESTORES, SHARES, TRAFFIC];

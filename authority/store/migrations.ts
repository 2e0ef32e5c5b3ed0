import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { InputError } from "../../protocol/base/errors.ts";
import { CHAIN_DEPOSITS } from "./deposits/chain-deposit-schema.ts";
import { dropUndoTriggers, installUndoTriggers } from "./mirror/undo-triggers.ts";
import { OPERATOR_ACTIONS } from "./operator/operator-schema.ts";
import { RESTORES } from "./restore/restore-schema.ts";
import { RETENTION } from "./retention/retention-schema.ts";
import { SPONSORS } from "./sponsors/sponsor-schema.ts";
import { TRANSACTION_ENDS } from "./transaction-schema.ts";
import { WHAT_CHANGED } from "./what-changed.ts";

/** Forward only: a released migration never changes. */
const MIGRATIONS: Record<string, Migration> = {
  "0001-first": { up: createFirstTables },
  "0002-statements-claims-releases": { up: addStatementsClaimsReleases },
  "0003-history-complaints": { up: addHistoryAndComplaints },
  "0004-bundles": { up: addBundles },
  "0005-outcomes": { up: addOutcomes },
  "0006-limits": { up: addLimits },
  "0007-refunds": { up: addRefunds },
  "0008-attempts": { up: addAttempts },
  "0009-sessions-without-hosts": { up: dropSessionHosts },
  "0010-what-changed": { up: (db: Kysely<never>) => runAll(db, WHAT_CHANGED) },
  "0011-mirror": { up: addMirror },
  "0012-repository-orders": { up: addRepositoryOrders },
  "0013-restores": { up: (db: Kysely<never>) => runAll(db, RESTORES) },
  "0014-gas-uses": { up: addGasUses },
  "0015-indexes-of-new-lanes": { up: narrowLaneIndexes },
  "0016-keys-and-retention": { up: (db: Kysely<never>) => runAll(db, RETENTION) },
  "0017-operator-actions": { up: (db: Kysely<never>) => runAll(db, OPERATOR_ACTIONS) },
  "0018-listings": { up: addListings },
  "0019-chain-deposits": { up: (db: Kysely<never>) => runAll(db, CHAIN_DEPOSITS) },
  "0020-sponsors": { up: (db: Kysely<never>) => runAll(db, SPONSORS) },
  "0021-publisher-shares": { up: addPublisherShares },
  "0022-ends-of-transactions": { up: (db: Kysely<never>) => runAll(db, TRANSACTION_ENDS) },
};

/**
 * Brings the schema up to date; refuses a store that a newer version has written.
 * @throws {InputError} STORE_TOO_NEW
 */
export async function migrate(db: Kysely<never>): Promise<void> {
  await dropUndoTriggers(db);
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new InputError("STORE_TOO_NEW", "the store in this home cannot be brought to this version of floodgate", {
      cause: error,
    });
  }
  await installUndoTriggers(db);
}

async function createFirstTables(db: Kysely<never>): Promise<void> {
  const statements = [
    "create table network (id integer primary key check (id = 1), identity text not null) strict",
    "create table nonces (nonce text primary key, expiresAt integer not null) strict, without rowid",
    "create table accounts (account text primary key, nextLane integer not null, createdAt integer not null) strict, without rowid",
    `create table sessions (sessionKey text primary key, account text not null references accounts, publicKey text not null,
      createdAt integer not null, host text, port integer) strict, without rowid`,
    "create index sessionsByAccount on sessions (account)",
    `create table relays (actionId text primary key, account text not null, sessionKey text not null, "limit" text not null,
      expiresAt integer not null, createdAt integer not null) strict, without rowid`,
    "create index relaysByAccount on relays (account, createdAt)",
    `create table deposits (id text primary key, account text not null, idempotencyKey text not null, bodyHash text not null,
      amount text not null, state text not null, reason text, createdAt integer not null,
      unique (account, idempotencyKey)) strict, without rowid`,
    "create index depositsByState on deposits (state)",
    "create table cardCharges (idempotencyKey text primary key, amount text not null, outcome text not null) strict, without rowid",
    `create table withdrawals (id text primary key, account text not null, recipient text not null, amount text not null,
      createdAt integer not null, state text not null, withdrawableAt integer, reason text) strict, without rowid`,
    "create index withdrawalsByState on withdrawals (state)",
    `create table torrents (sequence integer primary key autoincrement, infoHash text not null unique, title text not null,
      folded text not null, sizeBytes integer not null, pieceLength integer not null, pieceCount integer not null,
      pricePerGiB text not null, publisher text not null, publishedAt integer not null, metainfo blob not null) strict`,
    `create table requests (sessionKey text not null, infoHash text not null, requestedAt integer not null,
      primary key (sessionKey, infoHash)) strict, without rowid`,
    `create table lanes (sequence integer primary key autoincrement, payer text not null, lane integer not null, payee text not null, sessionKey text not null,
      payeeKey text not null, cap text not null, pricePerGiB text not null, credit integer not null, infoHash text not null,
      expiresAt integer not null, signature text not null, amount text not null, voucherSignature text, receivedAt integer,
      isFinal integer not null, isCloseAsked integer not null, state text not null, batchId integer, paid text not null,
      fee text not null, paidAtBlock integer, reason text, unique (payer, lane)) strict`,
    "create index lanesByExpiry on lanes (payer, expiresAt)",
    "create index lanesBySession on lanes (sessionKey, infoHash)",
    "create index lanesByPayee on lanes (payee, state)",
    "create index lanesByState on lanes (state, amount)",
    "create index lanesByBatch on lanes (batchId)",
    `create table batches (id integer primary key autoincrement, actionId text not null unique, number integer,
      rowCount integer not null, skipped integer not null, total text not null, fee text not null) strict`,
    `create table transactions (id integer primary key autoincrement, actionId text not null unique, kind text not null,
      recipient text not null, data text not null, state text not null, nonce integer unique, raw text, hash text,
      block integer, gasUsed text, reason text) strict`,
    "create index transactionsByState on transactions (state)",
  ];
  await runAll(db, statements);
}

async function addStatementsClaimsReleases(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    `create table statements (id integer primary key autoincrement, payer text not null, sessionKey text not null,
      signature text not null, createdAt integer not null) strict`,
    "alter table lanes add column finishedAt integer",
    "alter table lanes add column statementId integer references statements",
    "alter table lanes add column isVoucherOnly integer not null default 0",
    "create index lanesByStatement on lanes (statementId)",
    "alter table batches add column kind text not null default 'vouchers'",
    "alter table batches add column reason text not null default 'age'",
    "alter table batches add column failedAt integer",
    "create table claims (id integer primary key autoincrement, actionId text not null unique, laneCount integer not null) strict",
    "alter table lanes add column claimId integer references claims",
    "create index lanesByClaim on lanes (claimId)",
    "alter table accounts add column isLeaving integer not null default 0",
    "alter table network add column observedBlock integer",
    "alter table withdrawals add column releaseNonce integer",
    "alter table withdrawals add column releaseDeadline integer",
    "create index withdrawalsByAccount on withdrawals (account)",
  ]);
}

async function addHistoryAndComplaints(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    `create table settledSums (payer text not null, payee text not null, amount text not null,
      primary key (payer, payee)) strict, without rowid`,
    "create index settledSumsByPayee on settledSums (payee, payer)",
    `create table complaints (payer text not null, lane integer not null, payee text not null, amount text not null,
      unpaidBytes integer not null, createdAt integer not null, primary key (payer, lane)) strict, without rowid`,
    "create index complaintsByPayer on complaints (payer, createdAt)",
    "create index complaintsByPayee on complaints (payee, createdAt)",
    "create index lanesByPayerState on lanes (payer, state)",
    "create index lanesByPayment on lanes (payer, paidAtBlock)",
  ]);
}

async function addBundles(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    "alter table lanes add column issuedAtBlock integer not null default 0",
    "alter table lanes add column issuedAt integer not null default 0",
    `create table bundles (sequence integer primary key autoincrement, name text not null unique, previous text not null,
      batchId integer references batches, body blob not null, infoHash text not null references torrents (infoHash),
      lastLane integer not null, createdAt integer not null) strict`,
    "alter table torrents add column isListed integer not null default 1",
  ]);
}

/**
 * Rows of batches, and ends of deposits and relays, are stored from here on, and for what the store
 * holds already.
 */
async function addOutcomes(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    "alter table lanes add column batchRow integer",
    // In the order of protocol/contract/batch.ts. Batches that have ended no longer need rows.
    `update lanes set batchRow = rows.row from (
      select sequence, row_number() over (partition by batchId order by payer, sessionKey, firstLane, lane) - 1 as row
      from (select *, min(lane) over (partition by batchId, statementId) as firstLane from lanes where state = 'settling')
    ) as rows where lanes.sequence = rows.sequence`,
    `update deposits set state = 'credited' where state = 'charged' and
      exists (select 1 from transactions where actionId = 'fund:' || deposits.id and transactions.state = 'final')`,
    `update deposits set state = 'failed', reason = failed.reason from (
      select substr(actionId, 6) as id, 'charged, but not credited: ' || reason as reason
      from transactions where kind = 'fund' and state = 'failed'
    ) as failed where deposits.id = failed.id and deposits.state = 'charged'`,
    "alter table relays add column state text not null default 'pending'",
    `update relays set state = iif(transactions.state = 'final', 'relayed', 'failed') from transactions
      where transactions.actionId = relays.actionId and transactions.state in ('final', 'failed')`,
  ]);
}

/**
 * Login nonces carry their own MAC, so none is stored. Access tokens can be revoked. Published
 * .torrent files are files.
 */
async function addLimits(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    "drop table nonces",
    "create table revocations (sessionKey text primary key, revokedAt integer not null, expiresAt integer not null) strict, without rowid",
    "alter table torrents add column metainfoBytes integer not null default 0",
    "alter table torrents add column isBacked integer not null default 1",
    "update torrents set metainfoBytes = length(metainfo)",
    "create index torrentsByPublisher on torrents (publisher, metainfoBytes)",
    "create index torrentsOfStrangers on torrents (publishedAt, metainfoBytes) where isBacked = 0",
    "create index torrentsListed on torrents (sequence) where isListed = 1",
    "create virtual table torrentTitles using fts5(folded, content = '', tokenize = 'trigram')",
    "insert into torrentTitles (rowid, folded) select sequence, folded from torrents where isListed = 1",
  ]);
}

/** A deposit that was charged and not credited is paid back, those of older versions, too. */
async function addRefunds(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    "alter table cardCharges add column refund text",
    "alter table transactions add column refusedSince integer",
    `update deposits set state = 'refunding' where state = 'failed' and
      exists (select 1 from transactions where actionId = 'fund:' || deposits.id and transactions.state = 'failed')`,
  ]);
}

/**
 * An action may be signed several times. Fees of what older versions signed are unknown: 0, so that
 * a replacement takes the price of its day.
 */
async function addAttempts(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    `create table attempts (id integer primary key autoincrement, transactionId integer not null, sender text not null,
      nonce integer not null, hash text not null unique, raw text not null, gas text not null, maxFeePerGas text not null,
      maxPriorityFeePerGas text not null, isCancel integer not null, signedAtBlock integer not null) strict`,
    "create index attemptsByTransaction on attempts (transactionId)",
    "create index attemptsByNonce on attempts (sender, nonce)",
    `create table transactionsAnew (id integer primary key autoincrement, actionId text not null unique, kind text not null,
      recipient text not null, data text not null, state text not null, nonce integer, hash text,
      block integer, gasUsed text, reason text, refusedSince integer) strict`,
    `insert into transactionsAnew select id, actionId, kind, recipient, data,
      case state when 'stored' then 'signed' when 'seen' then 'mined' else state end,
      nonce, hash, block, gasUsed, reason, refusedSince from transactions`,
    `insert into attempts (transactionId, sender, nonce, hash, raw, gas, maxFeePerGas, maxPriorityFeePerGas, isCancel,
      signedAtBlock) select id, '', nonce, hash, raw, '100000', '0', '0', 0, 0 from transactions where raw is not null`,
    "drop table transactions",
    "alter table transactionsAnew rename to transactions",
    "create index transactionsByState on transactions (state)",
    "create index transactionsByKind on transactions (kind)",
  ]);
}

/** The tracker alone knows where a session is. */
async function dropSessionHosts(db: Kysely<never>): Promise<void> {
  await runAll(db, ["alter table sessions drop column host", "alter table sessions drop column port"]);
}

/** What the contract's events say, block by block, and what of the store follows from them. */
async function addMirror(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    `create table mirrorBlocks (number integer primary key, hash text not null, parentHash text not null,
      timestamp integer not null) strict`,
    "create table mirror (name text primary key, value text not null) strict, without rowid",
    `create table undo (id integer primary key autoincrement, block integer not null, tableName text not null,
      key text not null, before text, after text) strict`,
    "create index undoByBlock on undo (block)",
    "create table undoCursor (id integer primary key check (id = 1), block integer) strict",
    "insert into undoCursor (id, block) values (1, null)",
    "alter table network drop column observedBlock",
  ]);
}

/** The repository's pages list torrents by size, price of the whole, and seeders now. */
async function addRepositoryOrders(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    "alter table torrents add column seeders integer not null default 0",
    "alter table torrents add column leechers integer not null default 0",
    "create index torrentsBySeeders on torrents (seeders, sequence) where isListed = 1",
    "create index torrentsBySize on torrents (sizeBytes, sequence) where isListed = 1",
    "create index torrentsByPrice on torrents (cast(pricePerGiB as real) * sizeBytes, sequence desc) where isListed = 1",
  ]);
}

/** Each account has so much gas a day. */
async function addGasUses(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    `create table gasUses (actionId text primary key, account text not null, gas integer not null,
      createdAt integer not null) strict, without rowid`,
    "create index gasUsesByAccount on gasUses (account, createdAt)",
  ]);
}

/** A new lane is in no batch and no statement, and nothing has been paid on it. */
async function narrowLaneIndexes(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    "drop index lanesByBatch",
    "drop index lanesByStatement",
    "drop index lanesByPayment",
    "create index lanesByBatch on lanes (batchId) where batchId is not null",
    "create index lanesByStatement on lanes (statementId) where statementId is not null",
    "create index lanesByPayment on lanes (payer, paidAtBlock) where paidAtBlock is not null",
  ]);
}

/** What publishers say of their contents. Statistics look up the lanes of a content. */
async function addListings(db: Kysely<never>): Promise<void> {
  await runAll(db, [
    `create table listings (infoHash text primary key references torrents (infoHash), title text not null,
      description text not null, tags text not null, licence text not null, replaces text,
      signedAt integer not null, signature text not null) strict, without rowid`,
    "create index listingsByReplaced on listings (replaces) where replaces is not null",
    "create index torrentsByPublisherSequence on torrents (publisher, sequence)",
    "create index lanesByContent on lanes (infoHash, payer)",
  ]);
}

/** What of a content's price its publisher gets, whoever sells. */
async function addPublisherShares(db: Kysely<never>): Promise<void> {
  await runAll(db, ["alter table torrents add column sharePercent integer not null default 0"]);
}

async function runAll(db: Kysely<never>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

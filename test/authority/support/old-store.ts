import { join } from "node:path";
import Database from "better-sqlite3";
import type { TestAuthority } from "./context.ts";

/** What takes the schema back to the version before each migration, newest first. */
const UNDO = {
  "0022-ends-of-transactions": "drop index transactionsByEnd; alter table transactions drop column endedAt",
  "0021-publisher-shares": "alter table torrents drop column sharePercent",
  "0020-sponsors": "drop table tickets; drop table sponsorships",
  "0019-chain-deposits": "drop table chainDeposits",
  "0018-listings": "drop table listings; drop index torrentsByPublisherSequence; drop index lanesByContent",
  "0017-operator-actions": "drop table operatorActions",
  "0016-keys-and-retention":
    "drop table pastSums; drop index sessionsByLogin; alter table sessions drop column loginAt",
  "0015-indexes-of-new-lanes": `drop index lanesByBatch; drop index lanesByStatement; drop index lanesByPayment;
    create index lanesByBatch on lanes (batchId); create index lanesByStatement on lanes (statementId);
    create index lanesByPayment on lanes (payer, paidAtBlock)`,
  "0014-gas-uses": "drop table gasUses",
  "0013-restores": `drop table heldBalances; drop table lostBatches; drop table lostRows;
    alter table network drop column restores; alter table network drop column isCopy;
    alter table network drop column knownLostBatch; alter table network drop column lostBundle;
    alter table network drop column lostBundleAfter`,
  "0012-repository-orders": `drop index torrentsBySeeders; drop index torrentsBySize; drop index torrentsByPrice;
    alter table torrents drop column seeders; alter table torrents drop column leechers`,
  "0011-mirror": `drop table mirrorBlocks; drop table mirror; drop table undo; drop table undoCursor;
    alter table network add column observedBlock integer`,
  "0010-what-changed": `drop table dueLanes; drop table laneNews; drop index lanesToClaim; drop index lanesByEnd; drop index lanesOfClaim;
    drop index accountsLeaving; drop index bundlesOfBatches; create index lanesByState on lanes (state, amount);
    create index lanesByClaim on lanes (claimId); alter table network drop column closeAskedUpTo;
    alter table lanes add column isCloseAsked integer not null default 0;
    alter table bundles add column body blob not null default x'';
    update bundles set body = bundleBodies.body from bundleBodies where bundleBodies.sequence = bundles.sequence;
    drop table bundleBodies; alter table bundles drop column bytes; alter table bundles drop column retractedAt`,
  "0009-sessions-without-hosts":
    "alter table sessions add column host text; alter table sessions add column port integer",
  "0008-attempts": `alter table transactions add column raw text;
    update transactions set state = 'stored' where state = 'signed'; update transactions set state = 'seen' where state = 'mined';
    update transactions set raw = (select raw from attempts where attempts.hash = transactions.hash); drop table attempts`,
  "0007-refunds": "alter table cardCharges drop column refund; alter table transactions drop column refusedSince",
  "0006-limits": `create table nonces (nonce text primary key, expiresAt integer not null) strict, without rowid;
    drop table revocations; drop index torrentsByPublisher; drop index torrentsOfStrangers; drop index torrentsListed;
    drop table torrentTitles; alter table torrents drop column metainfoBytes;
    alter table torrents drop column isBacked`,
  "0005-outcomes": "alter table lanes drop column batchRow; alter table relays drop column state",
  "0004-bundles": `drop table bundles; alter table torrents drop column isListed;
    alter table lanes drop column issuedAtBlock; alter table lanes drop column issuedAt`,
};

/**
 * Restarts the authority on its store as it was before this migration.
 * `change`: SQL that runs on the old store, before the authority opens it.
 */
export async function reopenBefore(authority: TestAuthority, migration: keyof typeof UNDO, change = ""): Promise<void> {
  await authority.context.store.close();
  const sqlite = new Database(join(authority.home, "authority.sqlite"));
  const triggers = sqlite.prepare<[], string>("select name from sqlite_master where type = 'trigger'").pluck().all();
  for (const name of triggers) sqlite.exec(`drop trigger ${name}`);
  for (const [name, undo] of Object.entries(UNDO)) {
    if (name < migration) break;
    sqlite.exec(`${undo}; delete from kysely_migration where name = '${name}'`);
  }
  sqlite.exec(change);
  sqlite.close();
  await authority.start();
}

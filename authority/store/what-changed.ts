/**
 * The migration after which rounds look only at lanes that changed or are due, and bundles tell
 * only what changed. Triggers note both, whoever changes a lane.
 */
export const WHAT_CHANGED: readonly string[] = [
  `create table dueLanes (sequence integer primary key references lanes, isReady integer not null,
    dueAt integer not null, changes integer not null) strict`,
  "create index dueLanesByTime on dueLanes (isReady, dueAt)",
  "insert into dueLanes select sequence, 0, 0, 0 from lanes where amount <> '0' and state = 'open'",
  `create trigger laneIsDue after update of amount, state, paid, finishedAt, statementId, isVoucherOnly on lanes
    when new.state = 'open' and new.amount <> '0' begin
    insert into dueLanes values (new.sequence, 0, iif(new.finishedAt is null, new.expiresAt, 0), 0)
    on conflict do update set isReady = 0, dueAt = excluded.dueAt, changes = changes + 1; end`,
  `create trigger laneIsNotDue after update of state on lanes when new.state <> 'open' begin
    delete from dueLanes where sequence = new.sequence; end`,
  `create trigger lanesOfLeaving after update of isLeaving on accounts when new.isLeaving = 1 begin
    update dueLanes set dueAt = 0, changes = changes + 1 where sequence in
    (select sequence from lanes where payer = new.account and state = 'open'); end`,
  `create trigger lanesOfWithdrawal after insert on withdrawals begin
    update dueLanes set dueAt = 0, changes = changes + 1 where sequence in
    (select sequence from lanes where payer = new.account and state = 'open'); end`,
  "create table laneNews (sequence integer primary key references lanes) strict",
  `insert into laneNews select sequence from lanes where amount <> '0' and state <> 'settled'`,
  `create trigger laneIsNews after update of amount, state, paid, reason, statementId on lanes
    when new.amount <> '0' and new.state <> 'settled' and (old.amount <> new.amount or old.state <> new.state or old.paid <> new.paid or
    old.reason is not new.reason or old.statementId is not new.statementId) begin
    insert into laneNews values (new.sequence) on conflict do nothing; end`,
  `create trigger laneIsNoNews after update of state on lanes when new.state = 'settled' begin
    delete from laneNews where sequence = new.sequence; end`,
  "drop index lanesByState",
  "drop index lanesByClaim",
  "create index lanesOfClaim on lanes (claimId) where claimId is not null",
  "create index lanesToClaim on lanes (sequence) where state = 'claiming'",
  "create index lanesByEnd on lanes (expiresAt)",
  "create index accountsLeaving on accounts (account) where isLeaving = 1",
  "alter table network add column closeAskedUpTo integer not null default 0",
  "alter table lanes drop column isCloseAsked",
  "create table bundleBodies (sequence integer primary key references bundles, body blob not null) strict",
  "insert into bundleBodies select sequence, body from bundles",
  "alter table bundles add column bytes integer not null default 0",
  "update bundles set bytes = length(body)",
  "alter table bundles drop column body",
  "alter table bundles add column retractedAt integer",
  "create index bundlesOfBatches on bundles (batchId)",
];

/**
 * Open lanes with a voucher, and when the settlement has to look at each. Triggers add them and
 * take them away.
 */
export interface DueLaneTable {
  sequence: number;
  /** It waits only for company. */
  isReady: number;
  /** 0: it has changed since it was last looked at. */
  dueAt: number;
  /** Counts changes, so that an appointment made before one does not hold. */
  changes: number;
}

/** Lanes with a voucher that have changed since a bundle told of them. Triggers add them. */
export interface LaneNewsTable {
  sequence: number;
}

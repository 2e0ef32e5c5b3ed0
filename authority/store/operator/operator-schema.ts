import type { Generated } from "kysely";

/** What an operator did at the desk. No row is ever changed or removed. */
export interface OperatorActionTable {
  id: Generated<number>;
  /** Seconds since 1970, the authority's clock. */
  at: number;
  action: "settle" | "unlist" | "list" | "pause" | "resume" | "retry" | "bump";
  /** The infohash of a content, or a transaction's action; null: it is about the whole. */
  subject: string | null;
  reason: string;
  /** Names the login at the desk, and opens nothing: the wallet, or part of a hash. */
  login: string;
}

export const OPERATOR_ACTIONS = [
  `create table operatorActions (id integer primary key autoincrement, at integer not null, action text not null,
    subject text, reason text not null, login text not null) strict`,
  "create index operatorActionsBySubject on operatorActions (subject, id) where subject is not null",
];

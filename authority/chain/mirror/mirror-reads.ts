import type { Hex } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { type Amount, min } from "../../../protocol/base/units.ts";
import type { ContractAccount } from "../../../protocol/contract/reads.ts";
import type { Store } from "../../store/database.ts";
import { readRecords, readRecordsNamed } from "../../store/mirror/mirror-records.ts";
import { type AllotterRecord, EMPTY, nameOf, type RecordName, type Records } from "./contract-state.ts";
import { decodeRecord } from "./record-text.ts";

export interface SessionAtBlock {
  readonly limit: Amount;
  /** By the account, since the session was first authorized. */
  readonly spent: Amount;
  readonly expiresAt: number;
  readonly isRevoked: boolean;
}

/**
 * The authority's own money in the contract, and what claims against an allotter may take of it.
 */
export interface BondAtBlock {
  readonly amount: Amount;
  readonly withdrawing: Amount;
  readonly withdrawableAt: number;
  readonly budget: Amount;
  readonly spent: Amount;
}

/** What the mirror knows at the confirmed block. None of it asks a node. */
export interface MirrorReads {
  readAccount(account: Address): Promise<ContractAccount>;
  readSession(account: Address, sessionKey: Address): Promise<SessionAtBlock>;
  /** For the account's next signed withdrawal. */
  readWithdrawalNonce(account: Address): Promise<Amount>;
  /** Null: no key has a budget. */
  readBond(allotter: Address | null): Promise<BondAtBlock>;
  /** All that the contract ever named. */
  readAllotters(): Promise<ReadonlyMap<Address, AllotterRecord>>;
  /** All that the contract ever named, the current one last. */
  readOperators(): Promise<readonly Address[]>;
  readFeeBps(): Promise<number>;
  readIsPaused(): Promise<boolean>;
  /** Whether a deposit of this sender's with this id counts. */
  isDepositUsed(from: Address, id: Hex): Promise<boolean>;
}

/** `now`: time of the confirmed block. */
export function createMirrorReads({ store, now }: { readonly store: Store; readonly now: () => number }): MirrorReads {
  const read = async <K extends keyof typeof EMPTY>(kind: K, name: RecordName): Promise<Records[K]> => {
    const text = (await readRecords(store.db, [name])).get(name);
    return (text === undefined ? EMPTY[kind] : decodeRecord(text)) as Records[K];
  };
  const readBoth = async <K extends keyof typeof EMPTY, L extends keyof typeof EMPTY>(
    kinds: readonly [K, L],
    names: readonly [RecordName, RecordName],
  ): Promise<[Records[K], Records[L]]> => {
    const texts = await readRecords(store.db, names);
    const [first, second] = names.map((name, i) => {
      const text = texts.get(name);
      return text === undefined ? EMPTY[kinds[i] as K | L] : decodeRecord(text);
    });
    return [first as Records[K], second as Records[L]];
  };
  return {
    async readAccount(account) {
      const { balance, withdrawing, withdrawableAt, releaseNonce } = await read("account", nameOf.account(account));
      return { balance, withdrawing: min(withdrawing, balance), withdrawableAt, releaseNonce };
    },
    async readSession(account, sessionKey) {
      const names = [nameOf.account(account), nameOf.session(account, sessionKey)] as const;
      const [{ spent }, { spentBefore, ...session }] = await readBoth(["account", "session"], names);
      const isKnown = session.limit > 0n || session.expiresAt > 0;
      return { ...session, spent: isKnown ? spent - spentBefore : 0n };
    },
    readWithdrawalNonce: async (account) => (await read("account", nameOf.account(account))).nonce,
    async readBond(allotter) {
      const { amount, withdrawing, withdrawableAt } = await read("bond", nameOf.bond);
      const key = allotter === null ? EMPTY.allotter : await read("allotter", nameOf.allotter(allotter));
      const budget = now() < key.effectiveAt ? key.bondBudget : key.nextBudget;
      return { amount, withdrawing, withdrawableAt, budget, spent: key.bondSpent };
    },
    async readAllotters() {
      const texts = await readRecordsNamed(store.db, nameOf.allotter("" as Address));
      return new Map(
        [...texts].map(([name, text]) => [
          name.slice(nameOf.allotter("" as Address).length) as Address,
          decodeRecord(text) as AllotterRecord,
        ]),
      );
    },
    readOperators: async () => (await read("terms", nameOf.terms)).operators,
    isDepositUsed: async (from, id) => (await readRecords(store.db, [nameOf.deposit(from, id)])).size > 0,
    readIsPaused: async () => (await read("terms", nameOf.terms)).isPaused,
    async readFeeBps() {
      const { feeBps, nextFeeBps, feeEffectiveAt } = await read("terms", nameOf.terms);
      return now() < feeEffectiveAt ? feeBps : nextFeeBps;
    },
  };
}

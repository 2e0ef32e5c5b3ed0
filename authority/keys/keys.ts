import type { Logger } from "pino";
import { bytesToHex } from "../../protocol/base/bytes.ts";
import { ChainError } from "../../protocol/base/errors.ts";
import type { Address } from "../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../protocol/base/secp256k1.ts";
import type { Block } from "../chain/block.ts";
import type { ChainFacts } from "../chain/facts.ts";
import type { MirrorReads } from "../chain/mirror/mirror-reads.ts";
import type { KeySet } from "../config.ts";
import type { Readiness } from "../readiness.ts";
import { type Allotters, chooseAllotter, isSigner, listSigners } from "./choose-keys.ts";

export interface Key {
  readonly address: Address;
  readonly secret: Uint8Array;
}

/** What the contract says of keys at the confirmed block. */
interface KeyFacts extends Pick<MirrorReads, "readAllotters" | "readOperators"> {
  readonly confirmed: Block;
  readonly facts: Pick<ChainFacts, "allotmentPeriodSec">;
}

/**
 * The authority's own keys. Which of them sign now, the contract says: its owner changes them while
 * the authority runs (docs/protocol.md 3.4).
 */
export interface Keys {
  /**
   * Signs allotments, receipts and releases now.
   * @throws {ChainError} ALLOTTER_RETIRED
   */
  allotter(): Key;
  /** Whether `allotter` has one. */
  readonly canAllot: boolean;
  /** Keys whose allotments count now, the one that signs first. */
  readonly signers: readonly Address[];
  /** Whether an allotment of this key that ends then counts. */
  isSigner(key: Address, expiresAt: number): boolean;
  /** Signs transactions now. */
  readonly operator: Key;
  /** One of its own by address: transactions that it has signed may wait still. */
  operatorOf(address: Address): Key | undefined;
  readonly own: { readonly operators: readonly Address[]; readonly allotters: readonly Address[] };
  /** From now on it has these. */
  replace(keys: KeySet): void;
  /** Takes over what the contract says at the confirmed block. */
  follow(chain: KeyFacts): Promise<void>;
}

export function createKeys(first: KeySet, { log, readiness }: { log: Logger; readiness: Readiness }): Keys {
  let [operators, allotters] = [keysOf(first.operators), keysOf(first.allotters)];
  /** What was signed with a key whose file is gone by now may need a replacement. */
  const everHeld = new Map(operators.map((key) => [key.address, key]));
  let operator = newestOf(operators);
  let allotter: Key | null = newestOf(allotters);
  let named: Allotters = new Map();
  let signers: readonly Address[] = [];
  let allotmentPeriodSec = 0;

  const chooseOperator = (current: Address | undefined): void => {
    const chosen = operators.find(({ address }) => address === current);
    const problem =
      chosen || current === undefined
        ? null
        : `the contract's operator is ${current}, whose key is not here: no batch can be settled until it is`;
    readiness.report("operator key", problem);
    if (!chosen || chosen.address === operator.address) return;
    log.warn({ from: operator.address, to: chosen.address }, "the operator key has changed");
    operator = chosen;
  };
  const choose = (time: number): void => {
    const address = chooseAllotter(addressesOf(allotters), named, time);
    const chosen = allotters.find((key) => key.address === address) ?? null;
    readiness.report(
      "allotter key",
      chosen === null ? "the contract lists none of the allotter keys here: nothing is allotted until it does" : null,
    );
    if (chosen && allotter && chosen.address !== allotter.address)
      log.warn({ from: allotter.address, to: chosen.address }, "the allotter key has changed");
    allotter = chosen;
    signers = listSigners(named, { first: address, time, allotmentPeriodSec });
  };
  return {
    allotter() {
      if (allotter === null)
        throw new ChainError("ALLOTTER_RETIRED", "the authority has no key that may sign now: try again later");
      return allotter;
    },
    get canAllot() {
      return allotter !== null;
    },
    get signers() {
      return signers;
    },
    isSigner: (key, expiresAt) => isSigner(named.get(key), expiresAt, allotmentPeriodSec),
    get operator() {
      return operator;
    },
    operatorOf: (address) => everHeld.get(address),
    get own() {
      return { operators: [...everHeld.keys()], allotters: addressesOf(allotters) };
    },
    replace(keys) {
      [operators, allotters] = [keysOf(keys.operators), keysOf(keys.allotters)];
      for (const key of operators) everHeld.set(key.address, key);
    },
    async follow(chain) {
      const { timestamp } = chain.confirmed;
      ({ allotmentPeriodSec } = chain.facts);
      const [records, ever] = await Promise.all([chain.readAllotters(), chain.readOperators()]);
      named = records;
      chooseOperator(ever.at(-1));
      choose(timestamp);
    },
  };
}

/** Two sets are the same when their texts are. Never log it. */
export function textOf({ operators, allotters }: KeySet): string {
  return [operators, allotters].map((keys) => keys.map(bytesToHex).join()).join(" ");
}

function keysOf(secrets: readonly Uint8Array[]): Key[] {
  return secrets.map((secret) => ({ secret, address: addressOfKey(publicKeyOf(secret)) }));
}

function addressesOf(keys: readonly Key[]): Address[] {
  return keys.map(({ address }) => address);
}

function newestOf(keys: readonly Key[]): Key {
  return keys.at(-1) as Key;
}

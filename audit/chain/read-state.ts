import type { Interface, Result } from "ethers";
import { FLOODGATE, TOKEN } from "../facts/abi.ts";
import { emptyLaneState, type LaneState } from "../facts/lane-book.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type {
  AccountState,
  AllotterState,
  BondState,
  ContractState,
  SessionState,
  ShownState,
} from "../facts/state.ts";
import type { ChainReader } from "./chain-reader.ts";
import { decodeFlags, encodeFlagCalls, type FlagArguments, type FlagView } from "./flag-views.ts";
import { invalidAnswer } from "./rpc-errors.ts";

/** Views or accounts in one call: far below every node's limits. */
const VIEWS_PER_CALL = 200;

/** Calls of view functions at one block. */
export interface ViewReader {
  floodgate(name: string, ...args: readonly unknown[]): Promise<Result>;
  /** The same view for each of these arguments, many in one request. */
  floodgateMany(name: string, all: readonly (readonly unknown[])[]): Promise<Result[]>;
  /** The same for a view that answers yes or no. */
  flags(name: FlagView, all: readonly FlagArguments[]): Promise<boolean[]>;
  token(name: string, ...args: readonly unknown[]): Promise<Result>;
}

export function createViewReader(
  chain: Pick<ChainReader, "call">,
  addresses: { readonly contract: Address; readonly token: Address },
  block: number,
): ViewReader {
  const view = async (abi: Interface, to: Address, name: string, args: readonly unknown[]): Promise<Result> =>
    decode(abi, name, await chain.call(to, abi.encodeFunctionData(name, args), block));
  const floodgate: ViewReader["floodgate"] = (name, ...args) => view(FLOODGATE, addresses.contract, name, args);
  const floodgateMany: ViewReader["floodgateMany"] = async (name, all) => {
    const results: Result[] = [];
    for (let start = 0; start < all.length; start += VIEWS_PER_CALL) {
      const calls = all.slice(start, start + VIEWS_PER_CALL).map((args) => FLOODGATE.encodeFunctionData(name, args));
      const [answers] = await floodgate("multicall", calls);
      if (answers.length !== calls.length) throw invalidAnswer(`${answers.length} results of ${calls.length}`, null);
      results.push(...[...(answers as Iterable<Hex>)].map((one) => decode(FLOODGATE, name, one)));
    }
    return results;
  };
  return {
    floodgate,
    floodgateMany,
    async flags(name, all) {
      const flags: boolean[] = [];
      for (let start = 0; start < all.length; start += VIEWS_PER_CALL) {
        const part = all.slice(start, start + VIEWS_PER_CALL);
        const answer = await chain.call(addresses.contract, encodeFlagCalls(name, part), block);
        const read = decodeFlags(answer, part.length) ?? (await floodgateMany(name, part)).map(([flag]) => flag);
        flags.push(...read);
      }
      return flags;
    },
    token: (name, ...args) => view(TOKEN, addresses.token, name, args),
  };
}

function decode(abi: Interface, name: string, answer: Hex): Result {
  try {
    const result = abi.decodeFunctionResult(name, answer);
    // ethers throws for a malformed member when it is looked at.
    result.toArray(true);
    return result;
  } catch (cause) {
    throw invalidAnswer(`the result of ${name}`, cause);
  }
}

/** Reads what the contract says about everything that the replay touched. */
export async function readState(view: ViewReader, replayed: ContractState): Promise<ShownState> {
  const [[current], [next, effectiveAt]] = [await view.floodgate("feeBps"), await view.floodgate("pendingFee")];
  return {
    accounts: await readAccounts(view, [...replayed.accounts.keys()]),
    sessions: await readSessions(view, [...replayed.sessions.keys()]),
    allotters: await readAllotters(view, [...replayed.allotters.keys()]),
    bond: await readBond(view),
    fee: { current: Number(current), next: Number(next), effectiveAt: Number(effectiveAt) },
    owner: (await view.floodgate("owner"))[0],
    pendingOwner: (await view.floodgate("pendingOwner"))[0],
    isPaused: (await view.floodgate("paused"))[0],
    operator: (await view.floodgate("operator"))[0],
    feeRecipient: (await view.floodgate("feeRecipient"))[0],
    totalBalance: (await view.floodgate("totalBalance"))[0],
    batchCount: Number((await view.floodgate("batchCount"))[0]),
  };
}

/** Reads what the contract says about these lanes and batches. */
export async function readLanes(view: ViewReader, replayed: LaneState): Promise<LaneState> {
  const state = emptyLaneState();
  const [lanes, claims, batches] = [
    [...replayed.usedLanes],
    [...replayed.paid.keys()],
    [...replayed.outcomeHashes.keys()],
  ];
  for (const [i, isUsed] of (await view.flags("isLaneSettled", pairsOf(lanes))).entries())
    if (isUsed) state.usedLanes.add(lanes[i] as string);
  for (const [i, [amount, hasClosedLane]] of (await view.floodgateMany("paid", partsOf(claims))).entries())
    state.paid.set(claims[i] as string, { amount, hasClosedLane });
  for (const [i, [hash]] of (await view.floodgateMany("outcomeHash", alone(batches))).entries())
    state.outcomeHashes.set(batches[i] as number, hash);
  const deposits = [...replayed.depositIds];
  for (const [i, isUsed] of (await view.flags("isDepositIdUsed", pairsOf(deposits))).entries())
    if (isUsed) state.depositIds.add(deposits[i] as string);
  return state;
}

async function readSessions(view: ViewReader, ids: readonly string[]): Promise<Map<string, SessionState>> {
  const answers = await view.floodgateMany("sessionOf", partsOf(ids));
  return new Map(
    answers.map(([{ limit, spent, expiresAt, revoked }], i) => [
      ids[i] as string,
      { limit, spent, expiresAt: Number(expiresAt), revoked } satisfies SessionState,
    ]),
  );
}

async function readAllotters(view: ViewReader, keys: readonly Address[]): Promise<Map<Address, AllotterState>> {
  const answers = await view.floodgateMany("allotterOf", alone(keys));
  return new Map(
    answers.map(([{ bondBudget, bondSpent, retiredAt, isCurrent, nextBudget, effectiveAt }], i) => [
      keys[i] as Address,
      {
        bondBudget,
        nextBudget,
        effectiveAt: Number(effectiveAt),
        bondSpent,
        retiredAt: Number(retiredAt),
        isCurrent,
      } satisfies AllotterState,
    ]),
  );
}

async function readBond(view: ViewReader): Promise<BondState> {
  const [{ amount, withdrawing, withdrawableAt }] = await view.floodgate("bond");
  return { amount, withdrawing, withdrawableAt: Number(withdrawableAt) };
}

async function readAccounts(view: ViewReader, addresses: readonly Address[]): Promise<Map<Address, AccountState>> {
  const accounts = new Map<Address, AccountState>();
  for (let start = 0; start < addresses.length; start += VIEWS_PER_CALL) {
    const slice = addresses.slice(start, start + VIEWS_PER_CALL);
    const states = await view.floodgateMany("accountOf", alone(slice));
    const recipients = await view.floodgateMany("withdrawalRecipient", alone(slice));
    const nonces = await view.floodgateMany("nonces", alone(slice));
    for (const [index, [state]] of states.entries()) {
      const { balance, withdrawing, withdrawableAt, releaseNonce } = state;
      accounts.set(slice[index] as Address, {
        balance,
        withdrawing,
        withdrawableAt: Number(withdrawableAt),
        recipient: recipients[index]?.[0],
        releaseNonce: Number(releaseNonce),
        nonce: nonces[index]?.[0],
      });
    }
  }
  return accounts;
}

/** Each value as the only argument of a view. */
function alone(values: readonly (string | number)[]): (string | number)[][] {
  return values.map((value) => [value]);
}

function pairsOf(ids: readonly string[]): FlagArguments[] {
  return ids.map((id) => id.split("/") as [string, string]);
}

/** Ids of pairs and payments are a view's arguments with "/" between them. */
function partsOf(ids: readonly string[]): string[][] {
  return ids.map((id) => id.split("/"));
}

import type { Interface, Result } from "ethers";
import { FLOODGATE, TOKEN } from "./abi.ts";
import type { ChainReader } from "./chain-reader.ts";
import type { Address } from "./facts.ts";
import type { AccountState, AllotterState, BondState, ContractState, SessionState } from "./state.ts";

/** Accounts in one call: far below any node's limits. */
const ACCOUNTS_PER_CALL = 200;

/** Calls of view functions at one block. */
export interface ViewReader {
  floodgate(name: string, ...args: readonly unknown[]): Promise<Result>;
  token(name: string, ...args: readonly unknown[]): Promise<Result>;
}

export function createViewReader(
  chain: ChainReader,
  addresses: { readonly contract: Address; readonly token: Address },
  block: number,
): ViewReader {
  const view = async (abi: Interface, to: Address, name: string, args: readonly unknown[]): Promise<Result> =>
    abi.decodeFunctionResult(name, await chain.call(to, abi.encodeFunctionData(name, args), block));
  return {
    floodgate: (name, ...args) => view(FLOODGATE, addresses.contract, name, args),
    token: (name, ...args) => view(TOKEN, addresses.token, name, args),
  };
}

/** What the contract itself says now about everything that the replay has touched. */
export async function readState(view: ViewReader, replayed: ContractState): Promise<ContractState> {
  const [[current], [next, effectiveAt]] = [await view.floodgate("feeBps"), await view.floodgate("pendingFee")];
  const state: ContractState = {
    accounts: await readAccounts(view, [...replayed.accounts.keys()]),
    sessions: new Map(),
    usedLanes: new Set(),
    paid: new Map(),
    allotters: new Map(),
    outcomeHashes: new Map(),
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
  for (const id of replayed.sessions.keys()) {
    const [account, sessionKey] = id.split("/");
    const [session] = await view.floodgate("sessionOf", account, sessionKey);
    const { limit, spent, expiresAt, revoked } = session;
    state.sessions.set(id, { limit, spent, expiresAt: Number(expiresAt), revoked } satisfies SessionState);
  }
  for (const id of replayed.usedLanes) {
    const [payer, lane] = id.split("/");
    if ((await view.floodgate("isLaneSettled", payer, lane))[0]) state.usedLanes.add(id);
  }
  for (const id of replayed.paid.keys()) {
    const [payer, lane, payee] = id.split("/");
    const [amount, hasClosedLane] = await view.floodgate("paid", payer, lane, payee);
    state.paid.set(id, { amount, hasClosedLane });
  }
  for (const key of replayed.allotters.keys()) {
    const [{ bondBudget, bondSpent, retiredAt, isCurrent }] = await view.floodgate("allotterOf", key);
    state.allotters.set(key, {
      bondBudget,
      bondSpent,
      retiredAt: Number(retiredAt),
      isCurrent,
    } satisfies AllotterState);
  }
  for (const batch of replayed.outcomeHashes.keys())
    state.outcomeHashes.set(batch, (await view.floodgate("outcomeHash", batch))[0]);
  return state;
}

async function readBond(view: ViewReader): Promise<BondState> {
  const [{ amount, withdrawing, withdrawableAt }] = await view.floodgate("bond");
  return { amount, withdrawing, withdrawableAt: Number(withdrawableAt) };
}

async function readAccounts(view: ViewReader, addresses: readonly Address[]): Promise<Map<Address, AccountState>> {
  const accounts = new Map<Address, AccountState>();
  for (let start = 0; start < addresses.length; start += ACCOUNTS_PER_CALL) {
    const slice = addresses.slice(start, start + ACCOUNTS_PER_CALL);
    const [states] = await view.floodgate("accountsOf", slice);
    for (const [index, address] of slice.entries()) {
      const { balance, withdrawing, withdrawableAt, releaseNonce } = states[index];
      const [recipient] = await view.floodgate("withdrawalRecipient", address);
      const [nonce] = await view.floodgate("nonces", address);
      accounts.set(address, {
        balance,
        withdrawing,
        withdrawableAt: Number(withdrawableAt),
        recipient,
        releaseNonce: Number(releaseNonce),
        nonce,
      });
    }
  }
  return accounts;
}

import { encodeFunctionData, type Hex, keccak256, numberToHex, parseAbi, stringToBytes, zeroHash } from "viem";
import type { Address } from "../../protocol/base/ids.ts";
import { chainCall, type Rpc } from "./rpc.ts";
import { type GasPayer, send } from "./sender.ts";

/** An owner that is OpenZeppelin's TimelockController: its acts are announced, and done later. */

const timelockAbi = parseAbi([
  "function getMinDelay() view returns (uint256)",
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function hashOperationBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt) pure returns (bytes32)",
  "function getOperationState(bytes32 id) view returns (uint8)",
  "function getTimestamp(bytes32 id) view returns (uint256)",
  "function scheduleBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt, uint256 delay)",
  "function executeBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt) payable",
]);
const PROPOSER_ROLE = keccak256(stringToBytes("PROPOSER_ROLE"));

/** `OperationState` of TimelockController. */
const UNSET = 0;
const WAITING = 1;
const DONE = 3;

/** What the timelock shall do, in this order and in one transaction. */
export interface TimelockCall {
  readonly to: Address;
  readonly data: Hex;
}

/** Times: seconds since 1970. */
export type TimelockAct =
  | { readonly state: "announced"; readonly readyAt: number; readonly txHash: Hex | null }
  | { readonly state: "done"; readonly txHash: Hex };

/** Whether `owner` is a timelock in which `person` may announce acts. */
export async function isTimelockOf({ client, url }: Rpc, owner: Address, person: Address): Promise<boolean> {
  if ((await chainCall(url, () => client.getCode({ address: owner }))) === undefined) return false;
  const role = { address: owner, abi: timelockAbi, functionName: "hasRole", args: [PROPOSER_ROLE, person] } as const;
  try {
    return await client.readContract(role);
  } catch {
    // A multisig or another contract: it has no roles.
    return false;
  }
}

/**
 * The next step of an act: announces it, says from when on it may be done, or does it. The same
 * calls again after that are a new act.
 * @throws {ChainError} CONTRACT_REFUSED, TX_REVERTED; {PaymentError} GAS_MISSING
 */
export async function actThroughTimelock(
  rpc: Rpc,
  payer: GasPayer,
  timelock: Address,
  calls: readonly TimelockCall[],
  signal: AbortSignal,
): Promise<TimelockAct> {
  const { client, url } = rpc;
  const of = { address: timelock, abi: timelockAbi } as const;
  const batch = [calls.map(({ to }) => to), calls.map(() => 0n), calls.map(({ data }) => data), zeroHash] as const;

  for (let count = 0; ; count++) {
    const salt = numberToHex(count, { size: 32 });
    const args = [...batch, salt] as const;
    const id = await chainCall(url, () => client.readContract({ ...of, functionName: "hashOperationBatch", args }));
    const state = await chainCall(url, () =>
      client.readContract({ ...of, functionName: "getOperationState", args: [id] }),
    );
    if (state === DONE) continue;
    const readyAt = async (): Promise<number> =>
      Number(await chainCall(url, () => client.readContract({ ...of, functionName: "getTimestamp", args: [id] })));
    if (state === WAITING) return { state: "announced", readyAt: await readyAt(), txHash: null };
    if (state === UNSET) {
      const delay = await chainCall(url, () => client.readContract({ ...of, functionName: "getMinDelay" }));
      const data = encodeFunctionData({ abi: timelockAbi, functionName: "scheduleBatch", args: [...args, delay] });
      const { transactionHash } = await send(rpc, payer, { to: timelock, data }, signal);
      return { state: "announced", readyAt: await readyAt(), txHash: transactionHash };
    }
    const data = encodeFunctionData({ abi: timelockAbi, functionName: "executeBatch", args });
    const { transactionHash } = await send(rpc, payer, { to: timelock, data }, signal);
    return { state: "done", txHash: transactionHash };
  }
}

import { getAddress, type Log, type Result, type TransactionDescription } from "ethers";
import { FLOODGATE, TOKEN } from "./abi.ts";
import type { TracedCall } from "./chain-reader.ts";
import { type Address, type Call, type ChainEvent, type Hex, SKIP_REASONS, type TokenTransfer } from "./facts.ts";

/** Turns logs and calldata into facts. Pure. */

/** Null for events that move nothing (such as OwnershipTransferStarted), and for those that the audit does not know. */
export function decodeEvent(log: Log): ChainEvent | null {
  const parsed = FLOODGATE.parseLog(log);
  if (!parsed || parsed.name === "OwnershipTransferStarted") return null;
  const fields = Object.fromEntries(
    parsed.fragment.inputs.map((input, i) => [input.name, plain(input.type, parsed.args[i])]),
  );
  if (parsed.name === "RowSkipped") fields.reason = SKIP_REASONS[Number(fields.reason)] ?? `UNKNOWN_${fields.reason}`;
  return { kind: parsed.name, ...fields } as unknown as ChainEvent;
}

export function decodeTransfer(log: Log): TokenTransfer | null {
  const parsed = TOKEN.parseLog(log);
  if (parsed?.name !== "Transfer") return null;
  return { from: parsed.args[0], to: parsed.args[1], amount: parsed.args[2] };
}

/** The call that this calldata makes of the contract; none for calls that the audit needs not to see. */
export function decodeCalls(sender: Address, data: Hex): Call[] {
  const parsed = FLOODGATE.parseTransaction({ data });
  const call = parsed && toCall(getAddress(sender), parsed);
  return call ? [call] : [];
}

/** The successful calls of the contract within a traced transaction, in order of execution. */
export function decodeTrace(contract: Address, traced: TracedCall): Call[] {
  if (traced.error !== undefined) return [];
  const isOurs = traced.type === "CALL" && traced.to !== undefined && getAddress(traced.to) === contract;
  const own = isOurs ? decodeCalls(traced.from, traced.input) : [];
  return [...own, ...(traced.calls ?? []).flatMap((inner) => decodeTrace(contract, inner))];
}

function toCall(sender: Address, { name, args }: TransactionDescription): Call | null {
  switch (name) {
    case "settle":
      return { kind: name, sender, batch: args[0] };
    case "claim":
      return {
        kind: name,
        sender,
        allotment: struct(args[0]) as unknown as Extract<Call, { kind: "claim" }>["allotment"],
        allotmentSignature: args[1],
        amount: args[2],
        voucherSignature: args[3],
      };
    case "authorizeSession":
      return { kind: name, sender, sessionKey: args[0], limit: args[1], expiresAt: Number(args[2]) };
    case "authorizeSessionFor":
      return {
        kind: name,
        sender,
        authorization: struct(args[0]) as unknown as Extract<Call, { kind: "authorizeSessionFor" }>["authorization"],
        signature: args[1],
      };
    case "revokeSession":
      return { kind: name, sender, sessionKey: args[0] };
    case "requestWithdrawal":
      return { kind: name, sender, amount: args[0] };
    case "requestWithdrawalFor":
      return {
        kind: name,
        sender,
        withdrawal: struct(args[0]) as unknown as Extract<Call, { kind: "requestWithdrawalFor" }>["withdrawal"],
        signature: args[1],
      };
    case "withdraw":
      return { kind: name, sender, to: args[0] };
    case "withdrawFor":
      return { kind: name, sender, account: args[0] };
    default:
      return null;
  }
}

const SMALL_FIELDS = ["lane", "credit", "expiresAt", "deadline"];

function struct(value: Result): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value.toObject()).map(([name, field]) => [
      name,
      SMALL_FIELDS.includes(name) ? Number(field) : field,
    ]),
  );
}

/** Money stays a bigint; numbers, times and lanes are small. */
function plain(type: string, value: unknown): unknown {
  return typeof value === "bigint" && type !== "uint96" ? Number(value) : value;
}

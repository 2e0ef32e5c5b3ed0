import type { ParamType, Result } from "ethers";
import { FLOODGATE } from "../facts/abi.ts";
import type { Call } from "../facts/calls.ts";
import { addressOf } from "../facts/checksum.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { TracedCall } from "./chain-reader.ts";

/**
 * The calls in this calldata, those within `multicall`, `claimMany` and `depositForMany` one by
 * one. Views are left out. Pure.
 */
export function decodeCalls(sender: Address, data: Hex): Call[] {
  const batch = batchOf(data);
  if (batch !== null) return [{ kind: "settle", sender: addressOf(sender), batch }];
  const parsed = FLOODGATE.parseTransaction({ data });
  if (!parsed || parsed.fragment.constant) return [];
  const { name, fragment, args } = parsed;
  // `multicall` delegates to the contract itself: each call keeps the sender.
  if (name === "multicall") return [...(args[0] as Iterable<Hex>)].flatMap((inner) => decodeCalls(sender, inner));
  if (name === "claimMany") return [...(args[0] as Iterable<Hex>)].map((inner, i) => decodeClaim(sender, inner, i));
  const fields: Record<string, unknown> = { sender: addressOf(sender), ...struct(fragment.inputs, args) };
  if (name === "depositForMany") {
    const { sender: from, deposits } = fields as { sender: Address; deposits: readonly object[] };
    return deposits.map((deposit) => ({ kind: "depositFor", sender: from, ...deposit }) as Call);
  }
  if (!isClaim(name)) return [{ kind: name, ...fields } as unknown as Call];
  return [{ kind: "claim", index: null, evidence: null, ...fields } as unknown as Call];
}

const SETTLE = FLOODGATE.getFunction("settle")?.selector ?? "";
/** Selector, and the words of the place and the length of the bytes, as 0x and hex digits. */
const SETTLE_HEAD = 2 + 8 + 64 + 64;
const PLACE = "20".padStart(64, "0");

/**
 * The bytes of a call of `settle` in the one layout that encoders write: they are long, and ethers
 * takes a while. Null: another call, or another layout, which ethers judges.
 */
function batchOf(data: Hex): Hex | null {
  if (!data.startsWith(SETTLE) || data.slice(10, 74) !== PLACE || !/^0x[0-9a-f]*$/.test(data)) return null;
  const digits = 2 * Number.parseInt(data.slice(74, SETTLE_HEAD), 16);
  const padding = (64 - (digits % 64)) % 64;
  if (data.length !== SETTLE_HEAD + digits + padding) return null;
  return `0x${data.slice(SETTLE_HEAD, SETTLE_HEAD + digits)}`;
}

/** An entry of `claimMany`. One that cannot be read hides no other. */
function decodeClaim(sender: Address, data: Hex, index: number): Call {
  try {
    const [call] = decodeCalls(sender, data);
    if (call?.kind === "claim") return { ...call, index };
  } catch {
    // Calldata that ethers cannot read.
  }
  return { kind: "unreadableClaim", sender: addressOf(sender), index };
}

function isClaim(name: string): boolean {
  return name === "claim" || name === "claimWithEvidence";
}

/** The successful calls of the contract within a traced transaction, in order of execution. */
export function decodeTrace(contract: Address, traced: TracedCall): Call[] {
  if (traced.error !== undefined) return [];
  const isOurs = traced.type === "CALL" && traced.to !== undefined && addressOf(traced.to) === contract;
  const own = isOurs ? decodeCalls(traced.from, traced.input) : [];
  return [...own, ...(traced.calls ?? []).flatMap((inner) => decodeTrace(contract, inner))];
}

function struct(types: readonly ParamType[], values: Result): Record<string, unknown> {
  return Object.fromEntries(types.map((type, i) => [type.name, plain(type, values[i])]));
}

/** Money and nonces are bigints, lanes and times small numbers. */
function plain(type: ParamType, value: unknown): unknown {
  if (type.arrayChildren) {
    const { arrayChildren } = type;
    return [...(value as Result)].map((item) => plain(arrayChildren, item));
  }
  if (type.components) return struct(type.components, value as Result);
  return typeof value === "bigint" && !["uint96", "uint256"].includes(type.type) ? Number(value) : value;
}

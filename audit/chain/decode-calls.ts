import { getAddress, type ParamType, type Result } from "ethers";
import { FLOODGATE } from "../facts/abi.ts";
import type { Call } from "../facts/calls.ts";
import type { Address, Hex } from "../facts/primitives.ts";
import type { TracedCall } from "./chain-reader.ts";

/** The calls in this calldata, those within `multicall` one by one. Views are left out. Pure. */
export function decodeCalls(sender: Address, data: Hex): Call[] {
  const parsed = FLOODGATE.parseTransaction({ data });
  if (!parsed || parsed.fragment.constant) return [];
  const { name, fragment, args } = parsed;
  // `multicall` delegates to the contract itself: each call keeps the sender.
  if (name === "multicall") return [...(args[0] as Iterable<Hex>)].flatMap((inner) => decodeCalls(sender, inner));
  const fields = { sender: getAddress(sender), ...struct(fragment.inputs, args) };
  if (name === "claim") return [{ kind: name, evidence: null, ...fields } as unknown as Call];
  return [{ kind: name === "claimWithEvidence" ? "claim" : name, ...fields } as unknown as Call];
}

/** The successful calls of the contract within a traced transaction, in order of execution. */
export function decodeTrace(contract: Address, traced: TracedCall): Call[] {
  if (traced.error !== undefined) return [];
  const isOurs = traced.type === "CALL" && traced.to !== undefined && getAddress(traced.to) === contract;
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

import { keccak256, toBeHex, zeroPadValue } from "ethers";
import type { Address, Hex } from "../facts/primitives.ts";

/** Slots of contracts/Floodgate.sol's state variables, written down a second time. */
const ACCOUNTS = 8;
const PAID = 12;
const OUTCOME_HASHES = 14;

const LOW_96_BITS = (1n << 96n) - 1n;

/** Its lowest 96 bits are the balance. */
export function accountSlot(account: Address): Hex {
  return slotOf(zeroPadValue(account, 32), word(ACCOUNTS));
}

export function outcomeSlot(batch: number): Hex {
  return slotOf(word(batch), word(OUTCOME_HASHES));
}

/**
 * Its lowest 96 bits are all that claims have paid, or shown to be paid, on the lane to this payee.
 */
export function paidSlot(payer: Address, lane: number, payee: Address): Hex {
  const ofPayer = slotOf(zeroPadValue(payer, 32), word(PAID));
  return slotOf(zeroPadValue(payee, 32), slotOf(word(lane), ofPayer));
}

/** The amount in a packed slot, base units. */
export function amountIn(value: bigint): bigint {
  return value & LOW_96_BITS;
}

/** Solidity: a mapping's value is at keccak256(key ‖ slot of the mapping). */
function slotOf(key: Hex, slot: Hex): Hex {
  return keccak256(key + slot.slice(2));
}

function word(value: number): Hex {
  return toBeHex(value, 32);
}

import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";

/**
 * The accounts that every Hardhat, Anvil and Ganache devnet starts with. Everybody knows their
 * keys.
 */

const MNEMONIC = "test test test test test test test test test test test junk";
const ACCOUNTS = 20;
/** Chain ids that no chain with real money uses. */
const DEVNET_CHAIN_IDS = [31337, 1337];

export function isDevnet(chainId: number): boolean {
  return DEVNET_CHAIN_IDS.includes(chainId);
}

/** The devnet's account `index`, with all the ETH that it needs. */
export function devnetAccount(index: number): HDAccount {
  return mnemonicToAccount(MNEMONIC, { addressIndex: index });
}

/**
 * Refuses to use a key that everybody knows where it could hold money.
 * @throws {InputError} WELL_KNOWN_KEY
 */
export function refuseWellKnown(chainId: number, address: Address): void {
  if (isDevnet(chainId)) return;
  const isKnown = Array.from({ length: ACCOUNTS }, (_, index) => parseAddress(devnetAccount(index).address)).includes(
    address,
  );
  if (isKnown) {
    throw new InputError(
      "WELL_KNOWN_KEY",
      `${address} is an account of every devnet, its key is known to everybody: make a key of your own for chain ${chainId}`,
    );
  }
}

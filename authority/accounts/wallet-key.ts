import { recoverAddress } from "viem";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import type { Address } from "../../protocol/base/ids.ts";

/** Hex digits of r, s and v, with 0x. */
const SIGNATURE_CHARS = 132;

/** Whether the account's own key has signed. Only the chain can tell for a wallet with code. */
export async function isSignedByKey(account: Address, digest: Uint8Array, signature: Hex): Promise<boolean> {
  if (signature.length !== SIGNATURE_CHARS) return false;
  const signer = await recoverAddress({ hash: bytesToHex(digest), signature }).catch(() => null);
  return signer?.toLowerCase() === account;
}

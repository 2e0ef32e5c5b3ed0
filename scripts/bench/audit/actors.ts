import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { keccak256 } from "../../../protocol/base/hashes.ts";
import { type Address, parseAddress } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";

/** A wallet, and the session key of its peer: always the same ones. */
export interface Actor {
  readonly wallet: PrivateKeyAccount;
  readonly account: Address;
  readonly secret: Uint8Array;
  readonly sessionKey: Address;
}

export function actor(name: string): Actor {
  const [walletSecret, secret] = [`wallet ${name}`, `session ${name}`].map((text) => keccak256(Buffer.from(text)));
  const wallet = privateKeyToAccount(bytesToHex(walletSecret as Uint8Array));
  const sessionKey = addressOfKey(publicKeyOf(secret as Uint8Array));
  return { wallet, account: parseAddress(wallet.address), secret: secret as Uint8Array, sessionKey };
}

export const actors = (name: string, count: number): Actor[] =>
  Array.from({ length: count }, (_, i) => actor(`${name} ${i}`));

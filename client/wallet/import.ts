import { isKeystoreJson, Mnemonic } from "ethers/wallet";
import { mnemonicToAccount } from "viem/accounts";
import { bytesToHex, type Hex } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { parseHexBytes } from "../../protocol/base/ids.ts";
import { isPrivateKey } from "../../protocol/base/secp256k1.ts";

/** What a wallet may be imported from. Messages never quote it. */
export type ImportedText =
  /** Web3 Secret Storage v3, still encrypted. */
  { readonly type: "keystore"; readonly json: string } | { readonly type: "key"; readonly privateKey: Hex };

/**
 * Reads a keystore, a private key (64 hex digits, with 0x or without) or a mnemonic (BIP 39). Of a
 * mnemonic the account m/44'/60'/0'/0/`index` is taken, as other wallets do (BIP 44).
 * @throws {InputError} IMPORT_INVALID
 */
export function readImported(text: string, index: number): ImportedText {
  const trimmed = text.trim();
  if (isKeystoreJson(trimmed)) return { type: "keystore", json: trimmed };
  if (/^(0x)?[0-9a-f]{64}$/i.test(trimmed)) return { type: "key", privateKey: parsePrivateKey(trimmed) };
  const words = trimmed.toLowerCase().split(/\s+/);
  if (
    words.length % 3 === 0 &&
    words.length >= 12 &&
    words.length <= 24 &&
    words.every((word) => /^[a-z]+$/.test(word))
  )
    return { type: "key", privateKey: keyOfMnemonic(words.join(" "), index) };
  throw invalid("it is neither a keystore of version 3, nor a private key of 64 hex digits, nor 12 to 24 words");
}

function parsePrivateKey(text: string): Hex {
  const bytes = parseHexBytes(`0x${text.replace(/^0x/i, "").toLowerCase()}`, 32);
  if (!isPrivateKey(bytes)) throw invalid("it is no private key of secp256k1");
  return bytesToHex(bytes);
}

function keyOfMnemonic(mnemonic: string, index: number): Hex {
  const key = Mnemonic.isValidMnemonic(mnemonic)
    ? mnemonicToAccount(mnemonic, { addressIndex: index }).getHdKey().privateKey
    : null;
  if (!key) throw invalid("one of the words is wrong, or their order: the checksum does not fit");
  return bytesToHex(key);
}

function invalid(why: string): InputError {
  return new InputError("IMPORT_INVALID", `no wallet can be made from this: ${why}`);
}

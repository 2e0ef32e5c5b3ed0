import { scrypt as nativeScrypt } from "node:crypto";
import { scrypt } from "ethers/crypto";
import { decryptKeystoreJson, encryptKeystoreJson, isKeystoreJson } from "ethers/wallet";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import type { Hex } from "../../protocol/base/bytes.ts";
import { AccessError, InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { createPrivateFile, readPrivateFile } from "./private-file.ts";
import { openWallet, type Wallet } from "./wallet.ts";

/**
 * The wallet's private key on disk: Web3 Secret Storage v3, as geth, cast and MetaMask read and
 * write it.
 */

/** 2^17 costs 128 MiB and about 0.3 s for each guess. */
const SCRYPT = { N: 131_072, r: 8, p: 1 };
/**
 * Four times our own cost, for files that other programs made. A hostile file must not take all
 * memory.
 */
const MAX_SCRYPT_BYTES = 4 * 128 * SCRYPT.N * SCRYPT.r + 1024 * 1024;

// ethers' own scrypt is JavaScript and takes seconds.
scrypt.register(
  (passphrase, salt, N, r, p, length) =>
    new Promise((resolve, reject) => {
      nativeScrypt(passphrase, salt, length, { N, r, p, maxmem: MAX_SCRYPT_BYTES }, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    }),
);

/**
 * Creates a wallet, encrypted with `passphrase`. Its key is random, or the one that is given, which
 * must be in range.
 * @throws {InputError} FILE_EXISTS
 */
export async function createKeystore(
  path: string,
  passphrase: string,
  privateKey: Hex = generatePrivateKey(),
): Promise<Address> {
  const address = parseAddress(privateKeyToAddress(privateKey));
  await createPrivateFile(
    path,
    `${await encryptKeystoreJson({ address, privateKey }, passphrase, { scrypt: SCRYPT })}\n`,
  );
  return address;
}

/**
 * The address that a keystore names. It needs no passphrase, and is not proven.
 * @throws {InputError} WALLET_MISSING, WALLET_INVALID
 */
export async function readKeystoreAddress(path: string): Promise<Address> {
  const { address } = JSON.parse(await readKeystore(path)) as { address?: unknown };
  if (typeof address !== "string") throw invalid(path);
  return parseAddress(`0x${address.replace(/^0x/i, "").toLowerCase()}`);
}

/**
 * @throws {AccessError} PASSPHRASE_WRONG
 * @throws {InputError} WALLET_MISSING, WALLET_INVALID, FILE_PERMISSIONS
 */
export async function openKeystore(path: string, passphrase: string): Promise<Wallet> {
  return openWallet(await readPrivateKey(path, passphrase));
}

/**
 * The key itself, for a person that takes it elsewhere.
 * @throws as `openKeystore`
 */
export async function readPrivateKey(path: string, passphrase: string): Promise<Hex> {
  return decryptKeystore(await readKeystore(path), passphrase, path);
}

/**
 * The key of a keystore that another program has written. `name`: of the file, for messages.
 * @throws {AccessError} PASSPHRASE_WRONG; {InputError} WALLET_INVALID
 */
export async function decryptKeystore(json: string, passphrase: string, name: string): Promise<Hex> {
  try {
    const { privateKey } = await decryptKeystoreJson(json, passphrase);
    return privateKey as Hex;
  } catch (error) {
    // ethers' messages may quote its input, so neither message nor cause is passed on.
    const isWrong = error instanceof Error && "argument" in error && error.argument === "password";
    if (isWrong) throw new AccessError("PASSPHRASE_WRONG", `wrong passphrase for ${name}: try again`);
    throw invalid(name);
  }
}

/** The text of a home's keystore, encrypted as it is. @throws as `readKeystoreAddress` */
export async function readKeystore(path: string): Promise<string> {
  const json = await readPrivateFile(path);
  if (json === null)
    throw new InputError("WALLET_MISSING", `there is no wallet at ${path}: create one with \`floodgate wallet new\``);
  if (!isKeystoreJson(json)) throw invalid(path);
  return json;
}

function invalid(path: string): InputError {
  return new InputError("WALLET_INVALID", `${path} is not a keystore of version 3: restore it from your copy`);
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { InputError } from "../../protocol/base/errors.ts";
import { AddressSchema, AmountSchema } from "../../protocol/base/schemas.ts";
import { type PassphraseSources, readPassphrase } from "../wallet/passphrase.ts";
import { readPrivateFile, writePrivateFile } from "../wallet/private-file.ts";
import { readSession, sessionPath, writeSession } from "../wallet/session-file.ts";
import type { AccountHome, Kept, SavedNetwork } from "./home.ts";

/**
 * An account's home as a directory of private files (mode 0600), each written whole or not at all.
 * Node only.
 */

const NetworkSchema = Type.Object(
  {
    version: Type.Literal(1),
    apiUrl: Type.String({ maxLength: 2048 }),
    chainId: Type.Integer({ minimum: 1 }),
    contract: AddressSchema,
    token: Type.Object({ address: AddressSchema, symbol: Type.String(), decimals: Type.Integer() }),
  },
  { additionalProperties: false },
);

const DepositSchema = Type.Object({ idempotencyKey: Type.String({ maxLength: 64 }), amount: AmountSchema });

/** `passphrase` is asked for only when the wallet is unlocked. */
export function openNodeHome(directory: string, passphrase: PassphraseSources): AccountHome {
  return {
    name: directory,
    network: keptNetwork(join(directory, "network.json")),
    session: {
      read: () => readSession(directory),
      write: (session) => writeSession(directory, session),
      remove: () => rm(sessionPath(directory), { force: true }),
    },
    // Written whole or not at all, so a damaged one is no deposit of ours.
    deposit: keptFile(join(directory, "deposit.json"), DepositSchema, () => null),
    async unlock() {
      const { openKeystore, readKeystoreAddress } = await import("../wallet/keystore.ts");
      const path = walletPath(directory);
      // Before a person is asked for the passphrase of a wallet that is not there.
      await readKeystoreAddress(path);
      return openKeystore(path, await readPassphrase(passphrase));
    },
  };
}

/** Where a home keeps its keystore. */
export function walletPath(directory: string): string {
  return join(directory, "wallet.json");
}

function keptNetwork(path: string): Kept<SavedNetwork> {
  const file = keptFile(path, NetworkSchema, () => {
    const message = `${path} is damaged: delete it and run \`floodgate register\` again`;
    throw new InputError("NETWORK_FILE_INVALID", message);
  });
  return {
    ...file,
    write: ({ apiUrl, chainId, contract, token }) => file.write({ version: 1, apiUrl, chainId, contract, token }),
  };
}

/** A file of JSON; `onDamaged` is told when there is another text than `schema` allows. */
function keptFile<Schema extends TSchema>(path: string, schema: Schema, onDamaged: () => null): Kept<Static<Schema>> {
  return {
    async read() {
      const text = await readPrivateFile(path);
      if (text === null) return null;
      const value = parseJson(text);
      return Value.Check(schema, value) ? (value as Static<Schema>) : onDamaged();
    },
    write: (value) => writePrivateFile(path, `${JSON.stringify(value, null, 2)}\n`),
    remove: () => rm(path, { force: true }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No schema allows undefined, so broken JSON counts as JSON of another shape.
    return undefined;
  }
}

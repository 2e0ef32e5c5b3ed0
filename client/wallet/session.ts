import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { bytesToHex, hexToBytes } from "../../protocol/bytes.ts";
import { InputError } from "../../protocol/errors.ts";
import { parseAddress } from "../../protocol/ids.ts";
import { AddressSchema, AmountSchema, HashSchema, TimeSchema } from "../../protocol/schemas.ts";
import { addressOfKey, isPrivateKey, publicKeyOf } from "../../protocol/secp256k1.ts";
import { type Amount, parseBaseUnits } from "../../protocol/units.ts";
import type { PeerIdentity } from "../identity.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

/** A session as this home keeps it: the identity that a peer acts with, and its spend limit. */
export interface Session extends PeerIdentity {
  /** Base units over the session's whole life, as the wallet authorized it; 2^96-1 is no limit. */
  readonly limit: Amount;
}

const FileSchema = Type.Object(
  {
    version: Type.Literal(1),
    account: AddressSchema,
    privateKey: HashSchema,
    accessToken: Type.String({ maxLength: 1024 }),
    expiresAt: TimeSchema,
    limit: AmountSchema,
  },
  { additionalProperties: false },
);

/** A random secp256k1 key, 32 bytes. */
export function createSessionKey(): Uint8Array {
  const key = Uint8Array.from(randomBytes(32));
  // Zero or above the group order: once in 2^128 draws.
  return isPrivateKey(key) ? key : createSessionKey();
}

/** The session of a home directory, or null. @throws {InputError} SESSION_INVALID, FILE_PERMISSIONS */
export async function readSession(home: string): Promise<Session | null> {
  const path = pathIn(home);
  const text = await readPrivateFile(path);
  if (text === null) return null;
  const file = parse(text);
  const privateKey = file && hexToBytes(file.privateKey);
  if (!file || !privateKey || !isPrivateKey(privateKey)) {
    throw new InputError("SESSION_INVALID", `${path} is damaged: delete it and run \`floodgate register\` again`);
  }
  const publicKey = publicKeyOf(privateKey);
  return {
    account: parseAddress(file.account),
    sessionKey: addressOfKey(publicKey),
    privateKey,
    publicKey,
    accessToken: file.accessToken,
    expiresAt: file.expiresAt,
    limit: parseBaseUnits(file.limit),
  };
}

export async function writeSession(home: string, session: Session): Promise<void> {
  const file: Static<typeof FileSchema> = {
    version: 1,
    account: session.account,
    privateKey: bytesToHex(session.privateKey),
    accessToken: session.accessToken,
    expiresAt: session.expiresAt,
    limit: session.limit.toString(),
  };
  await writePrivateFile(pathIn(home), `${JSON.stringify(file, null, 2)}\n`);
}

function parse(text: string): Static<typeof FileSchema> | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(FileSchema, value) ? value : null;
  } catch {
    // Not JSON: as damaged as JSON of another shape.
    return null;
  }
}

function pathIn(home: string): string {
  return join(home, "session.json");
}

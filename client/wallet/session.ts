import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { bytesToHex, hexToBytes } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { type Address, parseAddress } from "../../protocol/base/ids.ts";
import { AddressSchema, AmountSchema, HashSchema, TimeSchema } from "../../protocol/base/schemas.ts";
import { addressOfKey, isPrivateKey, publicKeyOf } from "../../protocol/base/secp256k1.ts";
import { type Amount, parseBaseUnits } from "../../protocol/base/units.ts";
import type { PeerIdentity } from "../identity.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

/** A session as it is stored in its home. */
export interface Session {
  readonly account: Address;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /**
   * The authority's access token, and the end of its validity. Times are seconds since 1970, on the
   * authority's clock.
   */
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  /**
   * What the session may spend in all, in base units, as the wallet authorized it; 2^96-1 is no
   * limit.
   */
  readonly limit: Amount;
  /** When the wallet's authorization of the key ends; 0 before the first one is on-chain. */
  readonly authorizedUntil: number;
}

const FileSchema = Type.Object(
  {
    version: Type.Literal(1),
    account: AddressSchema,
    privateKey: HashSchema,
    accessToken: Type.String({ maxLength: 1024 }),
    accessExpiresAt: TimeSchema,
    limit: AmountSchema,
    authorizedUntil: TimeSchema,
  },
  { additionalProperties: false },
);

/** A random secp256k1 key, 32 bytes. */
export function createSessionKey(): Uint8Array {
  const key = Uint8Array.from(randomBytes(32));
  // The key is zero or above the group order once in 2^128 draws.
  return isPrivateKey(key) ? key : createSessionKey();
}

/**
 * The session of a home directory, or null.
 * @throws {InputError} SESSION_INVALID, FILE_PERMISSIONS
 */
export async function readSession(home: string): Promise<Session | null> {
  const path = pathIn(home);
  const text = await readPrivateFile(path);
  if (text === null) return null;
  const file = parse(text);
  const privateKey = file && hexToBytes(file.privateKey);
  if (!file || !privateKey || !isPrivateKey(privateKey)) {
    throw new InputError("SESSION_INVALID", `${path} is damaged: delete it and run \`floodgate register\` again`);
  }
  return { ...file, account: parseAddress(file.account), privateKey, limit: parseBaseUnits(file.limit) };
}

export async function writeSession(home: string, session: Session): Promise<void> {
  const file: Static<typeof FileSchema> = {
    version: 1,
    account: session.account,
    privateKey: bytesToHex(session.privateKey),
    accessToken: session.accessToken,
    accessExpiresAt: session.accessExpiresAt,
    limit: session.limit.toString(),
    authorizedUntil: session.authorizedUntil,
  };
  await writePrivateFile(pathIn(home), `${JSON.stringify(file, null, 2)}\n`);
}

/** The part of a session that a running peer acts with. */
export function identityOf(session: Session): PeerIdentity {
  const publicKey = publicKeyOf(session.privateKey);
  return {
    account: session.account,
    sessionKey: addressOfKey(publicKey),
    privateKey: session.privateKey,
    publicKey,
    accessToken: session.accessToken,
    expiresAt: Math.min(session.accessExpiresAt, session.authorizedUntil),
  };
}

function parse(text: string): Static<typeof FileSchema> | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(FileSchema, value) ? value : null;
  } catch {
    // Not JSON. The file is as damaged as JSON of another shape.
    return null;
  }
}

function pathIn(home: string): string {
  return join(home, "session.json");
}

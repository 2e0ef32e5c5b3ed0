import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { bytesToHex, hexToBytes } from "../../protocol/base/bytes.ts";
import { InputError } from "../../protocol/base/errors.ts";
import { parseAddress } from "../../protocol/base/ids.ts";
import { AddressSchema, AmountSchema, HashSchema, TimeSchema } from "../../protocol/base/schemas.ts";
import { isPrivateKey } from "../../protocol/base/secp256k1.ts";
import { parseBaseUnits } from "../../protocol/base/units.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";
import type { Session } from "./session.ts";

const FileSchema = Type.Object(
  {
    version: Type.Literal(1),
    account: AddressSchema,
    privateKey: HashSchema,
    accessToken: Type.String({ maxLength: 1024 }),
    announceToken: Type.String({ maxLength: 1024 }),
    accessExpiresAt: TimeSchema,
    limit: AmountSchema,
    chosenLimit: Type.Union([Type.Null(), AmountSchema]),
    authorizedUntil: TimeSchema,
  },
  { additionalProperties: false },
);

/**
 * The session of a home directory, or null.
 * @throws {InputError} SESSION_INVALID, FILE_PERMISSIONS
 */
export async function readSession(home: string): Promise<Session | null> {
  const path = sessionPath(home);
  const text = await readPrivateFile(path);
  if (text === null) return null;
  const file = parse(text);
  const privateKey = file && hexToBytes(file.privateKey);
  if (!file || !privateKey || !isPrivateKey(privateKey)) {
    throw new InputError("SESSION_INVALID", `${path} is damaged: delete it and run \`floodgate register\` again`);
  }
  return {
    ...file,
    account: parseAddress(file.account),
    privateKey,
    limit: parseBaseUnits(file.limit),
    chosenLimit: file.chosenLimit === null ? null : parseBaseUnits(file.chosenLimit),
  };
}

export async function writeSession(home: string, session: Session): Promise<void> {
  const file: Static<typeof FileSchema> = {
    version: 1,
    account: session.account,
    privateKey: bytesToHex(session.privateKey),
    accessToken: session.accessToken,
    announceToken: session.announceToken,
    accessExpiresAt: session.accessExpiresAt,
    limit: session.limit.toString(),
    chosenLimit: session.chosenLimit?.toString() ?? null,
    authorizedUntil: session.authorizedUntil,
  };
  await writePrivateFile(sessionPath(home), `${JSON.stringify(file, null, 2)}\n`);
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

/** Where a home keeps its session. */
export function sessionPath(home: string): string {
  return join(home, "session.json");
}

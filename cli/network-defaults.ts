import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { writePrivateFile } from "../client/wallet/private-file.ts";
import { InputError } from "../protocol/base/errors.ts";
import { AddressSchema } from "../protocol/base/schemas.ts";

/** Addresses that a home remembers, so that later commands need not be told. */

const DefaultsSchema = Type.Object(
  {
    authority: Type.String({ maxLength: 2048 }),
    rpc: Type.String({ maxLength: 2048 }),
    contract: AddressSchema,
    /** Home of the authority that `floodgate up` runs: its operator's secret is there. */
    authorityHome: Type.String({ maxLength: 4096 }),
  },
  { additionalProperties: false },
);

export type NetworkDefaults = Static<typeof DefaultsSchema>;

const DEFAULTS_FILE = "network-defaults.json";
const MAX_BYTES = 16 * 1024;

/**
 * What the first of these homes that remembers a network has.
 * @throws {InputError} NETWORK_FILE_INVALID
 */
export function readDefaults(homes: readonly string[]): NetworkDefaults | null {
  for (const home of homes) {
    const path = join(home, DEFAULTS_FILE);
    const text = readOrNull(path);
    if (text === null) continue;
    const defaults = parse(text);
    if (defaults) return defaults;
    throw new InputError("NETWORK_FILE_INVALID", `${path} is damaged: delete it, and run \`floodgate up\` again`);
  }
  return null;
}

export function writeDefaults(home: string, defaults: NetworkDefaults): Promise<void> {
  return writePrivateFile(join(home, DEFAULTS_FILE), `${JSON.stringify(defaults, null, 2)}\n`);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8").slice(0, MAX_BYTES);
  } catch {
    // Not there, or not ours to read: then this home remembers nothing.
    return null;
  }
}

function parse(text: string): NetworkDefaults | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(DefaultsSchema, value) ? value : null;
  } catch {
    return null;
  }
}

import {
  AddressSchema,
  AmountSchema,
  CompactSignatureSchema,
  HashSchema,
  InfoHashSchema,
  LaneSchema,
  PublicKeySchema,
  TimeSchema,
  WalletSignatureSchema,
} from "../../../protocol/base/schemas.ts";

/** What the OpenAPI document says of a value, as far as this project's schemas use it. */
export interface Schema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

/** Types that many fields share. */
export const NAMED_TYPES = {
  address: { schema: AddressSchema, meaning: "An Ethereum address: 0x and 40 hex digits." },
  amount: { schema: AmountSchema, meaning: "Base units of the token, as a decimal string." },
  hash: { schema: HashSchema, meaning: "32 bytes: 0x and 64 hex digits." },
  infohash: { schema: InfoHashSchema, meaning: "A torrent's infohash (BEP 3): 40 hex digits." },
  lane: { schema: LaneSchema, meaning: "A number from 0 to 2^32 - 1." },
  "public key": { schema: PublicKeySchema, meaning: "A compressed secp256k1 key: 0x and 66 hex digits." },
  signature: { schema: CompactSignatureSchema, meaning: "An EIP-2098 signature: 0x and 128 hex digits." },
  time: { schema: TimeSchema, meaning: "Seconds since 1970." },
  "wallet signature": { schema: WalletSignatureSchema, meaning: "Hex: 65 bytes, or what an ERC-1271 wallet takes." },
} as const;

const nameOfShape = new Map(Object.entries(NAMED_TYPES).map(([name, { schema }]) => [keyOf(schema), name]));

function keyOf({ type, pattern, minimum, maximum }: Schema): string {
  return `${type} ${pattern} ${minimum} ${maximum}`;
}

/**
 * A schema in words that look like its JSON; every line but the first is indented by `indentation`.
 */
export function shapeOf(schema: Schema, indentation = ""): string {
  const { anyOf, items, nullable, properties } = schema;
  if (nullable === true) return `${shapeOf({ ...schema, nullable: false }, indentation)} | null`;
  if (anyOf) return anyOf.map((one) => shapeOf(one, indentation)).join(" | ");
  if (properties) return objectShape(schema, indentation);
  if (items)
    return `list of ${shapeOf(items, indentation)}${schema.maxItems === undefined ? "" : `, at most ${schema.maxItems}`}`;
  return nameOfShape.get(keyOf(schema)) ?? scalarShape(schema);
}

function objectShape({ properties = {}, required = [] }: Schema, indentation: string): string {
  const inner = `${indentation}  `;
  const fields = Object.entries(properties).map(
    ([name, field]) => `${inner}${name}${required.includes(name) ? "" : "?"}: ${shapeOf(field, inner)}`,
  );
  return `{\n${fields.join("\n")}\n${indentation}}`;
}

function scalarShape(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.format === "binary") return "bytes";
  const { minimum, maximum, minLength, maxLength, pattern, type = "any JSON" } = schema;
  if (pattern !== undefined) return `${type} like ${pattern}`;
  return type + rangeOf(minimum, maximum, "") + rangeOf(minLength, maxLength, " characters");
}

function rangeOf(from: number | undefined, to: number | undefined, unit: string): string {
  if (from === undefined && (to === undefined || to === Number.MAX_SAFE_INTEGER)) return "";
  if (to === undefined || to === Number.MAX_SAFE_INTEGER) return ` (at least ${from}${unit})`;
  return from === undefined ? ` (at most ${to}${unit})` : ` (${from} to ${to}${unit})`;
}

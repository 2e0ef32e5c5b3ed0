import { type TSchema, Type } from "typebox";

/**
 * JSON shapes that routes, files and messages share. Amounts are decimal strings of base units;
 * times are seconds since 1970.
 */

export const AddressSchema = Type.String({ pattern: "^0x[0-9a-fA-F]{40}$", description: "Ethereum address" });
export const PublicKeySchema = Type.String({
  pattern: "^0x0[23][0-9a-f]{64}$",
  description: "compressed secp256k1 public key",
});
export const InfoHashSchema = Type.String({ pattern: "^[0-9a-f]{40}$", description: "infohash (BEP 3)" });
export const AmountSchema = Type.String({ pattern: "^(0|[1-9][0-9]{0,28})$", description: "base units" });
export const CompactSignatureSchema = Type.String({ pattern: "^0x[0-9a-f]{128}$", description: "EIP-2098 signature" });
export const WalletSignatureSchema = Type.String({
  pattern: "^0x([0-9a-fA-F]{2}){1,4096}$",
  description: "wallet signature: 65 bytes, or what ERC-1271 takes",
});
export const HashSchema = Type.String({ pattern: "^0x[0-9a-f]{64}$", description: "32 bytes" });
export const LaneSchema = Type.Integer({ minimum: 0, maximum: 4294967295 });
export const TimeSchema = Type.Integer({ minimum: 0, maximum: 1099511627775, description: "seconds since 1970" });

/** A JSON object of exactly these fields. */
export const object = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

/**
 * What a WebSocket may send (docs/protocol.md 6.3). bittorrent-tracker believes these shapes, and
 * other values would stop the process. It checks the rest of an announce itself.
 */
const MessageSchema = Type.Object({
  action: Type.Union([Type.Literal("announce"), Type.Literal("scrape")]),
  info_hash: Type.Union([Type.String({ maxLength: 20 }), Type.Array(Type.String({ maxLength: 20 }), { maxItems: 64 })]),
  offers: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.Object({}), { maxItems: 50 })])),
});

/** False for a message that must not reach the server. */
export function isSoundMessage(data: Uint8Array): boolean {
  return Value.Check(MessageSchema, parse(data));
}

function parse(data: Uint8Array): Static<typeof MessageSchema> | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}

import { env } from "node:process";
import Wire from "bittorrent-protocol";

/**
 * Preloaded into a `floodgate seed` that is to cheat, which is otherwise the real program.
 * FLOODGATE_VICE: `bad:P` flips a byte in P percent of the pieces, `stop:N` serves N blocks and
 * then keeps silent, while its books count what it did not send.
 */

declare module "bittorrent-protocol" {
  // `piece` answers a request with a block.
  interface Cheatable {
    piece(index: number, offset: number, block: Uint8Array): void;
  }
}

const [vice, text] = (env.FLOODGATE_VICE ?? "").split(":");
const number = Number(text);
const wire = Wire.prototype as unknown as import("bittorrent-protocol").Cheatable;
const honest = wire.piece;
let sent = 0;

if (vice === "bad") {
  wire.piece = function (index, offset, block) {
    const isBad = offset === 0 && (index * number) % 100 < number;
    const bytes = Uint8Array.from(block);
    if (isBad) bytes[0] = ~(bytes[0] ?? 0);
    honest.call(this, index, offset, bytes);
  };
}
if (vice === "stop") {
  wire.piece = function (index, offset, block) {
    if (sent++ < number) honest.call(this, index, offset, block);
  };
}

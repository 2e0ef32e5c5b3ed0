import Wire from "bittorrent-protocol";

/** How a bad seller of the bench cheats. Nothing of Floodgate is changed but what leaves it. */
export type Fault = "spoils" | "mute";

/** From now on every wire of this process cheats: each block is wrong, or none is sent. */
export function cheat(fault: Fault): void {
  const { prototype } = Wire;
  const { piece } = prototype;
  prototype.piece = function (index, offset, block) {
    if (fault === "mute") return;
    const spoilt = Uint8Array.from(block);
    spoilt[0] = ~(spoilt[0] ?? 0);
    return piece.call(this, index, offset, spoilt);
  };
}

import { badPieces, type SellerRow, takesAndStops } from "../../cheats/crooked-sellers.ts";
import { breakCase } from "../case.ts";
import { judgeCrookedSeller } from "../judge-sellers.ts";

const factsOf = (row: SellerRow) => ({
  overpaid: row.lost.money,
  wastedBytes: row.lost.bytes,
  mostWasted: row.bound.bytes,
  earned: row.earned,
  problems: row.problems,
});

export const sendBadPieces = breakCase({
  id: "bad-pieces",
  title: "Send bad pieces as a seeder",
  deed: "A seeder flips a byte in each piece that it sends. An honest one has the content, too.",
  cheats: ["bad-100"],
  async act({ arena, say }) {
    say("Two sellers will serve the same file. The buyer checks each piece by its hash.");
    return factsOf(await badPieces(arena, 100));
  },
  judge: judgeCrookedSeller,
});

export const takeAndStop = breakCase({
  id: "take-and-stop",
  title: "Take money and send nothing more",
  deed: "A seller serves eight blocks, takes the vouchers for them, and then keeps silent on an open connection.",
  cheats: ["stopper"],
  async act({ arena, say }) {
    say("Two sellers will serve the same file. One of them will fall silent.");
    return factsOf(await takesAndStops(arena));
  },
  judge: judgeCrookedSeller,
});

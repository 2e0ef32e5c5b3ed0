import { formatAmount } from "../../../protocol/base/units.ts";
import type { PeerPicture } from "../picture.ts";

/** An amount with four decimals, cut off: the table below has them all. */
export function formatMoneyShort(amount: bigint, { decimals }: { readonly decimals: number }): string {
  const [whole = "0", fraction = ""] = formatAmount(amount, decimals).split(".");
  return `${whole}.${fraction.padEnd(4, "0").slice(0, 4)}`;
}

export const STATES: Readonly<Record<PeerPicture["state"], string>> = {
  waiting: "starts",
  downloading: "downloads",
  seeding: "serves",
  stopped: "left",
};

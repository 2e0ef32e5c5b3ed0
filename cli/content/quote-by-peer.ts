import type { LocalClient } from "../../client/local-api/local-client.ts";
import { type Amount, parseAmount } from "../../protocol/base/units.ts";
import type { PeerJson } from "../../protocol/http/peer.ts";
import type { CommandContext } from "../runtime.ts";
import { askToSpend, describeQuote, isLarge, quoteOf, shortageOf } from "./quote.ts";

interface QuoteOptions {
  readonly maxSpend?: string;
  /** A cache's own cap. */
  readonly cache?: string;
  readonly sponsored?: boolean;
  readonly yes?: boolean;
  readonly files?: readonly string[];
}

/**
 * Tells what a download costs that the running peer will begin, as `get` does. What the peer has
 * already is not asked about.
 * @throws {PaymentError} BALANCE_TOO_LOW, PRICE_DECLINED; and as the peer's API
 */
export async function quoteByPeer(
  { output, confirm }: Pick<CommandContext, "output" | "confirm">,
  client: LocalClient,
  id: string,
  token: PeerJson["token"],
  options: QuoteOptions,
): Promise<void> {
  const { sizeBytes, pricePerGiB, sharePercent, spendable, isHeld } = await client.offer(id, options.files);
  if (isHeld || spendable === null) return;
  const isSponsored = options.sponsored === true;
  const quote = quoteOf(sizeBytes, BigInt(pricePerGiB));
  const purse = { spendable: BigInt(spendable), limitLeft: null };
  output.event("quote", { ...quote, ...purse }, describeQuote(quote, purse, token, { isSponsored, sharePercent }));
  if (isSponsored) return;
  const most = options.cache ?? options.maxSpend;
  const maxSpend: Amount | null = most === undefined ? null : parseAmount(most, token.decimals);
  const shortage = shortageOf(quote, purse, maxSpend, token);
  if (shortage) throw shortage;
  if (!options.yes && confirm !== null && isLarge(quote, purse, maxSpend)) await askToSpend(confirm);
}

import type { Hex } from "../../../protocol/base/bytes.ts";
import { ChainError } from "../../../protocol/base/errors.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import type { Context } from "../../context.ts";
import type { StoredAttempt } from "../../store/tables/transactions.ts";
import type { Chain } from "../chain.ts";
import type { ChainView } from "./plan.ts";

/** So many questions go to a node at once. */
const AT_ONCE = 16;

/**
 * Asks the nodes about all that was signed and has not ended. A receipt that no node can give, such
 * as a pruned one, leaves out only itself.
 * @throws {ChainError} RPC_UNAVAILABLE
 */
export async function readView(
  { chain, clock, keys }: Pick<Context, "chain" | "clock" | "keys">,
  attempts: readonly StoredAttempt[],
): Promise<ChainView> {
  const { operator } = chain;
  const { number: latest, timestamp: time } = chain.latest;
  const senders = new Set<Address>([operator, ...attempts.map(({ sender }) => sender)]);
  const nonces = new Map<Address, { latest: number; confirmed: number }>();
  // Before the receipts: what a nonce has told is then in them, unless a node lags.
  for (const sender of senders) {
    const [newest, confirmed] = [await chain.nonceAt("latest", sender), await chain.nonceAt("confirmed", sender)];
    nonces.set(sender, { latest: Math.max(newest, confirmed), confirmed });
  }
  const receipts = new Map<Hex, NonNullable<Awaited<ReturnType<typeof receiptOf>>> | null>();
  for (let start = 0; start < attempts.length; start += AT_ONCE) {
    const part = attempts.slice(start, start + AT_ONCE).map(async ({ hash }) => {
      const found = await receiptOf(chain, hash);
      if (found !== undefined) receipts.set(hash, found);
    });
    await Promise.all(part);
  }
  const signers = new Set([operator, ...keys.own.operators]);
  return { operator, signers, latest, time, now: clock.now(), nonces, receipts, price: await chain.readGasPrice() };
}

/** Undefined: no node could tell. */
async function receiptOf(chain: Chain, hash: Hex) {
  try {
    const receipt = await chain.receipt(hash);
    return receipt === null ? null : { ...receipt, isFinal: await chain.isFinal(receipt) };
  } catch (error) {
    if (error instanceof ChainError) return undefined;
    throw error;
  }
}

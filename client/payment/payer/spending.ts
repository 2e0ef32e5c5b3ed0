import type { InfoHash } from "../../../protocol/base/ids.ts";
import { type SplitPrice, shareOf } from "../../../protocol/base/publisher-share.ts";
import { type Amount, min } from "../../../protocol/base/units.ts";
import type { PaymentContext, Spending } from "../context.ts";
import type { PayerContents } from "./contents.ts";
import { committed } from "./payer-ledger.ts";
import { signedTotal } from "./payer-pair.ts";
import { dayOf, type SpendingDay, spendLeft } from "./spend-caps.ts";

/** What this run has spent and may spend, the shares of publishers included. Base units. */
export class RunSpending {
  readonly #context: Pick<PaymentContext, "maxSpend" | "spending">;
  readonly #contents: PayerContents;
  #day: SpendingDay | null = null;

  constructor(context: Pick<PaymentContext, "maxSpend" | "spending">, contents: PayerContents) {
    this.#context = context;
    this.#contents = contents;
  }

  /** What `maxSpend` and the caps leave for the sellers of this content; null: no limit. */
  leftForSellers(infoHash: InfoHash): Amount | null {
    const left = this.left(infoHash);
    const price = this.#contents.find(infoHash)?.price;
    if (left === null || price === undefined || price.publisher === 0n || left <= 0n) return left;
    return (left * price.seller) / (price.seller + price.publisher);
  }

  /** What `maxSpend` and the caps leave for this content, over all pairs; null: no limit. */
  left(infoHash: InfoHash): Amount | null {
    const { maxSpend } = this.#context;
    const left = this.#capsLeft(infoHash);
    if (maxSpend === null) return left;
    let ofRun = maxSpend;
    for (const { pair, before, content } of this.#contents.purchases())
      ofRun -= whole(committed(pair) - before.committed, content.price);
    return left === null ? ofRun : min(left, ofRun);
  }

  /** What was promised for this content over all runs, and will be owed once what is begun came. */
  promised(infoHash: InfoHash): Amount {
    const before = this.#context.spending?.before.ofContent(infoHash) ?? 0n;
    return this.#contents
      .purchases()
      .filter(({ pair }) => pair.infoHash === infoHash)
      .reduce((sum, { pair, before, content }) => sum + whole(committed(pair) - before.signed, content.price), before);
  }

  /** A day must be seen to begin, whether something is bought or not. */
  tick(): void {
    if (this.#context.spending) this.#spendingDay(this.#context.spending);
  }

  /** What this run has signed, by content rounded as the publisher's share is. */
  paid(): Amount {
    let paid = 0n;
    for (const content of this.#contents.all()) {
      let now = 0n;
      let before = 0n;
      for (const purchase of content.purchases.values()) {
        now += signedTotal(purchase.pair);
        before += purchase.before.signed;
      }
      paid += now - before;
      if (content.price.publisher > 0n) paid += shareOf(now, content.price) - shareOf(before, content.price);
    }
    return paid;
  }

  #capsLeft(infoHash: InfoHash): Amount | null {
    const { spending } = this.#context;
    if (spending === null) return null;
    const caps = spending.caps();
    if (caps.total === null && caps.perDay === null && caps.ofContent(infoHash) === null) return null;
    const promised = this.#contents.purchases().map(({ pair, before, content }) => ({
      infoHash: pair.infoHash,
      committed: whole(committed(pair) - before.signed, content.price),
    }));
    return spendLeft(infoHash, caps, spending.before, this.#spendingDay(spending), promised);
  }

  #spendingDay({ before, today }: Spending): SpendingDay {
    const day = today();
    if (this.#day?.day === day) return this.#day;
    const purchases = this.#contents.purchases();
    const signed = purchases.reduce(
      (sum, { pair, before, content }) => sum + whole(signedTotal(pair) - before.signed, content.price),
      0n,
    );
    this.#day = dayOf(this.#day, before, day, signed);
    return this.#day;
  }
}

/** What sellers get, with the publisher's share of it; never below what it will be. */
function whole(amount: Amount, { seller, publisher }: SplitPrice): Amount {
  return publisher === 0n || amount <= 0n ? amount : amount + (amount * publisher + seller - 1n) / seller;
}

/** What an operator wants of a transaction: sent again now, or signed anew with a higher fee. */
export type Wish = "retry" | "bump";

/**
 * Wishes of people for the next round of the outbox. A restart forgets them: it sends all again by
 * itself.
 */
export class Wishes {
  readonly #open = new Map<number, Wish>();

  /** `id`: of the transaction. */
  add(id: number, wish: Wish): void {
    if (this.#open.get(id) !== "bump") this.#open.set(id, wish);
  }

  /** Each is told once. */
  takeAll(): ReadonlyMap<number, Wish> {
    const all = new Map(this.#open);
    this.#open.clear();
    return all;
  }
}

import type { Address } from "../../facts/primitives.ts";
import type { OmittedLine, StatementLine, VoucherLine } from "../format/bundle-format.ts";
import type { Payments } from "../lane-payments.ts";
import type { Listed, ListedStatement, ListedVoucher } from "../listed-vouchers.ts";
import { compare, laneKey, type Shelf } from "./shelf.ts";

const byLane = (a: ListedVoucher, b: ListedVoucher): number => compare(a.payer, b.payer) || a.lane - b.lane;

/** What listed-vouchers.ts keeps in tables. */
export class MemoryListed implements Listed {
  readonly #shelf: Shelf;
  readonly #payments: Payments;
  /** Of a lane, in order of bundles. */
  readonly #byLane = new Map<string, ListedVoucher[]>();

  constructor(shelf: Shelf, payments: Payments) {
    this.#shelf = shelf;
    this.#payments = payments;
    shelf.placed.push(({ listed }) => {
      for (const [key, one] of listed) {
        const known = this.#byLane.get(key);
        if (known) known.push(one);
        else this.#byLane.set(key, [one]);
      }
    });
  }

  add(file: number, line: VoucherLine | OmittedLine): boolean {
    const { payer, lane, amount, signature, receivedAt } = line;
    const { listed } = this.#shelf.content(file);
    const key = laneKey(payer, lane);
    if (listed.has(key)) return false;
    const reason = line.kind === "omitted" ? line.reason : null;
    listed.set(key, { file, payer, lane, amount: BigInt(amount), signature, receivedAt, reason });
    return true;
  }

  addStatement(file: number, { payer, sessionKey, signature, lanes }: StatementLine): void {
    this.#shelf.content(file).statements.push({ payer, sessionKey, signature, lanes });
  }

  find(file: number, payer: Address, lane: number): ListedVoucher | undefined {
    return this.#shelf.contents.get(file)?.listed.get(laneKey(payer, lane));
  }

  lastBefore(file: number, payer: Address, lane: number): ListedVoucher | undefined {
    return this.ofLane(payer, lane).findLast((one) => one.file < file);
  }

  lists(file: number): boolean {
    return (this.#shelf.contents.get(file)?.listed.size ?? 0) > 0;
  }

  *of(file: number): Generator<ListedVoucher> {
    yield* [...(this.#shelf.contents.get(file)?.listed.values() ?? [])].sort(byLane);
  }

  statementsOf(file: number): ListedStatement[] {
    return [...(this.#shelf.contents.get(file)?.statements ?? [])];
  }

  dustFrom(amount: bigint, file: number): ListedVoucher[] {
    return this.#openLanes((one) => one.file <= file).filter((one) => one.reason === "DUST" && one.amount >= amount);
  }

  unsettled(): ListedVoucher[] {
    return this.#openLanes(() => true);
  }

  ofLane(payer: Address, lane: number): ListedVoucher[] {
    return this.#byLane.get(laneKey(payer, lane)) ?? [];
  }

  /** The last of these listings of each lane that nothing has paid, claimed or skipped. */
  #openLanes(isMeant: (one: ListedVoucher) => boolean): ListedVoucher[] {
    return [...this.#byLane.values()]
      .flatMap((all) => all.findLast(isMeant) ?? [])
      .filter(({ payer, lane }) => this.#payments.of(payer, lane).length === 0)
      .sort(byLane);
  }
}

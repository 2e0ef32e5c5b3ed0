import { createOutbox, type Outbox } from "../../../authority/chain/transactions/outbox.ts";
import { createEndings } from "../../../authority/endings.ts";
import { enqueueTransaction, findTransaction } from "../../../authority/store/tables/transactions.ts";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { TestAuthority } from "./context.ts";
import { CONTRACT } from "./fake-chain.ts";

/** An outbox whose deposits end in lists: `fund:1` with calldata 0x0001 and so on. */
export class OutboxStage {
  readonly authority = new TestAuthority();
  readonly finals: string[] = [];
  readonly failures: string[] = [];
  /** By calldata. */
  readonly deadlines = new Map<Hex, number>();
  outbox!: Outbox;

  async start(): Promise<this> {
    await this.authority.start();
    this.open();
    return this;
  }

  /** As after a start of the process. */
  open(): void {
    this.outbox = createOutbox(this.authority.context, {
      ...createEndings(this.authority.context),
      fund: {
        deadlineOf: (data) => this.deadlines.get(data) ?? Number.POSITIVE_INFINITY,
        onFinal: async (_db, { actionId }) => void this.finals.push(actionId),
        onFailed: async (_db, { actionId }, reason) => void this.failures.push(`${actionId}: ${reason}`),
      },
    });
  }

  async enqueue(...numbers: readonly number[]): Promise<void> {
    const { db } = this.authority.context.store;
    for (const number of numbers) {
      const data: Hex = `0x${number.toString(16).padStart(4, "0")}`;
      await enqueueTransaction(db, { actionId: `fund:${number}`, kind: "fund", recipient: CONTRACT, data });
    }
  }

  find = (number: number) => findTransaction(this.authority.context.store.db, `fund:${number}`);
  stateOf = async (number: number) => (await this.find(number))?.state;

  /** Blocks, with a round after each. */
  async mine(blocks: number): Promise<void> {
    for (let block = 0; block < blocks; block++) {
      this.authority.chain.mine();
      await this.outbox.step();
    }
  }

  /** Rounds and blocks until nothing is under way. */
  async settle(): Promise<void> {
    for (let round = 0; round < 8; round++) {
      await this.outbox.step().catch(() => undefined);
      this.authority.chain.mine();
      // What failed pauses for a second or two.
      this.authority.now += 2;
    }
    await this.outbox.step();
  }
}

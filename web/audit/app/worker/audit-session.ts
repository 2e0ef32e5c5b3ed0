import type { AuditReport } from "../../../../audit/audit-report.ts";
import { formatBeancount } from "../../../../audit/books/beancount.ts";
import { createBooks } from "../../../../audit/books/books.ts";
import { formatCsv } from "../../../../audit/books/csv.ts";
import type { ChainReader } from "../../../../audit/chain/chain-reader.ts";
import type { Source } from "../../../../audit/checks.ts";
import type { AuditObserver, ObserverContext } from "../../../../audit/session/audit-options.ts";
import { openPass } from "../../../../audit/session/audit-pass.ts";
import { conclude } from "../../../../audit/session/conclude.ts";
import { createMemoryStore } from "../../../../audit/session/memory-store.ts";
import type { Asked, BundlePlace, Outcome, Progress, QuestionName, Questions, Target } from "../messages.ts";
import { followPlace } from "./bundles.ts";
import { MoneyRecord } from "./money-record.ts";
import { createProgressObserver } from "./progress.ts";
import { ProofMaker, readProof } from "./proofs.ts";

/** One history, checked once. Whoever wants to stop it ends the worker. */
export class AuditSession {
  readonly #tell: (progress: Progress) => void;
  readonly #signal = new AbortController().signal;
  readonly #record = new MoneyRecord();
  readonly #proofs = new ProofMaker(this.#record);
  #done: { readonly chain: ChainReader; readonly report: AuditReport } | null = null;

  constructor(tell: (progress: Progress) => void) {
    this.#tell = tell;
  }

  async answer(asked: Asked): Promise<Questions[QuestionName]["answer"]> {
    switch (asked.name) {
      case "audit":
        return await this.#audit(asked.ask);
      case "batch":
        return this.#record.rowsOf(asked.ask.number);
      case "account":
        return this.#record.accountStory(asked.ask.account);
      case "lane":
        return this.#record.laneStory(asked.ask.payer, asked.ask.lane);
      case "ledger": {
        const ledger = this.#record.ledgerOf(asked.ask.account);
        const { token } = this.#known.report;
        return asked.ask.format === "csv" ? formatCsv(ledger, token) : formatBeancount(ledger, token);
      }
      case "prove":
        return await this.#proofs.prove(this.#known.chain, this.#known.report, asked.ask.account, asked.ask.lane);
      case "verify":
        return readProof(asked.ask.text);
    }
  }

  get #known(): { readonly chain: ChainReader; readonly report: AuditReport } {
    if (this.#done === null) throw new Error("no audit is finished");
    return this.#done;
  }

  #follow(context: ObserverContext, place: BundlePlace, opened: () => void): AuditObserver {
    return followPlace(context, { place, signal: this.#signal, opened });
  }

  async #audit(target: Target): Promise<Outcome> {
    const { bundles } = target;
    const started = performance.now();
    const progress = createProgressObserver(this.#tell);
    const gathered = createBooks();
    const pass = await openPass(
      {
        ...target,
        signal: this.#signal,
        reached: progress.reached,
        sources: new Set<Source>(bundles === null ? [] : ["bundles"]),
        observers: (context) => [
          ...[progress.observer, gathered.observer, this.#record.observer, this.#proofs.observer],
          ...(bundles === null ? [] : [this.#follow(context, bundles, progress.bundleOpened)]),
        ],
      },
      createMemoryStore,
    );
    progress.opened(pass.fromBlock, pass.head.number);
    await pass.advance(pass.head);
    progress.comparing();
    const report = await conclude(pass, pass.head);
    const books = gathered.close();
    this.#record.close(books);
    this.#done = { chain: pass.chain, report };
    return { report, books, seconds: (performance.now() - started) / 1_000 };
  }
}

import { createBooks } from "../../../../audit/books/books.ts";
import { type AuditPass, openPass } from "../../../../audit/session/audit-pass.ts";
import { conclude } from "../../../../audit/session/conclude.ts";
import { createMemoryStore } from "../../../../audit/session/memory-store.ts";
import type { Asked, Outcome, Progress, Questions, Target } from "../messages.ts";
import { createProgressObserver } from "./progress.ts";

/** One history, checked once. Whoever wants to stop it ends the worker. */
export class AuditSession {
  readonly #tell: (progress: Progress) => void;
  readonly #signal = new AbortController().signal;

  constructor(tell: (progress: Progress) => void) {
    this.#tell = tell;
  }

  async answer({ name, ask }: Asked): Promise<Questions[typeof name]["answer"]> {
    switch (name) {
      case "audit":
        return await this.#audit(ask);
    }
  }

  async #audit(target: Target): Promise<Outcome> {
    const started = performance.now();
    const progress = createProgressObserver(this.#tell);
    const books = createBooks();
    const pass: AuditPass = await openPass(
      {
        ...target,
        signal: this.#signal,
        reached: progress.reached,
        observers: () => [progress.observer, books.observer],
      },
      createMemoryStore,
    );
    progress.opened(pass.fromBlock, pass.head.number);
    await pass.advance(pass.head);
    progress.comparing();
    const report = await conclude(pass, pass.head);
    return { report, books: books.close(), seconds: (performance.now() - started) / 1_000 };
  }
}

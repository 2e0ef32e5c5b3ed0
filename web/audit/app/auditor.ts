import type { Progress, QuestionName, Questions, Told } from "./messages.ts";

/** The auditor's refusal, with its own code. */
export class AuditFailure extends Error {
  override readonly name = "AuditFailure";
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The auditor in its worker. It lives as long as its audit is looked at. */
export class Auditor {
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(workerUrl: string, follow: (progress: Progress) => void) {
    this.#worker = new Worker(workerUrl, { type: "module" });
    this.#ready = new Promise((resolve) => {
      this.#worker.onmessage = ({ data }: { data: Told }) => {
        if (data.kind === "ready") resolve();
        else if (data.kind === "progress") follow(data.progress);
        else this.#settle(data);
      };
    });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failAll("its program did not start, or broke");
    };
    this.#worker.onmessageerror = () => this.#failAll("its answer could not be read");
  }

  async ask<K extends QuestionName>(name: K, ask: Questions[K]["ask"]): Promise<Questions[K]["answer"]> {
    const id = this.#asked++;
    const answer = new Promise<Questions[K]["answer"]>((resolve, reject) =>
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject }),
    );
    void this.#ready.then(() => this.#worker.postMessage({ id, name, ask }));
    return await answer;
  }

  /** Ends it, whatever it does. Questions under way fail. */
  stop(): void {
    this.#worker.terminate();
    this.#failAll("it was stopped", "CANCELLED");
  }

  #settle(told: Extract<Told, { readonly id: number }>): void {
    const waiting = this.#waiting.get(told.id);
    this.#waiting.delete(told.id);
    if (told.kind === "answer") waiting?.resolve(told.answer as never);
    else waiting?.reject(new AuditFailure(told.code, told.text));
  }

  #failAll(why: string, code = "WORKER_BROKEN"): void {
    for (const { reject } of this.#waiting.values()) reject(new AuditFailure(code, `the auditor ended: ${why}`));
    this.#waiting.clear();
  }
}

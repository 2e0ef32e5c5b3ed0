import { type Run, report } from "../../replay/run.ts";
import { confirmByEthers } from "../../signatures/signers.ts";
import { asShown, nameLane } from "../bundle-book.ts";
import type { PublishedAllotment } from "../published-allotments.ts";
import { lagOf } from "./deadlines.ts";

/**
 * Judges the signers of allotments. The authority works with the newest block but reads money at a
 * confirmed one, so a key that becomes an allotter within that lag may have signed already.
 */
export class SignerWatch {
  #unknown: PublishedAllotment[];

  constructor(waiting: readonly PublishedAllotment[] = []) {
    this.#unknown = [...waiting];
  }

  /** Allotments of keys that may still become allotters. */
  get waiting(): readonly PublishedAllotment[] {
    return this.#unknown;
  }

  /** The replay has reached the end of the allotment's block. */
  judge(run: Run, allotment: PublishedAllotment): void {
    const { signer } = allotment;
    const state = signer === null ? undefined : run.state.allotters.get(signer);
    if (state?.isCurrent) return;
    if (signer !== null && state === undefined) this.#unknown.push(allotment);
    else reportSigner(run, allotment, state ? `was retired at ${state.retiredAt}` : "signed nothing");
  }

  /** Advances to `time`: keys that are not allotters by then signed too early. */
  advance(run: Run, time: number): void {
    const { allotters } = run.state;
    const waiting = this.#unknown.filter(({ signer }) => !allotters.has(signer as string));
    const isOver = ({ issuedAt }: PublishedAllotment): boolean => issuedAt + lagOf(run.rules) < time;
    this.#unknown = waiting.filter((allotment) => !isOver(allotment));
    for (const allotment of waiting.filter(isOver)) reportSigner(run, allotment, "was no allotter then");
  }

  copy(): SignerWatch {
    return new SignerWatch(this.#unknown);
  }
}

function reportSigner(run: Run, allotment: PublishedAllotment, why: string): void {
  const { payer, signer, signature, issuedAt } = allotment;
  confirmByEthers("allotment", run.domain, allotment, signature, signer);
  const by = signer ?? "nobody";
  const sentence = `the allotment of ${nameLane(allotment)}, issued at ${issuedAt}, is signed by ${by}, which ${why}`;
  report(run, "allotment-signature", null, sentence, { account: asShown(payer), actual: by });
}

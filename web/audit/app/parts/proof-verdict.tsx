import type { ProofVerdict as Verdict } from "../../../../audit/proof/verify-proof.ts";
import { printable } from "../../../../protocol/base/text.ts";

/** Proofs name what a stranger's file says, within its format. */
const MAX_SENTENCE = 2_000;

/** What a proof shows, and what it leaves to trust. */
export function ProofVerdict({ verdict: { subject, proven, trusted } }: { verdict: Verdict }) {
  return (
    <div class="proof">
      <p>
        <strong>{printable(subject, MAX_SENTENCE)}.</strong>
      </p>
      <Sentences title="Proven by the file itself" sentences={proven} />
      <Sentences title="Taken on trust, until you compare it" sentences={trusted} />
    </div>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{printable(sentence, MAX_SENTENCE)}</li>
        ))}
      </ul>
    </>
  );
}

import { grouped } from "../../../../audit/report/printed.ts";
import { printable } from "../../../../protocol/base/text.ts";
import type { Progress, Target } from "../messages.ts";
import { leaveAudit } from "../run.ts";

/** How far an audit is. Its numbers are the only thing that moves. */
export function Running({ target, progress }: { target: Target; progress: Progress | null }) {
  const { phase, from, to, block, transactions, batches, rows, findings, bundles } = progress ?? NOTHING;
  const share = phase === "comparing" ? 1 : to > from ? (block - from) / (to - from) : 0;
  return (
    <section class="card progress" aria-labelledby="progress">
      <div class="bar">
        <h2 id="progress">{WORDS[phase]}</h2>
        <button type="button" onClick={leaveAudit}>
          Cancel
        </button>
      </div>
      <progress max={1} {...(phase === "connecting" ? {} : { value: share })} aria-label="Part of the blocks">
        {Math.floor(share * 100)} %
      </progress>
      <dl class="counts">
        <Count name="block" value={phase === "connecting" ? "" : `${grouped(block)} of ${grouped(to)}`} />
        <Count name="transactions" value={grouped(transactions)} />
        <Count name="batches" value={grouped(batches)} />
        <Count name="rows" value={grouped(rows)} />
        {target.bundles !== null && <Count name="bundles" value={grouped(bundles)} />}
        <Count name="findings" value={grouped(findings)} isBad={findings > 0} />
      </dl>
      <p>Asked is {printable(hostOf(target.rpcUrl), 200)}, by this browser alone.</p>
    </section>
  );
}

const NOTHING: Progress = {
  phase: "connecting",
  ...{ from: 0, to: 0, block: 0, transactions: 0, batches: 0, rows: 0, findings: 0, bundles: 0 },
};

const WORDS = {
  connecting: "Asking the node, and looking for the first block",
  replaying: "Replaying every payment",
  comparing: "Comparing the outcome with the contract",
} as const;

function Count({ name, value, isBad = false }: { name: string; value: string; isBad?: boolean }) {
  return (
    <div class={isBad ? "bad" : ""}>
      <dt>{name}</dt>
      <dd>{value === "" ? "…" : value}</dd>
    </div>
  );
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

/** An audit that could not be finished says nothing of the history. */
export function Failed({ code, text }: { code: string; text: string }) {
  return (
    <section class="notice failed" aria-labelledby="failed">
      <h2 id="failed">Not finished: nothing is known of this history</h2>
      <p>{text}</p>
      {code === "RPC_UNAVAILABLE" && (
        <p>A node that other programs can reach may still refuse pages: it has to allow this one by CORS.</p>
      )}
      <p class="soft">
        <code>{code}</code>
      </p>
    </section>
  );
}

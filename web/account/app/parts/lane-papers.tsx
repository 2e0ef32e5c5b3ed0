import { useSignal } from "@preact/signals";
import type { Info } from "../../../../protocol/http/public.ts";
import type { LanePapers as Papers, TimelineLane } from "../../../../protocol/http/timeline.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Moment } from "../../../kit/live/moment.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { saveFile } from "../../../kit/live/save-file.ts";
import { tell } from "../act.ts";
import { login } from "../state.ts";

/** "Why did I get this amount?": the papers behind it, one click away. */
export function LanePapers({ lane, info }: { lane: TimelineLane; info: Info }) {
  const papers = useSignal<Papers | null>(null);
  const read = async (): Promise<void> => {
    try {
      papers.value = (await login.value?.api.papers(lane.payer, lane.lane)) ?? null;
    } catch (error) {
      tell(error);
    }
  };
  return (
    <details class="papers" onToggle={(event) => event.currentTarget.open && void read()}>
      <summary>Why this amount?</summary>
      {papers.value === null ? <p class="soft">Reading the papers…</p> : <Shown papers={papers.value} info={info} />}
    </details>
  );
}

function Shown({ papers, info }: { papers: Papers; info: Info }) {
  const { allotment, voucher, receipt, batch, lane } = papers;
  const { token } = info;
  return (
    <>
      <ol class="trail">
        <li>
          <strong>Allotment</strong> The authority let device <Hex value={allotment.sessionKey} /> promise{" "}
          <Hex value={allotment.payee} /> up to <Money amount={BigInt(allotment.cap)} token={token} /> on lane{" "}
          {allotment.lane}, at <Money amount={BigInt(allotment.pricePerGiB)} token={token} /> per GiB, until{" "}
          <Moment at={allotment.expiresAt} />.
        </li>
        {voucher !== null && (
          <li>
            <strong>Voucher</strong> That device signed <Money amount={BigInt(voucher.amount)} token={token} /> for
            pieces whose hash was right. Signature <Hex value={voucher.signature} />.
          </li>
        )}
        {receipt !== null && (
          <li>
            <strong>Receipt</strong> The authority stored it, and signed so, on <Moment at={receipt.receivedAt} />.
            Signature <Hex value={receipt.signature} />.
          </li>
        )}
        {batch !== null && (
          <li>
            <strong>Batch{batch.batch === null ? "" : ` ${batch.batch}`}</strong> Row {batch.row + 1} of {batch.rows},
            settled by {batch.kind}; decided because {REASONS[batch.reason]}. It is {batch.state}.
          </li>
        )}
        {lane.txHash !== null && (
          <li>
            <strong>Transaction</strong> <Hex value={lane.txHash} whole />
          </li>
        )}
        {lane.paid !== "0" && (
          <li>
            <strong>Paid</strong> <Money amount={BigInt(lane.paid)} token={token} />, of which{" "}
            <Money amount={BigInt(lane.fee)} token={token} /> went to the operator.
          </li>
        )}
      </ol>
      <button
        type="button"
        onClick={() => saveFile(`lane-${lane.lane}.json`, "application/json", JSON.stringify(papers, null, 2))}
      >
        Save these papers
      </button>
    </>
  );
}

const REASONS = {
  forced: "the operator asked for it",
  leaving: "a payer took its money out",
  deadline: "a claim period was about to end",
  full: "a transaction was full",
  value: "enough money waited",
  age: "lanes had waited long enough",
} as const;

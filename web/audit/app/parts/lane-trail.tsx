import { printTime } from "../../../../audit/books/time-text.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import type { Auditor } from "../auditor.ts";
import type { LaneStory } from "../messages.ts";
import type { Token } from "../state.ts";
import { ProofMaker } from "./proof-maker.tsx";

/** A lane's steps, in their order: money in, what moved it, money out. */
export function LaneTrail({ auditor, story, token }: { auditor: Auditor; story: LaneStory; token: Token }) {
  const { payer, lane, deposited, deposits, rows, claims, exits } = story;
  const isUsed = rows.length + claims.length > 0;
  const hasPaid = claims.length > 0 || rows.some(({ row }) => row.isPaid);
  return (
    <div class="opened">
      <h3>
        Lane {lane} of <Hex value={payer} whole />
      </h3>
      {!isUsed ? (
        <p class="soft">No batch and no claim that could be seen used this lane.</p>
      ) : (
        <>
          <ol class="trail">
            <li>
              <strong>In.</strong> The payer had deposited <Money amount={deposited} token={token} /> in{" "}
              {deposits === 1 ? "one deposit" : `${deposits} deposits`} when the lane was first used.
            </li>
            {rows.map(({ row, batch }) => (
              <li key={`${batch.number}/${row.index}`}>
                <strong>Batch {batch.number}.</strong> Row {row.index + 1}, promised by session key{" "}
                <Hex value={row.sessionKey} />,{" "}
                {row.isPaid ? (
                  <>
                    paid <Money amount={row.amount - row.fee} token={token} /> to <Hex value={row.payee} />, and{" "}
                    <Money amount={row.fee} token={token} /> as fee.
                  </>
                ) : (
                  <>
                    of <Money amount={row.amount} token={token} /> to <Hex value={row.payee} /> was skipped (
                    {row.reason ?? "without a word"}).
                  </>
                )}
                <Place time={batch.time} tx={batch.tx} />
              </li>
            ))}
            {claims.map((claim) => (
              <li key={`${claim.tx}/${claim.balance}`}>
                <strong>Claim.</strong> <Hex value={claim.account} /> took <Money amount={claim.amount} token={token} />{" "}
                by itself
                {claim.fromBond > 0n && (
                  <>
                    , <Money amount={claim.fromBond} token={token} /> of it from the authority's bond
                  </>
                )}
                .
                <Place time={claim.time} tx={claim.tx} />
              </li>
            ))}
            {exits.map((exit) => (
              <li key={`${exit.tx}/${exit.balance}`}>
                <strong>Out.</strong> <Hex value={exit.account} /> took <Money amount={-exit.amount} token={token} />{" "}
                out of the contract{exit.kind === "release" ? ", at once" : ", after the delay"}, to{" "}
                <Hex value={exit.counterparty ?? "?"} />.
                <Place time={exit.time} tx={exit.tx} />
              </li>
            ))}
            {hasPaid && exits.length === 0 && (
              <li>
                <strong>There.</strong> What it paid is on its payee's account in the contract.
              </li>
            )}
          </ol>
          <div class="actions">
            <ProofMaker auditor={auditor} account={payer} lane={lane} />
          </div>
        </>
      )}
    </div>
  );
}

function Place({ time, tx }: { time: number; tx: string | null }) {
  return (
    <small class="line">
      {printTime(time)}
      {tx !== null && (
        <>
          , <code>{tx}</code>
        </>
      )}
    </small>
  );
}

import { printable } from "../../../../protocol/base/text.ts";
import type { Info } from "../../../../protocol/http/public.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Moment } from "../../../kit/live/moment.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { changeOf, type Entry, isDead } from "../money/entries.ts";
import { type Rail, railOf, wordsOf } from "../money/words.ts";
import { LanePapers } from "./lane-papers.tsx";

/** One amount: what it is, how far it is, why, and what comes next. */
export function EntryRow({ entry, info }: { entry: Entry; info: Info }) {
  const { why, next, until } = wordsOf(entry, info);
  const rail = railOf(entry);
  return (
    <li class={`entry ${entry.kind}`}>
      <div class="head">
        <span class="name">{nameOf(entry)}</span>
        <Amount entry={entry} token={info.token} />
      </div>
      <p class="soft">
        <Moment at={entry.at} />
        <With entry={entry} />
      </p>
      <Stations rail={rail} />
      <p class="why">
        {printable(why, 400)}{" "}
        {next !== null && (
          <span class="next">
            {next}
            {until !== null && (
              <>
                {" "}
                <Moment at={until} />.
              </>
            )}
          </span>
        )}
      </p>
      {entry.kind === "lane" && entry.lane.place !== "allotted" && <LanePapers lane={entry.lane} info={info} />}
      {entry.kind !== "lane" && <Transaction entry={entry} />}
    </li>
  );
}

function Amount({ entry, token }: { entry: Entry; token: Info["token"] }) {
  const change = changeOf(entry);
  if (entry.kind === "lane" && entry.lane.place === "allotted")
    return (
      <span class="change none">
        up to <Money amount={BigInt(entry.lane.cap)} token={token} />
      </span>
    );
  if (entry.kind !== "lane" && isDead(entry))
    return (
      <span class="change none">
        <s>
          <Money
            amount={BigInt(entry.kind === "deposit" ? entry.deposit.amount : entry.withdrawal.amount)}
            token={token}
          />
        </s>
      </span>
    );
  return (
    <span class={`change ${change > 0n ? "in" : "out"}`}>
      <Money amount={change} token={token} sign />
    </span>
  );
}

function nameOf(entry: Entry) {
  if (entry.kind === "deposit") return entry.deposit.by === "card" ? "Paid in by card" : "Paid in on-chain";
  if (entry.kind === "withdrawal") return "Withdrawn";
  const { role, title, infoHash } = entry.lane;
  const what = title === null ? <Hex value={infoHash} /> : printable(title, 120);
  return (
    <>
      {role === "payer" ? "Bought: " : "Sold: "}
      {what}
    </>
  );
}

function With({ entry }: { entry: Entry }) {
  if (entry.kind === "deposit") {
    const { from } = entry.deposit;
    return (
      from !== null && (
        <>
          {" "}
          by <Hex value={from} />
        </>
      )
    );
  }
  if (entry.kind === "withdrawal")
    return (
      <>
        {" "}
        to <Hex value={entry.withdrawal.to} />
      </>
    );
  const { role, payee, payer } = entry.lane;
  return (
    <>
      {" "}
      {role === "payer" ? "from" : "to"} <Hex value={role === "payer" ? payee : payer} />
    </>
  );
}

/** The way of an amount. The list says in words what the line shows. */
function Stations({ rail }: { rail: Rail }) {
  return (
    <ol class={`rail ${rail.isBad ? "broken" : ""}`} aria-label="How far it is">
      {rail.stations.map((name, i) => (
        <li
          key={name}
          class={i < rail.at ? "done" : i === rail.at ? "here" : "ahead"}
          aria-current={i === rail.at ? "step" : undefined}
        >
          {name}
        </li>
      ))}
    </ol>
  );
}

function Transaction({ entry }: { entry: Exclude<Entry, { kind: "lane" }> }) {
  const { txHash } = entry.kind === "deposit" ? entry.deposit : entry.withdrawal;
  if (txHash === null) return null;
  return (
    <p class="soft">
      transaction <Hex value={txHash} />
    </p>
  );
}

import type { LedgerEntry } from "../../../../audit/books/ledger.ts";
import { printTime } from "../../../../audit/books/time-text.ts";
import type { TextColumn } from "../../../../audit/report/columns.ts";
import { brief, tokens } from "../../../../audit/report/printed.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { saveFile } from "../../../kit/live/save-file.ts";
import type { Auditor } from "../auditor.ts";
import type { AccountStory } from "../messages.ts";
import { follow, type Token } from "../state.ts";
import { ProofMaker } from "./proof-maker.tsx";
import { TextTable } from "./text-table.tsx";

const FORMATS = {
  csv: { label: "Download CSV", type: "text/csv" },
  beancount: { label: "Download beancount", type: "text/plain" },
} as const;

/** All that ever moved an account's balance, and the balance after each. */
export function AccountTimeline({ auditor, story, token }: { auditor: Auditor; story: AccountStory; token: Token }) {
  const { account, book, entries } = story;
  const save = async (format: keyof typeof FORMATS): Promise<void> =>
    saveFile(`${account}.${format}`, FORMATS[format].type, await auditor.ask("ledger", { account, format }));
  return (
    <div class="opened">
      <h3>
        Account <Hex value={account} whole />
      </h3>
      {book === null ? (
        <p class="soft">Nothing ever moved this account.</p>
      ) : (
        <>
          <p>
            It has <Money amount={book.balance} token={token} /> after {entries.length}{" "}
            {entries.length === 1 ? "movement" : "movements"}.
          </p>
          <TextTable
            label={`Movements of ${account}`}
            columns={columnsOf(token)}
            rows={entries}
            keyOf={(entry) => entries.indexOf(entry)}
            size={20}
            head={{
              title: "",
              cell: ({ kind, account: own, counterparty, lane }) => {
                const payer = kind === "payment" || kind === "claim-payment" ? own : counterparty;
                return lane === null || payer === null ? null : (
                  <button
                    type="button"
                    class="link"
                    aria-label={`Follow lane ${lane} of ${payer}`}
                    onClick={() => follow(payer, lane)}
                  >
                    follow
                  </button>
                );
              },
            }}
          />
          <div class="actions">
            {(["csv", "beancount"] as const).map((format) => (
              <button key={format} type="button" onClick={() => void save(format)}>
                {FORMATS[format].label}
              </button>
            ))}
            <ProofMaker auditor={auditor} account={account} lane={null} />
          </div>
        </>
      )}
    </div>
  );
}

const KINDS: Readonly<Record<LedgerEntry["kind"], string>> = {
  opening: "was there before",
  deposit: "deposited",
  withdrawal: "withdrawn",
  release: "released",
  payment: "paid",
  earning: "earned",
  fees: "fees",
  "claim-payment": "paid by a claim",
  "claim-earning": "claimed",
};

function columnsOf(token: Token): readonly TextColumn<LedgerEntry>[] {
  return [
    { title: "time", text: ({ time }) => printTime(time) },
    { title: "what", text: ({ kind }) => KINDS[kind] },
    { title: "with", text: ({ counterparty }) => (counterparty === null ? "" : brief(counterparty)) },
    { title: "batch", isNumber: true, text: ({ batch }) => String(batch ?? "") },
    { title: "lane", isNumber: true, text: ({ lane }) => String(lane ?? "") },
    { title: "amount", isNumber: true, text: ({ amount }) => tokens(amount, token) },
    { title: "fee", isNumber: true, text: ({ fee }) => (fee === 0n ? "" : tokens(fee, token)) },
    { title: "balance", isNumber: true, text: ({ balance }) => tokens(balance, token) },
  ];
}

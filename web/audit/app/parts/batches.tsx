import { useSignal } from "@preact/signals";
import type { BatchBook, Books } from "../../../../audit/books/books.ts";
import { batchColumns, type TextColumn } from "../../../../audit/report/columns.ts";
import { brief, tokens } from "../../../../audit/report/printed.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import type { Auditor } from "../auditor.ts";
import type { Row } from "../messages.ts";
import { follow, type Token } from "../state.ts";
import { TextTable } from "./text-table.tsx";

interface Opened {
  readonly batch: BatchBook;
  /** Null: its calldata could not be read. */
  readonly rows: readonly Row[] | null;
}

/** Every batch, the latest first; one of them row by row. */
export function Batches({ auditor, books, token }: { auditor: Auditor; books: Books; token: Token }) {
  const opened = useSignal<Opened | null>(null);
  const open = async (batch: BatchBook): Promise<void> => {
    opened.value = { batch, rows: await auditor.ask("batch", { number: batch.number }) };
  };
  const at = opened.value;
  return (
    <section aria-labelledby="batches">
      <h2 id="batches">Batches</h2>
      {books.batches.length === 0 ? (
        <p class="soft">None was settled.</p>
      ) : (
        <TextTable
          label="Batches"
          columns={batchColumns(token)}
          rows={books.batches.toReversed()}
          keyOf={({ number }) => number}
          size={15}
          head={{
            title: "",
            cell: (batch) => (
              <button
                type="button"
                class="link"
                aria-expanded={at?.batch.number === batch.number}
                aria-label={`Rows of batch ${batch.number}`}
                onClick={() => void open(batch)}
              >
                rows
              </button>
            ),
          }}
        />
      )}
      {at !== null && (
        <div class="opened">
          <h3>
            Batch {at.batch.number}{" "}
            <small>
              in transaction <Hex value={at.batch.tx} whole />
            </small>
          </h3>
          {at.rows === null ? (
            <p class="soft">Its calldata could not be read: this is listed as not checked.</p>
          ) : (
            <TextTable
              key={at.batch.number}
              label={`Rows of batch ${at.batch.number}`}
              columns={rowColumns(token)}
              rows={at.rows}
              keyOf={({ index }) => index}
              size={20}
              head={{
                title: "",
                cell: ({ payer, lane }) => (
                  <button
                    type="button"
                    class="link"
                    aria-label={`Follow lane ${lane} of ${payer}`}
                    onClick={() => follow(payer, lane)}
                  >
                    follow
                  </button>
                ),
              }}
            />
          )}
        </div>
      )}
    </section>
  );
}

const SKIPPED: Readonly<Record<string, string>> = {
  PAYEE: "skipped: the payee is none",
  SIGNATURE: "skipped: not signed by the session key",
  STALE: "skipped: the lane was settled before",
  SESSION: "skipped: the session had ended",
  UNCOVERED: "skipped: not covered by the payer",
};

function rowColumns(token: Token): readonly TextColumn<Row>[] {
  return [
    { title: "row", isNumber: true, text: ({ index }) => String(index + 1) },
    { title: "payer", text: ({ payer }) => brief(payer) },
    { title: "by session key", text: ({ sessionKey }) => brief(sessionKey) },
    { title: "payee", text: ({ payee }) => brief(payee) },
    { title: "lane", isNumber: true, text: ({ lane }) => String(lane) },
    { title: "amount", isNumber: true, text: ({ amount }) => tokens(amount, token) },
    { title: "fee", isNumber: true, text: ({ fee }) => tokens(fee, token) },
    { title: "outcome", text: outcomeOf },
  ];
}

/** The replay's judgement first; the contract's own word where it skipped. */
function outcomeOf({ isPaid, reason }: Row): string {
  if (isPaid) return "paid";
  return SKIPPED[reason ?? ""] ?? `skipped: ${reason ?? "without a word"}`;
}

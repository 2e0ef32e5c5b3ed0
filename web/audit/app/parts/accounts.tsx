import type { Books } from "../../../../audit/books/books.ts";
import { accountColumns } from "../../../../audit/report/columns.ts";
import { tokens } from "../../../../audit/report/printed.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { follow, type Token } from "../state.ts";
import { TextTable } from "./text-table.tsx";

/** What came into each account and what left it, greatest volume first. */
export function Accounts({ books: { accounts }, token }: { books: Books; token: Token }) {
  if (accounts.length === 0) return null;
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts">Money of each account</h2>
      <p class="soft">
        Came in: deposited, earned, claimed, fees. Left: paid, withdrawn, released. The difference is the balance, by
        the replay.
      </p>
      <TextTable
        label="Accounts"
        columns={[
          { title: "balance", isNumber: true, text: ({ balance }) => tokens(balance, token) },
          ...accountColumns(accounts, token),
        ]}
        rows={accounts}
        keyOf={({ account }) => account}
        size={15}
        head={{
          title: "account",
          cell: ({ account }) => (
            <button type="button" class="link" onClick={() => follow(account, null)}>
              <span class="unseen">Follow </span>
              <Hex value={account} />
            </button>
          ),
        }}
      />
    </section>
  );
}

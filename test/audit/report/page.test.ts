import { createHash } from "node:crypto";
import { getAddress } from "ethers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatBeancount } from "../../../audit/books/beancount.ts";
import { type Books, createBooks } from "../../../audit/books/books.ts";
import { formatCsv } from "../../../audit/books/csv.ts";
import { createFlowBook } from "../../../audit/books/flows.ts";
import { createLedger, type Ledger } from "../../../audit/books/ledger.ts";
import { readGas } from "../../../audit/books/read-gas.ts";
import { openChain } from "../../../audit/chain/chain-reader.ts";
import type { ContractState } from "../../../audit/facts/state.ts";
import { formatPage } from "../../../audit/report/page.ts";
import { type Audited, auditHistory } from "../support/audited.ts";
import { readBeancount } from "../support/beancount.ts";

let audited: Audited;
let books: Books;
let state: ContractState;
let ledgers: ReadonlyMap<string, Ledger>;
beforeAll(async () => {
  audited = await auditHistory();
  const gathered = createBooks();
  const accounts = [...audited.replay(audited.facts).state.accounts.keys()];
  const observed = accounts.map((account) => [account, createLedger(account)] as const);
  const replayed = audited.replay(audited.facts, [gathered.observer, ...observed.map(([, { observer }]) => observer)]);
  books = gathered.close();
  state = replayed.state;
  ledgers = new Map(observed.map(([account, ledger]) => [account, ledger.close()]));
});
afterAll(() => audited[Symbol.asyncDispose]());

const accountOf = (address: string) => books.accounts.find(({ account }) => account === getAddress(address));

describe("the books", () => {
  test("give every account its replayed balance", () => {
    const balances = books.accounts.map(({ account, balance }) => [account, balance]);
    expect(new Map(balances as never)).toEqual(
      new Map([...state.accounts].map(([key, { balance }]) => [key, balance])),
    );
  });

  test("balance: what came in less what left is what is there", () => {
    for (const { account, ...book } of books.accounts) {
      const { opening, deposited, earned, claimed, fees, paid, withdrawn, released, balance } = book;
      expect(opening + deposited + earned + claimed + fees - paid - withdrawn - released, account).toBe(balance);
    }
  });

  test("tell one account's story in numbers", () => {
    expect(accountOf(audited.history.payer)).toMatchObject({
      opening: 0n,
      deposited: 1_000_010n,
      earned: 1_950n,
      claimed: 977n,
      fromBond: 900n,
      paid: 181_051n,
      withdrawn: 200_000n,
      released: 0n,
      balance: 621_886n,
    });
  });

  test("sum to what the audit has counted", () => {
    const { tallies } = audited.report;
    const sumOf = (key: "deposited" | "withdrawn" | "released" | "fees" | "claimed" | "fromBond"): bigint =>
      books.accounts.reduce((sum, book) => sum + book[key], 0n);
    expect(sumOf("deposited")).toBe(tallies.deposited);
    expect(sumOf("withdrawn")).toBe(tallies.withdrawn);
    expect(sumOf("released")).toBe(tallies.released);
    expect(sumOf("fees")).toBe(tallies.fees);
    expect(sumOf("claimed")).toBe(tallies.claimed);
    expect(sumOf("fromBond")).toBe(tallies.claimedFromBond);
  });

  test("hold a line for each batch", () => {
    expect(books.batches.map(({ number, kind, rows, skipped }) => [number, kind, rows, skipped])).toEqual([
      [1, "vouchers", 6, 3],
      [2, "vouchers", 2, 1],
      [3, "statements", 4, 2],
      [4, "vouchers", 1, 0],
      [5, "vouchers", 1, 1],
      [6, "vouchers", 1, 0],
      [7, "vouchers", 1, 0],
      [8, "statements", 1, 0],
    ]);
  });

  test("know the gas of every batch's transaction, once for those that share one", async () => {
    const chain = await openChain(audited.history.rpcUrl, new AbortController().signal);
    const gas = await readGas(
      chain,
      books.batches.map(({ tx }) => tx),
    );
    expect(gas.size).toBe(7);
    for (const used of gas.values()) expect(used).toBeGreaterThan(21_000n);
  });

  test("follow a batch that could not be seen by its events", () => {
    const hidden = audited.facts.map((facts) =>
      facts.events.some((event) => event.kind === "Settled" && event.batch === 1) ? { ...facts, calls: null } : facts,
    );
    const gathered = createBooks();
    const replayed = audited.replay(hidden, [gathered.observer]);
    const unseen = gathered.close();
    expect(unseen.batches[0]).toMatchObject({ number: 1, kind: "unseen", rows: null });
    for (const { account, balance } of unseen.accounts)
      expect(balance, account).toBe(replayed.state.accounts.get(account)?.balance);
  });
});

describe("the flows", () => {
  test("are sums of each pair, greatest first", () => {
    const flows = createFlowBook();
    flows.add("0xA", "0xB", 5n);
    flows.add("0xA", "0xC", 7n);
    flows.add("0xA", "0xB", 3n);
    expect(flows.close()).toEqual({
      top: [
        { payer: "0xA", payee: "0xB", amount: 8n },
        { payer: "0xA", payee: "0xC", amount: 7n },
      ],
      rest: 0n,
    });
  });

  test("of more pairs than are kept lose no money", () => {
    const flows = createFlowBook(4);
    for (let i = 1; i <= 9; i++) flows.add("0xA", `0x${i}`, BigInt(i));
    const { top, rest } = flows.close();
    expect(top[0]).toEqual({ payer: "0xA", payee: "0x9", amount: 9n });
    expect(top.length).toBeLessThanOrEqual(4);
    expect(top.reduce((sum, { amount }) => sum + amount, rest)).toBe(45n);
  });
});

describe("an account's ledger", () => {
  test("as CSV ends with the replayed balance, in tokens and in base units", () => {
    const text = formatCsv(ledgers.get(getAddress(audited.history.payer)) as Ledger, audited.report.token);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    const [header, first] = lines;
    expect(header).toEqual(
      "time,block,tx,kind,batch,lane,counterparty,amount,fee,balance,amount_base,fee_base,from_bond_base,balance_base".split(
        ",",
      ),
    );
    expect(first?.slice(3, 6)).toEqual(["deposit", "", ""]);
    expect(first?.slice(7)).toEqual(["1.000000", "0.000000", "1.000000", "1000000", "0", "0", "1000000"]);
    expect(first?.[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(lines.at(-1)?.at(-1)).toBe("621886");
    for (const line of lines) expect(line).toHaveLength(14);
  });

  test("as CSV sums to the balance of every account", () => {
    for (const [account, ledger] of ledgers) {
      const rows = formatCsv(ledger, audited.report.token).trimEnd().split("\n").slice(1);
      const sum = rows.reduce((total, row) => total + BigInt(row.split(",")[10] as string), 0n);
      expect(sum, account).toBe(state.accounts.get(account)?.balance);
    }
  });

  test("as beancount balances line by line, and ends with the replayed balance of every account", () => {
    for (const [account, ledger] of ledgers) {
      const file = readBeancount(formatBeancount(ledger, audited.report.token));
      const own = `Assets:Floodgate:${account.toLowerCase()}`;
      expect(file.unbalanced, account).toEqual([]);
      expect(file.unopened, account).toEqual([]);
      expect(file.transactions, account).toBe(ledger.entries.length);
      expect(file.sums.get(own) ?? 0n, account).toBe(state.accounts.get(account)?.balance);
      expect(file.assertions, account).toEqual([[own, state.accounts.get(account)?.balance]]);
    }
  });

  test("as beancount survives a token with a hostile name", () => {
    const ledger = ledgers.get(getAddress(audited.history.payer)) as Ledger;
    const token = { ...audited.report.token, symbol: '"\n2020-01-01 open Assets:Evil' };
    const text = formatBeancount(ledger, token);
    expect(text).not.toContain("Evil");
    expect(readBeancount(text).unbalanced).toEqual([]);
  });
});

describe("the page", () => {
  const gasOf = () => new Map(books.batches.map(({ tx }) => [tx, 100_000n]));

  test("says first whether the books are clean, then what was not checked, then all the rest", () => {
    const page = formatPage({ report: audited.report, books, gas: gasOf() });
    const titles = [...page.matchAll(/<h2>(.*?)[ <]/g)].map((match) => match[1]);
    expect(titles).toEqual(["Findings", "Not", "Checks", "Totals", "Money", "Who", "Batches"]);
    expect(page).toContain("<strong>Clean, but 2 things could not be seen</strong>");
    expect(page).toContain("0.257485");
    expect(page).toContain("700,000 gas for 17 rows in all");
  });

  test("is the same for the same report", () => {
    const facts = { report: audited.report, books, gas: gasOf() };
    expect(formatPage(facts)).toBe(formatPage(facts));
  });

  test("may load and run nothing, but its own style", () => {
    const page = formatPage({ report: audited.report, books, gas: gasOf() });
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = `default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`;
    expect(page).toContain(`content="${policy}"`);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|style="|href=|src=|url\(/i);
  });

  test("shows what a contract says as text, whatever it says", () => {
    const report = {
      ...audited.report,
      ok: false,
      token: { ...audited.report.token, symbol: "<script>\u202e&\"'" },
      findings: [
        {
          check: 19,
          name: "balance" as const,
          severity: "critical" as const,
          sentence: "</div><img src=x onerror=alert(1)>",
          block: 7,
          tx: "0xab",
          expected: "<i>1",
          actual: "2",
        },
      ],
      findingCount: 1,
    };
    const page = formatPage({ report, books, gas: gasOf() });
    expect(page).toContain("&lt;script&gt;?&amp;&quot;&#39;");
    expect(page).toContain("&lt;/div&gt;&lt;img src=x onerror=alert(1)&gt;");
    expect(page).toContain("<strong>Not clean: 1 finding</strong>");
    expect(page).not.toMatch(/<script|<img|<i>|\u202e/);
  });

  test("of a large history stays a page", () => {
    const [batch] = books.batches;
    const [account] = books.accounts;
    const large = {
      ...books,
      batches: Array.from({ length: 5_000 }, (_, i) => ({ ...(batch as Books["batches"][number]), number: i + 1 })),
      accounts: Array.from({ length: 5_000 }, () => account as Books["accounts"][number]),
    };
    const page = formatPage({ report: audited.report, books: large, gas: gasOf() });
    expect(page.length).toBeLessThan(400_000);
    expect(page.match(/200 of 5000 are shown/g)).toHaveLength(2);
    expect(page.match(/<title>batches/g)?.length).toBe(2 * 60);
  });
});

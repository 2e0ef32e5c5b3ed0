import { useSignal } from "@preact/signals";
import { type DataColumn, DataTable } from "../../kit/live/data-table.tsx";
import { Money } from "../../kit/live/money.tsx";

/** A table of 10,000 rows, all of which may change at once. */

const ROWS = 10_000;
const TOKEN = { symbol: "TUSD", decimals: 6 };
interface Row {
  readonly number: number;
  readonly amount: bigint;
}
const COLUMNS: readonly DataColumn<Row>[] = [
  { name: "Peer", isHead: true, cell: ({ number }) => `peer ${number}` },
  { name: "Address", cell: ({ number }) => <code>{`192.0.2.${number % 256}:${1_024 + number}`}</code> },
  { name: `Paid, ${TOKEN.symbol}`, isNumber: true, cell: ({ amount }) => <Money amount={amount} token={TOKEN} /> },
];
const rowsOf = (round: number): Row[] =>
  Array.from({ length: ROWS }, (_, number) => ({ number, amount: BigInt(number * 1_009 * (round + 1)) }));

export function LongTable() {
  const round = useSignal(0);
  return (
    <>
      <p class="actions">
        <button type="button" id="change-rows" onClick={() => round.value++}>
          Change all rows
        </button>
      </p>
      <DataTable label="Peers" rows={rowsOf(round.value)} keyOf={({ number }) => number} columns={COLUMNS} />
    </>
  );
}

import { formatBytes } from "../../../../protocol/base/units.ts";
import { type DataColumn, DataTable } from "../../../kit/live/data-table.tsx";
import { Money } from "../../../kit/live/money.tsx";
import type { PeerPicture, Picture } from "../../picture.ts";
import { STATES } from "../words.ts";

/** What the picture shows, as figures. */
export function PeerTable({ shown }: { shown: Picture }) {
  if (shown.peers.length === 0) return null;
  return (
    <DataTable label="Peers and their money" rows={shown.peers} keyOf={({ name }) => name} columns={columnsOf(shown)} />
  );
}

function columnsOf({ token }: Picture): readonly DataColumn<PeerPicture>[] {
  const money = (amount: string) => <Money amount={BigInt(amount)} token={token} />;
  return [
    { name: "Peer", isHead: true, cell: ({ name }) => name },
    {
      name: "State",
      cell: ({ isCheat, state }) => (
        <>
          {isCheat && <span class="state bad">cheats </span>}
          {STATES[state]}
        </>
      ),
    },
    { name: "Has", isNumber: true, cell: ({ bytesDone }) => formatBytes(bytesDone) },
    { name: "Down", isNumber: true, cell: ({ rateDown }) => `${formatBytes(rateDown)}/s` },
    { name: "Up", isNumber: true, cell: ({ rateUp }) => `${formatBytes(rateUp)}/s` },
    { name: `Promised, ${token.symbol}`, isNumber: true, cell: ({ promised }) => money(promised) },
    { name: "Holds vouchers of", isNumber: true, cell: ({ holds }) => money(holds) },
    { name: "In the contract", isNumber: true, cell: ({ balance }) => (balance === null ? "-" : money(balance)) },
  ];
}

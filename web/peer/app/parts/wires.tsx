import { formatBytes } from "../../../../protocol/base/units.ts";
import type { PeerJson } from "../../../../protocol/http/peer.ts";
import type { WireJson } from "../../../../protocol/http/peer-detail.ts";
import { type DataColumn, DataTable } from "../../../kit/live/data-table.tsx";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { rateText } from "../figures.ts";

type Token = PeerJson["token"];

/** Who is at the other end, what goes over each wire, and how far each side trusts the other. */
export function Wires({ wires, token }: { wires: readonly WireJson[] | null; token: Token }) {
  return (
    <section class="peers" aria-labelledby="wires">
      <h2 id="wires">Peers</h2>
      {wires === null || wires.length === 0 ? (
        <p class="soft">{wires === null ? "Looking…" : "Nobody is connected now."}</p>
      ) : (
        <DataTable
          label="Peers, to scroll"
          class="wires"
          rows={wires.map((wire, i) => ({ ...wire, key: `${wire.address} ${wire.remoteKey ?? ""} ${i}` }))}
          keyOf={({ key }) => key}
          columns={columnsOf(token)}
        />
      )}
      <p class="soft">
        The window is what a seller sends before it is paid: one piece at first, more with each payment. Nobody can lose
        more than that.
      </p>
    </section>
  );
}

function columnsOf(token: Token): readonly DataColumn<WireJson>[] {
  const money = (amount: string) => <Money amount={BigInt(amount)} token={token} />;
  return [
    { name: "Address", isHead: true, cell: ({ address }) => <code>{address || "unknown"}</code> },
    { name: "Account", cell: accountOf },
    { name: "Down", isNumber: true, cell: (wire) => <Bytes count={wire.bytesDown} rate={wire.rateDown} /> },
    { name: "Up", isNumber: true, cell: (wire) => <Bytes count={wire.bytesUp} rate={wire.rateUp} /> },
    {
      name: "Price per GiB",
      isNumber: true,
      cell: ({ bought, sold }) => (bought ?? sold) !== null && money((bought ?? sold)?.pricePerGiB ?? "0"),
    },
    { name: "Paid", isNumber: true, cell: ({ bought }) => bought !== null && money(bought.amount) },
    { name: "Earned", isNumber: true, cell: ({ sold }) => sold !== null && money(sold.amount) },
    { name: "Unpaid of window", isNumber: true, cell: windowsOf },
    {
      name: "Wasted",
      isNumber: true,
      cell: ({ wastedBytes, sold }) => formatBytes(wastedBytes + (sold?.lostBytes ?? 0)),
    },
    { name: "Standing", class: "standing", cell: standingOf },
  ];
}

function accountOf({ bought, sold, isPaid }: WireJson) {
  const trade = bought ?? sold;
  return trade === null ? <span class="soft">{isPaid ? "no lane" : "stranger"}</span> : <Hex value={trade.account} />;
}

function windowsOf({ bought, sold }: WireJson) {
  return (
    <>
      {bought !== null && <Window debtor="you owe" unpaid={bought.unpaidBytes} allowed={bought.windowBytes} />}
      {sold !== null && <Window debtor="owes you" unpaid={sold.unpaidBytes} allowed={sold.windowBytes} />}
    </>
  );
}

function Bytes({ count, rate }: { count: number; rate: number }) {
  return (
    <>
      {formatBytes(count)}
      {rate > 0 && <small class="beside">{rateText(rate)}</small>}
    </>
  );
}

/** What was begun and not paid, of what may be. */
function Window({ debtor, unpaid, allowed }: { debtor: string; unpaid: number; allowed: number }) {
  return (
    <span class="window">
      <small>{debtor}</small> {formatBytes(unpaid)} of {formatBytes(allowed)}
    </span>
  );
}

function standingOf({ isPaid, bought, sold, badPieces, defaults }: WireJson): string {
  const words = [
    ...(!isPaid ? ["speaks no Floodgate"] : []),
    ...(bought !== null ? ["sells to you"] : []),
    ...(sold !== null ? [TURNS[sold.turn]] : []),
    ...(badPieces > 0 ? [`${badPieces} wrong pieces`] : []),
    ...(defaults > 0 ? [`${defaults} pieces left unpaid`] : []),
  ];
  return words.join(", ");
}

const TURNS = { served: "buys from you", waiting: "waits for its turn", none: "buys nothing now" } as const;

import { formatBytes } from "../../../../protocol/base/units.ts";
import type { PeerJson } from "../../../../protocol/http/peer.ts";
import type { WireJson } from "../../../../protocol/http/peer-detail.ts";
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
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section class="scroll" aria-label="Peers, to scroll" tabIndex={0}>
          <table class="wires">
            <thead>
              <tr>
                <th scope="col">Address</th>
                <th scope="col">Account</th>
                <th scope="col" class="n">
                  Down
                </th>
                <th scope="col" class="n">
                  Up
                </th>
                <th scope="col" class="n">
                  Price per GiB
                </th>
                <th scope="col" class="n">
                  Paid
                </th>
                <th scope="col" class="n">
                  Earned
                </th>
                <th scope="col" class="n">
                  Unpaid of window
                </th>
                <th scope="col" class="n">
                  Wasted
                </th>
                <th scope="col">Standing</th>
              </tr>
            </thead>
            <tbody>
              {wires.map((wire, i) => (
                <Row key={`${wire.address} ${wire.remoteKey ?? ""} ${i}`} wire={wire} token={token} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p class="soft">
        The window is what a seller sends before it is paid: one piece at first, more with each payment. Nobody can lose
        more than that.
      </p>
    </section>
  );
}

function Row({ wire, token }: { wire: WireJson; token: Token }) {
  const { bought, sold, wastedBytes } = wire;
  const trade = bought ?? sold;
  return (
    <tr>
      <th scope="row">
        <code>{wire.address || "unknown"}</code>
      </th>
      <td>
        {trade === null ? (
          <span class="soft">{wire.isPaid ? "no lane" : "stranger"}</span>
        ) : (
          <Hex value={trade.account} />
        )}
      </td>
      <td class="n">
        <Bytes count={wire.bytesDown} rate={wire.rateDown} />
      </td>
      <td class="n">
        <Bytes count={wire.bytesUp} rate={wire.rateUp} />
      </td>
      <td class="n">{trade !== null && <Money amount={BigInt(trade.pricePerGiB)} token={token} />}</td>
      <td class="n">{bought !== null && <Money amount={BigInt(bought.amount)} token={token} />}</td>
      <td class="n">{sold !== null && <Money amount={BigInt(sold.amount)} token={token} />}</td>
      <td class="n">
        {bought !== null && <Window debtor="you owe" unpaid={bought.unpaidBytes} allowed={bought.windowBytes} />}
        {sold !== null && <Window debtor="owes you" unpaid={sold.unpaidBytes} allowed={sold.windowBytes} />}
      </td>
      <td class="n">{formatBytes(wastedBytes + (sold?.lostBytes ?? 0))}</td>
      <td>{standingOf(wire)}</td>
    </tr>
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

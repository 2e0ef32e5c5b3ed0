import { formatBytes } from "../../../../protocol/base/units.ts";
import { Money } from "../../../kit/live/money.tsx";
import type { PeerPicture, Picture } from "../../picture.ts";
import { STATES } from "../words.ts";

/** What the picture shows, as figures. */
export function PeerTable({ shown }: { shown: Picture }) {
  const { peers, token } = shown;
  if (peers.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" aria-label="Peers and their money" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Peer</th>
            <th scope="col">State</th>
            <th scope="col" class="n">
              Has
            </th>
            <th scope="col" class="n">
              Down
            </th>
            <th scope="col" class="n">
              Up
            </th>
            <th scope="col" class="n">
              Promised, {token.symbol}
            </th>
            <th scope="col" class="n">
              Holds vouchers of
            </th>
            <th scope="col" class="n">
              In the contract
            </th>
            <th scope="col">Bought from</th>
          </tr>
        </thead>
        <tbody>
          {peers.map((peer) => (
            <Row key={peer.name} peer={peer} shown={shown} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ peer, shown }: { peer: PeerPicture; shown: Picture }) {
  const { token, flows } = shown;
  const bought = flows.filter(({ buyer, bytes }) => buyer === peer.name && bytes > 0);
  return (
    <tr>
      <th scope="row">{peer.name}</th>
      <td>
        {peer.isCheat && <span class="state bad">cheats </span>}
        {STATES[peer.state]}
      </td>
      <td class="n">{formatBytes(peer.bytesDone)}</td>
      <td class="n">{formatBytes(peer.rateDown)}/s</td>
      <td class="n">{formatBytes(peer.rateUp)}/s</td>
      <td class="n">
        <Money amount={BigInt(peer.promised)} token={token} />
      </td>
      <td class="n">
        <Money amount={BigInt(peer.holds)} token={token} />
      </td>
      <td class="n">{peer.balance === null ? "-" : <Money amount={BigInt(peer.balance)} token={token} />}</td>
      <td class="soft from">
        {bought.map(({ seller, bytes }) => `${seller} ${formatBytes(bytes)}`).join(", ") || "-"}
      </td>
    </tr>
  );
}

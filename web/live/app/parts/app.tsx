import { isGone, picture } from "../state.ts";
import { Chain } from "./chain.tsx";
import { Desk } from "./desk.tsx";
import { FlowTable } from "./flow-table.tsx";
import { Log } from "./log.tsx";
import { PeerTable } from "./peer-table.tsx";
import { Story } from "./story.tsx";
import { Swarm } from "./swarm.tsx";

/** The whole page. `token`: of the desk's forms, empty where this browser may look only. */
export function App({ token }: { token: string }) {
  const shown = picture.value;
  if (shown === null) return <p class="soft">Listening to the demo…</p>;
  return (
    <>
      <div role="status">
        {isGone.value && <p class="message wait">The demo has ended, or its server is away. This is what was last.</p>}
      </div>
      <Story shown={shown} />
      <section class="stage" aria-labelledby="swarm">
        <div class="bar">
          <h2 id="swarm">{shown.content === null ? "The swarm" : `The swarm of ${shown.content.title}`}</h2>
          <Legend />
        </div>
        <div class="card picture">
          {shown.peers.length === 0 ? <p class="soft">Nobody shares a file now.</p> : <Swarm shown={shown} />}
        </div>
        <PeerTable shown={shown} />
        <FlowTable shown={shown} />
      </section>
      <Desk desk={shown.desk} token={token} />
      <div class="ledger">
        <Chain shown={shown} />
        <Log shown={shown} />
      </div>
    </>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label="What the marks are">
      <li>
        <span class="mark piece" aria-hidden="true" /> pieces that were paid
      </li>
      <li>
        <span class="mark voucher" aria-hidden="true" /> vouchers that came back
      </li>
      <li>below a name: what is in the contract, then what vouchers make of it</li>
    </ul>
  );
}

import { busy, link, notice, opened, peer } from "../state.ts";
import { AddForm } from "./add-form.tsx";
import { Bans } from "./bans.tsx";
import { Contents } from "./contents.tsx";
import { Detail } from "./detail.tsx";
import { LimitsForm } from "./limits-form.tsx";
import { LoggedOut } from "./logged-out.tsx";
import { RateChart } from "./rate-chart.tsx";
import { Summary } from "./summary.tsx";

/** The whole page: a word about the login, one content, or all of them. */
export function App() {
  const known = peer.value;
  if (link.value === "logged-out")
    return (
      <>
        <Messages />
        <LoggedOut />
      </>
    );
  if (known === null) return <p class="soft">Asking the peer…</p>;
  return (
    <>
      <Messages />
      {opened.value === null ? (
        <>
          <Summary peer={known} />
          <RateChart />
          <div class="ledger">
            <Contents token={known.token} />
            <aside aria-label="What you can do">
              <AddForm peer={known} />
              <LimitsForm peer={known} />
              <Bans />
            </aside>
          </div>
        </>
      ) : (
        <Detail key={opened.value} infoHash={opened.value} token={known.token} />
      )}
    </>
  );
}

/** One line that says what is under way, went wrong, or is done. Screen readers hear it. */
function Messages() {
  const [doing, said] = [busy.value, notice.value];
  return (
    <div class="messages">
      <div role="status">
        {doing !== null && <p class="message wait">{doing}</p>}
        {doing === null && said?.kind === "good" && <p class="message good">{said.text}</p>}
        {link.value === "lost" && (
          <p class="message wait">The peer does not answer. What you see is what it said last; it is asked again.</p>
        )}
      </div>
      <div role="alert">{said?.kind === "bad" && <p class="message bad">{said.text}</p>}</div>
    </div>
  );
}

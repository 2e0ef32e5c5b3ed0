import { busy, login, money, notice } from "../state.ts";
import { Connect } from "./connect.tsx";
import { Devices } from "./devices.tsx";
import { PayInForm } from "./pay-in-form.tsx";
import { Summary } from "./summary.tsx";
import { Timeline } from "./timeline.tsx";
import { WithdrawForm } from "./withdraw-form.tsx";

/** The whole page: a login, or the account. */
export function App() {
  const current = login.value;
  const known = money.value;
  return (
    <>
      <Messages />
      {current === null || known === null ? (
        <Connect />
      ) : (
        <>
          <Summary login={current} summary={known.summary} />
          <div class="ledger">
            <Timeline
              info={current.api.info}
              entries={known.entries}
              hasMore={known.hasMore}
              account={current.wallet.account}
            />
            <aside aria-label="What you can do">
              <WithdrawForm key={current.wallet.account} login={current} summary={known.summary} />
              <PayInForm login={current} />
              <Devices login={current} sessions={known.sessions} />
            </aside>
          </div>
        </>
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
        {said !== null && said.kind !== "bad" && <p class={`message ${said.kind}`}>{said.text}</p>}
      </div>
      <div role="alert">{said?.kind === "bad" && <p class="message bad">{said.text}</p>}</div>
    </div>
  );
}

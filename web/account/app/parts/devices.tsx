import { useSignal } from "@preact/signals";
import type { Address } from "../../../../protocol/base/ids.ts";
import { MAX_UINT96 } from "../../../../protocol/base/units.ts";
import type { Info } from "../../../../protocol/http/public.ts";
import type { Sessions } from "../../../../protocol/http/timeline.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Moment, sayMoment } from "../../../kit/live/moment.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { authorize, logDeviceOut, revoke } from "../devices.ts";
import { isBusy, type Login } from "../state.ts";

type Session = Sessions["sessions"][number];

/** Which keys act for the account, and what each may spend. */
export function Devices({ login, sessions }: { login: Login; sessions: Sessions["sessions"] }) {
  const others = sessions.filter(({ sessionKey }) => sessionKey !== login.key.address);
  const devices = others.filter(({ state }) => state !== "none");
  // Pages like this one log in anew each time.
  const powerless = others.filter(({ state, isLoggedOut }) => state === "none" && !isLoggedOut);
  return (
    <section class="card form" aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      {devices.length === 0 && <p>No device may spend anything yet. One logs in by floodgate register.</p>}
      <ul class="devices">
        {devices.map((session) => (
          <Device key={session.sessionKey} session={session} login={login} />
        ))}
      </ul>
      {powerless.length > 0 && (
        <details class="others">
          <summary>{powerless.length} more have logged in and may spend nothing</summary>
          <ul class="devices">
            {powerless.map((session) => (
              <Device key={session.sessionKey} session={session} login={login} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Device({ session, login }: { session: Session; login: Login }) {
  const { info } = login.api;
  const isOpen = useSignal(false);
  const limit = useSignal("");
  const key = session.sessionKey as Address;
  const id = `limit-${key}`;
  const isSpender = session.state === "active" || session.state === "pending";
  return (
    <li>
      <Hex value={key} /> <span class={`state ${TONES[session.state]}`}>{WORDS[session.state]}</span>
      <p>
        {isSpender && <Limit session={session} info={info} />}
        first seen <Moment at={session.createdAt} />
        {session.isLoggedOut && "; logged out"}
      </p>
      <p class="actions">
        <button type="button" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
          {isSpender ? "Change limit" : "Authorize"}
        </button>
        {!session.isLoggedOut && (
          <button type="button" disabled={isBusy.value} onClick={() => void logDeviceOut(key)}>
            Log out
          </button>
        )}
        {isSpender && (
          <button type="button" disabled={isBusy.value} onClick={() => void revoke(key)}>
            Revoke
          </button>
        )}
      </p>
      {isOpen.value && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void authorize(key, limit.value);
          }}
        >
          <label for={id}>It may spend in all, {info.token.symbol}</label>
          <input
            id={id}
            inputMode="decimal"
            autocomplete="off"
            required
            maxLength={40}
            value={limit.value}
            onInput={(event) => (limit.value = event.currentTarget.value)}
          />
          <p>
            Until {sayMoment(login.api.now() + info.sessionLifetimeSec)}. Your wallet shows the limit in the token's
            smallest units: {info.token.decimals} more digits.
          </p>
          <button class="main" type="submit" disabled={isBusy.value}>
            Sign and authorize
          </button>
        </form>
      )}
    </li>
  );
}

function Limit({ session, info }: { session: Session; info: Info }) {
  const [spent, limit] = [BigInt(session.spent), BigInt(session.limit)];
  return (
    <>
      has spent <Money amount={spent} token={info.token} /> of{" "}
      {limit === MAX_UINT96 ? "no limit" : <Money amount={limit} token={info.token} />}, until{" "}
      <Moment at={session.expiresAt} />;{" "}
    </>
  );
}

const WORDS: Readonly<Record<Session["state"], string>> = {
  none: "may spend nothing",
  pending: "authorization under way",
  active: "may spend",
  expired: "its time is over",
  revoked: "revoked",
  failed: "authorization failed",
};
const TONES: Readonly<Record<Session["state"], string>> = {
  ...{ none: "", pending: "wait", active: "good", expired: "", revoked: "bad", failed: "bad" },
};

import type { ComponentChildren } from "preact";
import { formatBytes } from "../../../../protocol/base/units.ts";
import type { PeerJson } from "../../../../protocol/http/peer.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { durationText, rateText } from "../figures.ts";
import { contents } from "../state.ts";

/** What the peer does now, and what has come of it. */
export function Summary({ peer }: { peer: PeerJson }) {
  const { token } = peer;
  const { paid, earned } = sums();
  return (
    <section aria-label="This peer now">
      <div class="bar who">
        <p>
          <Hex value={peer.account} whole />{" "}
          <span class="soft">
            has run for {durationText(peer.uptimeSec)}, port {peer.torrentPort}, vouchers on {peer.voucherPort}
          </span>
        </p>
      </div>
      <dl class="stats narrow">
        <Stat name="Down" note={`${formatBytes(peer.bytesDown)} bought in this run`}>
          {rateText(peer.rateDown)}
        </Stat>
        <Stat name="Up" note={`${formatBytes(peer.bytesUp)} sold in this run`}>
          {rateText(peer.rateUp)}
        </Stat>
        <Stat name={`Earned, ${token.symbol}`} note={<Run amount={peer.earned} token={token} />}>
          <Money amount={earned} token={token} />
        </Stat>
        <Stat name={`Paid, ${token.symbol}`} note={<Run amount={peer.paid} token={token} />}>
          <Money amount={paid} token={token} />
        </Stat>
        <Stat name="Contents" note={counts()}>
          {peer.contents}
        </Stat>
      </dl>
      <p class="jump actions">
        <button type="button" onClick={() => goTo("source")}>
          Add a content
        </button>
        <button type="button" onClick={() => goTo("downloadLimit")}>
          Limits and caps
        </button>
      </p>
    </section>
  );
}

function Stat({ name, note, children }: { name: string; note: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd>{children}</dd>
      <dd class="note">{note}</dd>
    </div>
  );
}

function Run({ amount, token }: { amount: string; token: PeerJson["token"] }) {
  return (
    <>
      <Money amount={BigInt(amount)} token={token} /> in this run
    </>
  );
}

/** Of the contents that are held, over all runs. */
function sums(): { readonly paid: bigint; readonly earned: bigint } {
  let [paid, earned] = [0n, 0n];
  for (const content of contents.value.values()) {
    paid += BigInt(content.paid);
    earned += BigInt(content.earned);
  }
  return { paid, earned };
}

function counts(): string {
  let [downloading, seeding] = [0, 0];
  for (const { state } of contents.value.values()) {
    if (state === "downloading") downloading++;
    if (state === "seeding" || state === "caching") seeding++;
  }
  return `${downloading} coming, ${seeding} on offer`;
}

/** The address names the content that is open, so no link of the page may. */
function goTo(id: string): void {
  const field = document.getElementById(id);
  field?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}

import { printable } from "../../../../protocol/base/text.ts";
import { formatBytes } from "../../../../protocol/base/units.ts";
import type { ContentJson, PeerJson } from "../../../../protocol/http/peer.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { etaText, percentOf, rateText } from "../figures.ts";
import { contents, detail, link, playing } from "../state.ts";
import { Actions } from "./actions.tsx";
import { CapForm } from "./cap-form.tsx";
import { Files } from "./files.tsx";
import { Player } from "./player.tsx";
import { Reasons } from "./reasons.tsx";
import { StateWord } from "./state-word.tsx";
import { Wires } from "./wires.tsx";

type Token = PeerJson["token"];

/** All about one content. */
export function Detail({ infoHash, token }: { infoHash: string; token: Token }) {
  const more = detail.value?.content.infoHash === infoHash ? detail.value : null;
  const content = more?.content ?? contents.value.get(infoHash);
  const played = playing.value;
  return (
    <>
      <p class="crumbs">
        <a href="#/">All contents</a>
      </p>
      {content === undefined || !contents.value.has(infoHash) ? (
        <section class="notice">
          <h2>This peer does not have it</h2>
          <p>
            {link.value === "live" ? "It was removed, or never added." : "Asking the peer…"}{" "}
            <Hex value={infoHash} whole />
          </p>
        </section>
      ) : (
        <>
          <Lead content={content} />
          <Reasons content={content} />
          {played?.infoHash === infoHash && <Player played={played} />}
          <div class="ledger">
            <Files infoHash={infoHash} files={more?.files ?? null} />
            <aside aria-label="Facts and limits">
              <Facts content={content} token={token} />
              <CapForm content={content} token={token} />
            </aside>
          </div>
          <Wires wires={more?.wires ?? null} token={token} />
        </>
      )}
    </>
  );
}

function Lead({ content }: { content: ContentJson }) {
  const { title, bytesDone, sizeBytes, rateDown, rateUp } = content;
  const eta = etaText(content);
  const name = printable(title, 200);
  return (
    <div class="lead held">
      <h2 class="title">{name}</h2>
      <p class="facts-line">
        <StateWord content={content} />
        <span>
          {percentOf(content)} % of {formatBytes(sizeBytes)}
        </span>
        <span>down {rateText(rateDown)}</span>
        <span>up {rateText(rateUp)}</span>
        {eta !== null && <span>{eta} left</span>}
      </p>
      {bytesDone < sizeBytes && <progress max={sizeBytes} value={bytesDone} aria-label={`${name}: how far it is`} />}
      <Actions content={content} />
    </div>
  );
}

function Facts({ content, token }: { content: ContentJson; token: Token }) {
  const { pricePerGiB, paid, earned, spendLeft, path, place, peers, infoHash } = content;
  const left = spendLeft === null ? null : BigInt(spendLeft);
  return (
    <section class="card" aria-labelledby="facts">
      <h2 id="facts">Money and place</h2>
      <dl class="facts">
        <div>
          <dt>Paid</dt>
          <dd>
            <Money amount={BigInt(paid)} token={token} /> <span class="soft">{token.symbol}</span>
          </dd>
        </div>
        <div>
          <dt>Earned</dt>
          <dd>
            <Money amount={BigInt(earned)} token={token} /> <span class="soft">{token.symbol}</span>
          </dd>
        </div>
        <div>
          <dt>Price per GiB</dt>
          <dd>
            {pricePerGiB === "0" ? (
              <span class="free">free</span>
            ) : (
              <Money amount={BigInt(pricePerGiB)} token={token} />
            )}
          </dd>
        </div>
        {left !== null && place === "download" && (
          <div>
            <dt>Caps leave</dt>
            <dd>
              <Money amount={left < 0n ? 0n : left} token={token} />
            </dd>
          </div>
        )}
        <div>
          <dt>Peers</dt>
          <dd>{peers}</dd>
        </div>
        <div>
          <dt>{place === "seed" ? "File" : "Folder"}</dt>
          <dd class="hex">{printable(path, 4096)}</dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <Hex value={infoHash} whole />
          </dd>
        </div>
      </dl>
    </section>
  );
}

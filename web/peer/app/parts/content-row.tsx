import { printable } from "../../../../protocol/base/text.ts";
import { formatBytes } from "../../../../protocol/base/units.ts";
import type { ContentJson, PeerJson } from "../../../../protocol/http/peer.ts";
import { Money } from "../../../kit/live/money.tsx";
import { etaText, percentOf, rateText } from "../figures.ts";
import { StateWord } from "./state-word.tsx";

/** One content in the list: what it does, how far it is, what it cost and earned. */
export function ContentRow({ content, token }: { content: ContentJson; token: PeerJson["token"] }) {
  const { infoHash, title, bytesDone, sizeBytes, rateDown, rateUp, peers, reasons, state } = content;
  const eta = etaText(content);
  const name = printable(title, 160);
  const [reason] = reasons;
  const isTold = reason !== undefined && state !== "paused" && state !== "checking";
  return (
    <li class="entry held">
      <div class="head">
        <a class="name" href={`#/${infoHash}`}>
          {name}
        </a>
        <StateWord content={content} />
      </div>
      {bytesDone < sizeBytes && <progress max={sizeBytes} value={bytesDone} aria-label={`${name}: how far it is`} />}
      <p class="facts-line">
        <span>
          {bytesDone < sizeBytes ? `${percentOf(content)} % of ` : ""}
          {formatBytes(sizeBytes)}
        </span>
        {rateDown > 0 && <span>down {rateText(rateDown)}</span>}
        {rateUp > 0 && <span>up {rateText(rateUp)}</span>}
        {eta !== null && <span>{eta} left</span>}
        {peers > 0 && <span>{peers === 1 ? "1 peer" : `${peers} peers`}</span>}
        {content.paid !== "0" && (
          <span>
            paid <Money amount={BigInt(content.paid)} token={token} />
          </span>
        )}
        {content.earned !== "0" && (
          <span class="earned">
            earned <Money amount={BigInt(content.earned)} token={token} />
          </span>
        )}
      </p>
      {isTold && (
        <p class={`why ${reason.isBlocking ? "stuck" : ""}`}>
          {printable(reason.text, 400)} <span class="next">{printable(reason.advice, 400)}</span>
        </p>
      )}
    </li>
  );
}

import { useSignal } from "@preact/signals";
import { printable } from "../../../../protocol/base/text.ts";
import { type Playing, playing } from "../state.ts";

/** Plays a file from the peer, also one that still comes: a seek moves the download there. */
export function Player({ played }: { played: Playing }) {
  const hasFailed = useSignal(false);
  const name = printable(played.name, 200);
  const shared = {
    key: played.path,
    src: played.path,
    controls: true,
    autoplay: true,
    "aria-label": name,
    onError: () => (hasFailed.value = true),
    onPlaying: () => (hasFailed.value = false),
  };
  return (
    <section class="player" aria-labelledby="player">
      <div class="bar">
        <h2 id="player">{name}</h2>
        <button type="button" class="small" onClick={() => (playing.value = null)}>
          Close
        </button>
      </div>
      {played.isVideo ? <video {...shared} /> : <audio {...shared} />}
      {hasFailed.value && (
        <p class="why stuck" role="alert">
          This browser cannot play it. Open it with another player: its place on the disk is told below.
        </p>
      )}
    </section>
  );
}

import { useSignal } from "@preact/signals";
import { printable } from "../../../../protocol/base/text.ts";
import { formatBytes } from "../../../../protocol/base/units.ts";
import type { PeerJson } from "../../../../protocol/http/peer.ts";
import type { OfferJson } from "../../../../protocol/http/peer-detail.ts";
import { Hex } from "../../../kit/live/hex.tsx";
import { Money } from "../../../kit/live/money.tsx";
import { act } from "../act.ts";
import { addContent, findOffer, findOfferOf } from "../api.ts";
import { isBusy } from "../state.ts";
import { capOf, pathOf } from "../typed.ts";

/** Adds a content: first what it is and costs, then where it goes. */
export function AddForm({ peer }: { peer: PeerJson }) {
  const source = useSignal("");
  const offer = useSignal<OfferJson | null>(null);
  const look = (find: () => Promise<OfferJson>): Promise<void> =>
    act("Asking the repository…", async () => {
      offer.value = await find();
      return null;
    });
  if (offer.value !== null)
    return (
      <Offer
        peer={peer}
        offer={offer.value}
        onClose={() => {
          offer.value = null;
          source.value = "";
        }}
      />
    );
  return (
    <section class="card form" aria-labelledby="add">
      <h2 id="add">Add a content</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void look(() => findOffer(source.value.trim()));
        }}
      >
        <label for="source">Id or magnet link</label>
        <input
          id="source"
          autocomplete="off"
          spellcheck={false}
          required
          maxLength={4096}
          value={source.value}
          onInput={(event) => (source.value = event.currentTarget.value)}
        />
        <label for="torrent">or a .torrent file</label>
        <input
          id="torrent"
          type="file"
          accept=".torrent,application/x-bittorrent"
          disabled={isBusy.value}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = "";
            if (file) void look(() => findOfferOf(file));
          }}
        />
        <button class="main" type="submit" disabled={isBusy.value}>
          Look it up
        </button>
      </form>
    </section>
  );
}

interface OfferProps {
  readonly peer: PeerJson;
  readonly offer: OfferJson;
  readonly onClose: () => void;
}

function Offer({ peer, offer, onClose }: OfferProps) {
  const { token } = peer;
  const place = useSignal<"directory" | "file">("directory");
  const paths = useSignal({ directory: peer.directory, file: "" });
  const cap = useSignal("");
  const isFree = offer.pricePerGiB === "0";
  const isSeed = place.value === "file";
  const add = (): Promise<void> =>
    act("Adding…", async () => {
      const { infoHash } = await addContent({
        id: offer.infoHash,
        [place.value]: pathOf(paths.value[place.value]),
        // What was shown is what is paid at most.
        maxPrice: offer.pricePerGiB,
        settings: { maxSpend: isSeed ? null : capOf(cap.value, token.decimals) },
      });
      location.hash = `#/${infoHash}`;
      return null;
    });
  return (
    <section class="card form" aria-labelledby="add">
      <h2 id="add">{printable(offer.title, 200)}</h2>
      <dl class="facts">
        <div>
          <dt>Size</dt>
          <dd>{formatBytes(offer.sizeBytes)}</dd>
        </div>
        <div>
          <dt>Costs in all</dt>
          <dd>
            {isFree ? <span class="free">free</span> : <Money amount={BigInt(offer.cost)} token={token} />}{" "}
            {!isFree && token.symbol}
          </dd>
        </div>
        <div>
          <dt>Published by</dt>
          <dd>
            <Hex value={offer.publisher} />
          </dd>
        </div>
      </dl>
      {offer.isHeld ? (
        <p class="actions">
          <a class="button" href={`#/${offer.infoHash}`}>
            This peer has it: show it
          </a>
          <button type="button" onClick={onClose}>
            Back
          </button>
        </p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <fieldset>
            <legend class="unseen">What to do with it</legend>
            <Choice name="Download it" isChosen={!isSeed} onChoose={() => (place.value = "directory")} />
            <Choice name="I have it: offer it to others" isChosen={isSeed} onChoose={() => (place.value = "file")} />
          </fieldset>
          <label for="place">{isSeed ? "The file or folder, by its whole path" : "Into the folder"}</label>
          <input
            id="place"
            autocomplete="off"
            spellcheck={false}
            required
            maxLength={4096}
            value={paths.value[place.value]}
            onInput={(event) => (paths.value = { ...paths.value, [place.value]: event.currentTarget.value })}
          />
          {!isSeed && !isFree && (
            <>
              <label for="add-cap">It may cost, {token.symbol}</label>
              <input
                id="add-cap"
                inputMode="decimal"
                autocomplete="off"
                maxLength={40}
                placeholder="no cap of its own"
                value={cap.value}
                onInput={(event) => (cap.value = event.currentTarget.value)}
              />
            </>
          )}
          <button class="main" type="submit" disabled={isBusy.value}>
            {isSeed ? "Offer it" : "Download"}
          </button>
          <p class="actions">
            <button type="button" class="small" onClick={onClose}>
              Back
            </button>
          </p>
        </form>
      )}
    </section>
  );
}

function Choice({ name, isChosen, onChoose }: { name: string; isChosen: boolean; onChoose: () => void }) {
  return (
    <label class="choice">
      <input type="radio" name="what" checked={isChosen} onChange={onChoose} />
      <span>{name}</span>
    </label>
  );
}

import { useSignal } from "@preact/signals";
import type { PeerJson } from "../../../../protocol/http/peer.ts";
import { Paged } from "../../../kit/live/paged.tsx";
import { choose, FILTERS, type Filter, needsOwner } from "../listing.ts";
import { contents } from "../state.ts";
import { ContentRow } from "./content-row.tsx";

/** All contents, a page at a time. */
export function Contents({ token }: { token: PeerJson["token"] }) {
  const filter = useSignal<Filter>("all");
  const query = useSignal("");
  const all = contents.value;
  const chosen = choose(all.values(), filter.value, query.value);
  const waiting = [...all.values()].filter(needsOwner).length;
  if (all.size === 0) return <Empty />;
  return (
    <section class="timeline" aria-labelledby="contents">
      <div class="bar">
        <h2 id="contents">Contents</h2>
        <fieldset class="orders">
          <legend class="unseen">Which are shown</legend>
          {FILTERS.map(([name, words]) => (
            <button key={name} type="button" aria-pressed={filter.value === name} onClick={() => (filter.value = name)}>
              {words}
              {name === "needs-you" && waiting > 0 && ` ${waiting}`}
            </button>
          ))}
        </fieldset>
      </div>
      <div class="search">
        <input
          type="search"
          aria-label="Title or id"
          placeholder="Title or id"
          maxLength={100}
          value={query.value}
          onInput={(event) => (query.value = event.currentTarget.value)}
        />
      </div>
      {chosen.length === 0 ? (
        <p class="soft">None of {all.size} contents is like that.</p>
      ) : (
        <Paged key={`${filter.value} ${query.value}`} label="Pages of contents" items={chosen}>
          {(shown) => (
            <ol class="entries">
              {shown.map((content) => (
                <ContentRow key={content.infoHash} content={content} token={token} />
              ))}
            </ol>
          )}
        </Paged>
      )}
    </section>
  );
}

function Empty() {
  return (
    <section class="notice" aria-labelledby="empty">
      <h2 id="empty">Nothing here yet</h2>
      <p>
        Take a content's id or magnet link from the repository and add it: its download begins, and each piece is paid
        as it comes. Or offer a file that you have published: you are paid for each piece that you send.
      </p>
    </section>
  );
}

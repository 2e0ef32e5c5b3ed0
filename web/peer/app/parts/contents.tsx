import { useSignal } from "@preact/signals";
import type { PeerJson } from "../../../../protocol/http/peer.ts";
import { choose, FILTERS, type Filter, needsOwner, PAGE } from "../listing.ts";
import { contents } from "../state.ts";
import { ContentRow } from "./content-row.tsx";

/** All contents, a page at a time. */
export function Contents({ token }: { token: PeerJson["token"] }) {
  const filter = useSignal<Filter>("all");
  const query = useSignal("");
  const page = useSignal(0);
  const all = contents.value;
  const chosen = choose(all.values(), filter.value, query.value);
  const waiting = [...all.values()].filter(needsOwner).length;
  const pages = Math.max(1, Math.ceil(chosen.length / PAGE));
  const at = Math.min(page.value, pages - 1);
  const shown = chosen.slice(at * PAGE, (at + 1) * PAGE);
  if (all.size === 0) return <Empty />;
  return (
    <section class="timeline" aria-labelledby="contents">
      <div class="bar">
        <h2 id="contents">Contents</h2>
        <fieldset class="orders">
          <legend class="unseen">Which are shown</legend>
          {FILTERS.map(([name, words]) => (
            <button
              key={name}
              type="button"
              aria-pressed={filter.value === name}
              onClick={() => {
                filter.value = name;
                page.value = 0;
              }}
            >
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
          onInput={(event) => {
            query.value = event.currentTarget.value;
            page.value = 0;
          }}
        />
      </div>
      {shown.length === 0 ? (
        <p class="soft">None of {all.size} contents is like that.</p>
      ) : (
        <ol class="entries">
          {shown.map((content) => (
            <ContentRow key={content.infoHash} content={content} token={token} />
          ))}
        </ol>
      )}
      {pages > 1 && (
        <nav class="pager" aria-label="Pages">
          <button type="button" disabled={at === 0} onClick={() => (page.value = at - 1)}>
            Back
          </button>
          <span class="at">
            {at * PAGE + 1} to {at * PAGE + shown.length} of {chosen.length}
          </span>
          <button type="button" disabled={at === pages - 1} onClick={() => (page.value = at + 1)}>
            Next
          </button>
        </nav>
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

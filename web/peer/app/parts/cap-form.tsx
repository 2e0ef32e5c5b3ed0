import { useSignal } from "@preact/signals";
import type { ContentJson, PeerJson } from "../../../../protocol/http/peer.ts";
import type { ContentChange } from "../../../../protocol/http/peer-settings.ts";
import { act } from "../act.ts";
import { changeContent } from "../api.ts";
import { isBusy } from "../state.ts";
import { capOf, capText, limitOf, limitText, wiresOf, wiresText } from "../typed.ts";

type Name = "maxSpend" | "uploadLimit" | "downloadLimit" | "maxWires";

/** What one content may cost, and move. */
export function CapForm({ content, token }: { content: ContentJson; token: PeerJson["token"] }) {
  const { infoHash, settings, place } = content;
  /** What was typed and not set yet. */
  const typed = useSignal<Partial<Record<Name, string>>>({});
  const textOf = (name: Name): string => typed.value[name] ?? writtenOf(name, settings, token.decimals);
  const field = (name: Name, id: string, label: string, none: string) => (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        inputMode="decimal"
        autocomplete="off"
        maxLength={40}
        placeholder={none}
        value={textOf(name)}
        onInput={(event) => (typed.value = { ...typed.value, [name]: event.currentTarget.value })}
      />
    </div>
  );
  return (
    <section class="card form" aria-labelledby="cap">
      <h2 id="cap">{place === "download" ? "Its cap and limits" : "Its limits"}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act("Setting its limits…", async () => {
            await changeContent(infoHash, { settings: changeOf(typed.value, token.decimals) });
            typed.value = {};
            return "Its limits are set.";
          });
        }}
      >
        {place === "download" && (
          <>
            {field("maxSpend", "content-cap", `This content may cost, ${token.symbol}`, "no cap")}
            <p>Over all runs. It stops before the cap, and goes on when you raise it.</p>
          </>
        )}
        <div class="pair">
          {field("downloadLimit", "content-down", "Down, KiB/s", "no limit")}
          {field("uploadLimit", "content-up", "Up, KiB/s", "no limit")}
        </div>
        {field("maxWires", "content-wires", "Most connections", "55")}
        <button class="main" type="submit" disabled={isBusy.value}>
          Set its limits
        </button>
      </form>
    </section>
  );
}

function writtenOf(name: Name, settings: ContentJson["settings"], decimals: number): string {
  if (name === "maxSpend") return capText(settings.maxSpend, decimals);
  return name === "maxWires" ? wiresText(settings.maxWires) : limitText(settings[name]);
}

/** What was not typed stays as it is. */
function changeOf(typed: Partial<Record<Name, string>>, decimals: number): ContentChange {
  const change: ContentChange = {};
  for (const [name, text] of Object.entries(typed) as [Name, string][])
    if (name === "maxSpend") change.maxSpend = capOf(text, decimals);
    else if (name === "maxWires") change.maxWires = wiresOf(text);
    else change[name] = limitOf(text);
  return change;
}

import { useSignal } from "@preact/signals";
import type { PeerJson } from "../../../../protocol/http/peer.ts";
import { act } from "../act.ts";
import { changePeer } from "../api.ts";
import { isBusy, peer as known } from "../state.ts";
import { capOf, capText, limitOf, limitText } from "../typed.ts";

type Name = Exclude<keyof PeerJson["settings"], "schedule" | "diskQuota">;

/** Limits and caps of the whole peer. */
export function LimitsForm({ peer }: { peer: PeerJson }) {
  const { token, settings } = peer;
  /** What was typed and not set yet. */
  const typed = useSignal<Partial<Record<Name, string>>>({});
  const textOf = (name: Name): string => typed.value[name] ?? writtenOf(name, settings, token.decimals);
  const field = (name: Name, label: string, none: string) => (
    <>
      <label for={name}>{label}</label>
      <input
        id={name}
        inputMode="decimal"
        autocomplete="off"
        maxLength={40}
        placeholder={none}
        value={textOf(name)}
        onInput={(event) => (typed.value = { ...typed.value, [name]: event.currentTarget.value })}
      />
    </>
  );
  return (
    <section class="card form" aria-labelledby="limits">
      <h2 id="limits">Limits and caps</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act("Setting limits…", async () => {
            known.value = await changePeer({
              uploadLimit: limitOf(textOf("uploadLimit")),
              downloadLimit: limitOf(textOf("downloadLimit")),
              maxSpend: capOf(textOf("maxSpend"), token.decimals),
              maxSpendPerDay: capOf(textOf("maxSpendPerDay"), token.decimals),
              minPrice: capOf(textOf("minPrice"), token.decimals),
            });
            typed.value = {};
            return "The limits are set.";
          });
        }}
      >
        <div class="pair">
          <div>{field("downloadLimit", "Down, KiB/s", "no limit")}</div>
          <div>{field("uploadLimit", "Up, KiB/s", "no limit")}</div>
        </div>
        {field("maxSpendPerDay", `Spend each day (UTC), ${token.symbol}`, "no cap")}
        {field("maxSpend", `Spend in all, ${token.symbol}`, "no cap")}
        {field("minPrice", `Sell for at least, ${token.symbol} per GiB`, "any price")}
        <button class="main" type="submit" disabled={isBusy.value}>
          Set
        </button>
      </form>
    </section>
  );
}

function writtenOf(name: Name, settings: PeerJson["settings"], decimals: number): string {
  if (name === "uploadLimit" || name === "downloadLimit") return limitText(settings[name]);
  return capText(settings[name], decimals);
}

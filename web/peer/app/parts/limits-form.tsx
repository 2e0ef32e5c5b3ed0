import { useSignal } from "@preact/signals";
import type { PeerChange, PeerJson } from "../../../../protocol/http/peer.ts";
import { writeSchedule } from "../../../../protocol/http/schedule-text.ts";
import { act } from "../act.ts";
import { changePeer } from "../api.ts";
import { isBusy, peer as known } from "../state.ts";
import { capOf, capText, limitOf, limitText, quotaOf, quotaText, scheduleOf, wiresOf, wiresText } from "../typed.ts";

type Name = keyof PeerJson["settings"];

/** Limits and caps of the whole peer. */
export function LimitsForm({ peer }: { peer: PeerJson }) {
  const { token, settings } = peer;
  /** What was typed and not set yet. */
  const typed = useSignal<Partial<Record<Name, string>>>({});
  const textOf = (name: Name): string => typed.value[name] ?? writtenOf(name, settings, token.decimals);
  const field = (name: Name, label: string, none: string, more: object = { inputMode: "decimal", maxLength: 40 }) => (
    <>
      <label for={name}>{label}</label>
      <input
        id={name}
        autocomplete="off"
        placeholder={none}
        value={textOf(name)}
        onInput={(event) => (typed.value = { ...typed.value, [name]: event.currentTarget.value })}
        {...more}
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
            known.value = await changePeer(changeOf(typed.value, token.decimals));
            typed.value = {};
            return "The limits are set.";
          });
        }}
      >
        <div class="pair">
          <div>{field("downloadLimit", "Down, KiB/s", "no limit")}</div>
          <div>{field("uploadLimit", "Up, KiB/s", "no limit")}</div>
        </div>
        {field("schedule", "Other rates at other times, by this machine's clock", "08:00-18:00 up=256KiB/s", {
          maxLength: 1_000,
          spellcheck: false,
        })}
        <div class="pair">
          <div>{field("diskQuota", "Downloads take at most, GiB", "no quota")}</div>
          <div>{field("maxWires", "Most connections", "500")}</div>
        </div>
        {field("monthlyLimit", "Moves each month (UTC), both ways, GiB", "no limit")}
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
  if (name === "schedule") return writeSchedule(settings.schedule);
  if (name === "diskQuota" || name === "monthlyLimit") return quotaText(settings[name]);
  if (name === "maxWires") return wiresText(settings.maxWires);
  if (name === "uploadLimit" || name === "downloadLimit") return limitText(settings[name]);
  return capText(settings[name], decimals);
}

/** What was not typed stays as it is, to the byte. */
function changeOf(typed: Partial<Record<Name, string>>, decimals: number): PeerChange {
  const change: PeerChange = {};
  for (const [name, text] of Object.entries(typed) as [Name, string][])
    if (name === "schedule") change.schedule = scheduleOf(text);
    else if (name === "diskQuota" || name === "monthlyLimit") change[name] = quotaOf(text);
    else if (name === "maxWires") change.maxWires = wiresOf(text);
    else if (name === "uploadLimit" || name === "downloadLimit") change[name] = limitOf(text);
    else change[name] = capOf(text, decimals);
  return change;
}

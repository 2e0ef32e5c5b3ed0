import { formatBytes, formatMoney } from "../../../protocol/base/units.ts";
import type { ContentJson, PeerJson } from "../../../protocol/http/peer.ts";
import { describeSchedule } from "../../schedule.ts";

/** What was set, for people. */
export function describeSettings({ settings, month, token }: PeerJson): string {
  const money = (amount: string | null, none: string): string => (amount === null ? none : formatMoney(amount, token));
  return [
    `up             ${rateText(settings.uploadLimit)}`,
    `down           ${rateText(settings.downloadLimit)}`,
    `schedule       ${describeSchedule(settings.schedule)}`,
    `month          ${describeMonth({ settings, month })}`,
    `connections    ${settings.maxWires ?? "500, unless set"}`,
    `disk           ${settings.diskQuota === null ? "no quota" : formatBytes(settings.diskQuota)}`,
    `spend in all   ${money(settings.maxSpend, "no cap")}`,
    `spend per day  ${money(settings.maxSpendPerDay, "no cap")}`,
    `lowest price   ${money(settings.minPrice, "none")}`,
  ].join("\n");
}

export function describeMonth({ settings, month }: Pick<PeerJson, "settings" | "month">): string {
  const moved = formatBytes(month.bytesDown + month.bytesUp);
  if (settings.monthlyLimit === null) return `${moved} moved, no limit`;
  const limit = formatBytes(settings.monthlyLimit);
  return `${moved} of ${limit} moved${month.isUsedUp ? `: nothing moves until ${dayOf(month.endsAt)} (UTC)` : ""}`;
}

/** A content's own limits; empty: it has none. */
export function describeOwnLimits({ settings }: Pick<ContentJson, "settings">): string {
  const { uploadLimit, downloadLimit, maxWires } = settings;
  return [
    ...(uploadLimit === null ? [] : [`up ${rateText(uploadLimit)}`]),
    ...(downloadLimit === null ? [] : [`down ${rateText(downloadLimit)}`]),
    ...(maxWires === null ? [] : [`${maxWires} connections`]),
  ].join(", ");
}

function rateText(bytes: number | null): string {
  return bytes === null ? "no limit" : `${formatBytes(bytes)}/s`;
}

function dayOf(sec: number): string {
  return new Date(1_000 * sec).toISOString().slice(0, 10);
}

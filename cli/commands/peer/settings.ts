import { type Command, InvalidArgumentError } from "commander";
import { InputError } from "../../../protocol/base/errors.ts";
import { formatBytes, formatMoney, parseAmount } from "../../../protocol/base/units.ts";
import type { PeerChange, PeerJson } from "../../../protocol/http/peer.ts";
import type { PeerSettings } from "../../../protocol/http/peer-settings.ts";
import { amountArgument, contentIdArgument, wholeNumber } from "../../arguments.ts";
import { contentFields, describeContent } from "../../content/describe-content.ts";
import { addCommand, type CommandContext, type CommonOptions, contextOf, type Runtime } from "../../runtime.ts";
import { describeSchedule, scheduleArgument } from "../../schedule.ts";

interface LimitOptions extends CommonOptions {
  readonly up?: number | "none";
  readonly down?: number | "none";
  readonly schedule?: PeerSettings["schedule"];
  readonly disk?: number | "none";
  readonly maxSpend?: string;
  readonly maxSpendPerDay?: string;
  readonly minPrice?: string;
}

const ID = "0123456789abcdef0123456789abcdef01234567";
/** 1 TiB/s. */
const MAX_KIB = 2 ** 30;
const GIB = 2 ** 30;
/** 1 PiB. */
const MAX_GIB = 2 ** 20;

export function addSettingCommands(peer: Command, runtime: Runtime): void {
  addCommand(peer, "limit", "show or set limits and spending caps, of the peer or of one content", [
    "peer limit --up 500 --down none",
    "peer limit --schedule '08:00-18:00 up=256KiB/s; 23:00-06:00 up=none down=none'",
    "peer limit --max-spend-per-day 0.50 --max-spend 20 --min-price 0.01",
    `peer limit ${ID} --max-spend 0.10`,
  ])
    .argument("[id]", "infohash, or its first 8 digits or more: only --max-spend", contentIdArgument)
    .option("--up <KiB/s>", "most that is uploaded, in KiB per second, or none", rateArgument)
    .option("--down <KiB/s>", "most that is downloaded, in KiB per second, or none", rateArgument)
    .option(
      "--schedule <periods>",
      "other rates at other times, by the peer's own clock: 'HH:MM-HH:MM up=RATE down=RATE; ...', or none; RATE is like 1MiB/s, in KiB/s without a unit, or none",
      scheduleArgument,
    )
    .option("--disk <GiB>", "refuse downloads that would take more in all, or none", diskArgument)
    .option("--max-spend <amount>", "most that may be spent, over all runs, or none", capArgument)
    .option("--max-spend-per-day <amount>", "most that may be spent each day (UTC), or none", capArgument)
    .option("--min-price <amount>", "serve nothing that costs less per GiB, or none", capArgument)
    .action((id: string | undefined, options: LimitOptions) => limit(contextOf(runtime, options), id, options));
}

/** @throws {InputError} OPTIONS_CONFLICT; {NetworkError} PEER_ABSENT */
async function limit(context: CommandContext, id: string | undefined, options: LimitOptions): Promise<void> {
  const { up, down, schedule, disk, maxSpend, maxSpendPerDay, minPrice } = options;
  if (id !== undefined && [up, down, schedule, disk, maxSpendPerDay, minPrice].some((value) => value !== undefined))
    throw new InputError("OPTIONS_CONFLICT", "one content has --max-spend only: give the other limits without an id");
  const { openLocalPeer } = await import("../../../client/local-api/local-client.ts");
  const client = await openLocalPeer(context.home, context.signal);
  const { token } = await client.peer();
  const cap = (text: string): string | null => (text === "none" ? null : `${parseAmount(text, token.decimals)}`);
  if (id !== undefined) {
    const content =
      maxSpend === undefined
        ? await client.content(id)
        : await client.change(id, { settings: { maxSpend: cap(maxSpend) } });
    context.output.event("done", contentFields(content), describeContent(content, token));
    return;
  }
  const change: PeerChange = {
    ...(up === undefined ? {} : { uploadLimit: up === "none" ? null : up * 1024 }),
    ...(down === undefined ? {} : { downloadLimit: down === "none" ? null : down * 1024 }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(disk === undefined ? {} : { diskQuota: disk === "none" ? null : disk * GIB }),
    ...(maxSpend === undefined ? {} : { maxSpend: cap(maxSpend) }),
    ...(maxSpendPerDay === undefined ? {} : { maxSpendPerDay: cap(maxSpendPerDay) }),
    ...(minPrice === undefined ? {} : { minPrice: cap(minPrice) }),
  };
  const { settings } = await client.changePeer(change);
  context.output.event("done", settings, describeSettings(settings, token));
}

function describeSettings(settings: PeerJson["settings"], token: PeerJson["token"]): string {
  const rate = (bytes: number | null): string => (bytes === null ? "no limit" : `${formatBytes(bytes)}/s`);
  const money = (amount: string | null, none: string): string => (amount === null ? none : formatMoney(amount, token));
  return [
    `up             ${rate(settings.uploadLimit)}`,
    `down           ${rate(settings.downloadLimit)}`,
    `schedule       ${describeSchedule(settings.schedule)}`,
    `disk           ${settings.diskQuota === null ? "no quota" : formatBytes(settings.diskQuota)}`,
    `spend in all   ${money(settings.maxSpend, "no cap")}`,
    `spend per day  ${money(settings.maxSpendPerDay, "no cap")}`,
    `lowest price   ${money(settings.minPrice, "none")}`,
  ].join("\n");
}

function rateArgument(text: string): number | "none" {
  return numberOrNone(text, 16, MAX_KIB);
}

function diskArgument(text: string): number | "none" {
  return numberOrNone(text, 0, MAX_GIB);
}

function numberOrNone(text: string, least: number, most: number): number | "none" {
  if (text === "none") return text;
  try {
    return wholeNumber(least, most)(text);
  } catch {
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}, or none.`);
  }
}

function capArgument(text: string): string {
  return text === "none" ? text : amountArgument(text);
}

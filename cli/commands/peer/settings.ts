import { type Command, InvalidArgumentError } from "commander";
import { InputError } from "../../../protocol/base/errors.ts";
import { parseAmount } from "../../../protocol/base/units.ts";
import type { PeerChange } from "../../../protocol/http/peer.ts";
import type { ContentChange, PeerSettings } from "../../../protocol/http/peer-settings.ts";
import { amountArgument, contentIdArgument, wholeNumber } from "../../arguments.ts";
import { contentFields, describeContent } from "../../content/describe-content.ts";
import {
  addPeerCommand,
  openPeer,
  type PeerContext,
  type PeerOptions,
  peerContextOf,
} from "../../content/open-peer.ts";
import type { Runtime } from "../../runtime.ts";
import { scheduleArgument } from "../../schedule.ts";
import { describeSettings } from "./describe-settings.ts";

type OrNone<T> = T | "none";

interface LimitOptions extends PeerOptions {
  readonly up?: OrNone<number>;
  readonly down?: OrNone<number>;
  readonly wires?: OrNone<number>;
  readonly maxSpend?: string;
  readonly schedule?: PeerSettings["schedule"];
  readonly disk?: OrNone<number>;
  readonly month?: OrNone<number>;
  readonly maxSpendPerDay?: string;
  readonly minPrice?: string;
}

const ID = "0123456789abcdef0123456789abcdef01234567";
/** 1 TiB/s. */
const MAX_KIB = 2 ** 30;
const GIB = 2 ** 30;
/** 1 PiB. */
const MAX_GIB = 2 ** 20;
const MAX_WIRES = 10_000;
const SIZES: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: GIB, TiB: 2 ** 40 };
/** What one content does not have. */
const OF_PEER = ["schedule", "disk", "month", "maxSpendPerDay", "minPrice"] as const;

export function addSettingCommands(peer: Command, runtime: Runtime): void {
  addPeerCommand(peer, "limit", "show or set limits and spending caps, of the peer or of one content", [
    "peer limit --up 500 --down none --month 500GiB",
    "peer limit --schedule '08:00-18:00 up=256KiB/s; 23:00-06:00 up=none down=none'",
    "peer limit --max-spend-per-day 0.50 --max-spend 20 --min-price 0.01",
    `peer limit ${ID} --max-spend 0.10 --up 100 --wires 10`,
  ])
    .argument("[id]", "infohash, or its first 8 digits or more: this content's own limits", contentIdArgument)
    .option("--up <KiB/s>", "most that is uploaded, in KiB per second, or none", rateArgument)
    .option("--down <KiB/s>", "most that is downloaded, in KiB per second, or none", rateArgument)
    .option("--wires <number>", "most connections, or none: then 500 in all, 55 of a content", wiresArgument)
    .option("--max-spend <amount>", "most that may be spent, over all runs, or none", capArgument)
    .option(
      "--schedule <periods>",
      "other rates at other times, by the peer's own clock: 'HH:MM-HH:MM up=RATE down=RATE; ...', or none; RATE is like 1MiB/s, in KiB/s without a unit, or none",
      scheduleArgument,
    )
    .option(
      "--month <size>",
      "most bytes that move in a calendar month (UTC), both ways together, like 500GiB or 2TiB, or none",
      sizeArgument,
    )
    .option("--disk <GiB>", "refuse downloads that would take more in all, or none", diskArgument)
    .option("--max-spend-per-day <amount>", "most that may be spent each day (UTC), or none", capArgument)
    .option("--min-price <amount>", "serve nothing that costs less per GiB, or none", capArgument)
    .action((id: string | undefined, options: LimitOptions) => limit(peerContextOf(runtime, options), id, options));
}

/** @throws {InputError} OPTIONS_CONFLICT; {NetworkError} PEER_ABSENT */
async function limit(context: PeerContext, id: string | undefined, options: LimitOptions): Promise<void> {
  if (id !== undefined && OF_PEER.some((name) => options[name] !== undefined))
    throw new InputError(
      "OPTIONS_CONFLICT",
      "one content has --up, --down, --wires and --max-spend: give the other limits without an id",
    );
  const { client } = await openPeer(context);
  const { token } = await client.peer();
  const settings = changeOf(options, token.decimals);
  if (id !== undefined) {
    const isAsked = Object.keys(settings).length === 0;
    const content = isAsked ? await client.content(id) : await client.change(id, { settings });
    context.output.event("done", contentFields(content), describeContent(content, token));
    return;
  }
  const { schedule, disk, month, maxSpendPerDay, minPrice } = options;
  const change: PeerChange = {
    ...settings,
    ...(schedule === undefined ? {} : { schedule }),
    ...(disk === undefined ? {} : { diskQuota: disk === "none" ? null : disk * GIB }),
    ...(month === undefined ? {} : { monthlyLimit: orNull(month) }),
    ...(maxSpendPerDay === undefined ? {} : { maxSpendPerDay: capOf(maxSpendPerDay, token.decimals) }),
    ...(minPrice === undefined ? {} : { minPrice: capOf(minPrice, token.decimals) }),
  };
  const peer = await client.changePeer(change);
  context.output.event("done", { ...peer.settings, movedInMonth: peer.month }, describeSettings(peer));
}

/** What the peer and one content both have. */
function changeOf({ up, down, wires, maxSpend }: LimitOptions, decimals: number): ContentChange & PeerChange {
  return {
    ...(up === undefined ? {} : { uploadLimit: up === "none" ? null : up * 1024 }),
    ...(down === undefined ? {} : { downloadLimit: down === "none" ? null : down * 1024 }),
    ...(wires === undefined ? {} : { maxWires: orNull(wires) }),
    ...(maxSpend === undefined ? {} : { maxSpend: capOf(maxSpend, decimals) }),
  };
}

function orNull(value: OrNone<number>): number | null {
  return value === "none" ? null : value;
}

function capOf(text: string, decimals: number): string | null {
  return text === "none" ? null : `${parseAmount(text, decimals)}`;
}

function rateArgument(text: string): OrNone<number> {
  return numberOrNone(text, 16, MAX_KIB);
}

function wiresArgument(text: string): OrNone<number> {
  return numberOrNone(text, 1, MAX_WIRES);
}

function diskArgument(text: string): OrNone<number> {
  return numberOrNone(text, 0, MAX_GIB);
}

/** Bytes; GiB where no unit is given. */
function sizeArgument(text: string): OrNone<number> {
  if (text === "none") return text;
  const [, digits = "", unit = "GiB"] = /^(\d{1,9})(MiB|GiB|TiB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (SIZES[unit] as number);
  if (digits === "" || bytes > MAX_GIB * GIB)
    throw new InvalidArgumentError("Write a size like 500GiB or 2TiB, of at most 1024TiB, or none.");
  return bytes;
}

function numberOrNone(text: string, least: number, most: number): OrNone<number> {
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

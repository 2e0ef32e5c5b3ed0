import { formatAmount, parseAmount } from "../../../protocol/base/units.ts";
import { parseSchedule, type Schedule } from "../../../protocol/http/schedule-text.ts";
import { InputError } from "./act.ts";

/** Between what people type and what the peer takes. Empty is null: no limit. */

const KIB = 1024;
const MIN_KIB = 16;
const GIB = 2 ** 30;
/** 1 PiB. */
const MAX_GIB = 2 ** 20;
const MAX_PERIODS = 24;
const MAX_WIRES = 10_000;

export function capOf(text: string, decimals: number): string | null {
  if (text.trim() === "") return null;
  try {
    return parseAmount(text.trim(), decimals).toString();
  } catch {
    throw new InputError(`Write an amount with at most ${decimals} decimals, like 12.5, or leave it empty.`);
  }
}

export function capText(cap: string | null, decimals: number): string {
  return cap === null ? "" : formatAmount(BigInt(cap), decimals);
}

/** Bytes a second, from KiB a second. */
export function limitOf(text: string): number | null {
  if (text.trim() === "") return null;
  const kib = Number(text.trim());
  if (!Number.isInteger(kib) || kib < MIN_KIB || kib > 2 ** 30)
    throw new InputError(`Write a limit in whole KiB a second, from ${MIN_KIB}, or leave it empty.`);
  return kib * KIB;
}

export function limitText(limit: number | null): string {
  return limit === null ? "" : String(Math.round(limit / KIB));
}

/** Bytes, from GiB. */
export function quotaOf(text: string): number | null {
  if (text.trim() === "") return null;
  const gib = Number(text.trim());
  if (!Number.isInteger(gib) || gib < 0 || gib > MAX_GIB)
    throw new InputError("Write a quota in whole GiB, or leave it empty.");
  return gib * GIB;
}

export function quotaText(bytes: number | null): string {
  return bytes === null ? "" : String(Math.round(bytes / GIB));
}

export function wiresOf(text: string): number | null {
  if (text.trim() === "") return null;
  const wires = Number(text.trim());
  if (!Number.isInteger(wires) || wires < 1 || wires > MAX_WIRES)
    throw new InputError(`Write how many connections, from 1 to ${MAX_WIRES}, or leave it empty.`);
  return wires;
}

export function wiresText(wires: number | null): string {
  return wires === null ? "" : String(wires);
}

/** @throws {InputError} */
export function scheduleOf(text: string): Schedule {
  if (text.trim() === "") return [];
  const schedule = parseSchedule(text.trim());
  if (schedule === null || schedule.length > MAX_PERIODS)
    throw new InputError(
      "Write other rates like 08:00-18:00 up=256KiB/s; 23:00-06:00 up=none down=none, or leave it empty.",
    );
  return schedule;
}

/** @throws {InputError} */
export function pathOf(text: string): string {
  const path = text.trim();
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path)) return path;
  throw new InputError("Write a whole path, as in /home/you/Downloads.");
}

import { type Amount, formatBytes, formatMoney } from "../../protocol/base/units.ts";
import type { PeerJson, PortMappingView } from "../../protocol/http/peer.ts";
import type { Info } from "../../protocol/http/public.ts";

/** What the doctor says of what it measured. Pure. */

/** One line: what was looked at, and what to do if it is wrong. */
export interface Finding {
  readonly subject: string;
  readonly state: "ok" | "warning" | "problem";
  /** What is so, or what is wrong and what to do. */
  readonly text: string;
}

const MIB = 2 ** 20;
const DISK_PROBLEM_BYTES = 100 * MIB;
const DISK_WARNING_BYTES = 1024 * MIB;
/** A peer has up to 55 wires, a file for each file of a content, and its store. */
const MIN_OPEN_FILES = 1_024;
const CLOCK_WARNING_SEC = 30;

export function judgeDisk(freeBytes: number, home: string): Finding {
  const text = `${formatBytes(freeBytes)} free at ${home}`;
  if (freeBytes < DISK_PROBLEM_BYTES) return finding("disk", "problem", `${text}: free some, or choose another --home`);
  return finding("disk", freeBytes < DISK_WARNING_BYTES ? "warning" : "ok", text);
}

/** `limit`: of this process; null when the system does not tell. */
export function judgeOpenFiles(limit: number | null): Finding {
  if (limit === null) return finding("open files", "ok", "this system does not tell its limit");
  return limit < MIN_OPEN_FILES
    ? finding("open files", "warning", `at most ${limit}: run \`ulimit -n ${MIN_OPEN_FILES}\` first`)
    : finding("open files", "ok", `at most ${limit}`);
}

/** `offsetSec`: how far this clock is ahead of the authority's. */
export function judgeClock(offsetSec: number): Finding {
  const off = Math.round(Math.abs(offsetSec));
  return off > CLOCK_WARNING_SEC
    ? finding(
        "clock",
        "warning",
        `${off} s ${offsetSec > 0 ? "ahead of" : "behind"} the authority's: switch on time synchronization (NTP)`,
      )
    : finding("clock", "ok", "in step with the authority's");
}

/** `endsAt`: of the session, seconds since 1970, by the authority's clock. */
export function judgeSession(endsAt: number, now: number, canRenew: boolean): Finding {
  const minutes = Math.floor((endsAt - now) / 60);
  if (minutes >= 1 && canRenew) return finding("session", "ok", `good for ${minutes} minutes, then renewed by itself`);
  if (minutes >= 1)
    return finding(
      "session",
      "warning",
      `good for ${minutes} minutes: give --passphrase-file or FLOODGATE_PASSPHRASE, so that it can be renewed`,
    );
  return canRenew
    ? finding("session", "ok", "has ended; the next command renews it")
    : finding("session", "warning", "has ended: the next command asks for the passphrase");
}

export function judgeFunds(free: Amount, reserved: Amount, token: Info["token"]): Finding {
  if (free > 0n) return finding("funds", "ok", `${formatMoney(free, token)} free`);
  return reserved > 0n
    ? finding("funds", "warning", `all ${formatMoney(reserved, token)} are promised to downloads until they settle`)
    : finding("funds", "warning", "nothing to spend (a seeder needs nothing): pay in with `floodgate deposit`");
}

/** `view`: of a peer that has asked its router. */
export function judgePortMapping({ state, externalHost, problem }: PortMappingView): Finding {
  if (state === "mapped") return finding("router", "ok", `lets others in, at ${externalHost}`);
  return state === "searching"
    ? finding("router", "warning", "is being asked: look again in some seconds")
    : finding("router", "problem", problem ?? "does not let others in");
}

/** `peer`: what a running one says of itself. */
export function judgeMonth({ month, settings }: Pick<PeerJson, "month" | "settings">): Finding {
  const moved = formatBytes(month.bytesDown + month.bytesUp);
  if (settings.monthlyLimit === null) return finding("month", "ok", `${moved} moved, without a limit`);
  const text = `${moved} of ${formatBytes(settings.monthlyLimit)} moved`;
  const until = new Date(1_000 * month.endsAt).toISOString().slice(0, 10);
  return month.isUsedUp
    ? finding("month", "problem", `${text}: nothing moves until ${until} (UTC), or raise \`peer limit --month\``)
    : finding("month", "ok", text);
}

export function finding(subject: string, state: Finding["state"], text: string): Finding {
  return { subject, state, text };
}

export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const marks = { ok: "ok     ", warning: "warning", problem: "PROBLEM" };
  return findings.map(({ subject, state, text }) => `${marks[state]}  ${subject.padEnd(width)}  ${text}`).join("\n");
}

import type { Line } from "../../devnet/command.ts";

/** A line of a running `get`, with the time when it came: ms since the command was given. */
export interface TimedLine {
  readonly atMs: number;
  readonly line: Line;
}

/**
 * Where the time to the first piece goes, in this order; ms. They overlap nowhere, and add up to
 * `firstByteMs`.
 */
export const STEPS = ["load", "authority", "peer", "announce", "dial", "piece"] as const;
export type Steps = Readonly<Record<(typeof STEPS)[number], number>>;

export const STEP_HELP: Readonly<Record<keyof Steps, string>> = {
  load: "until the first question to the authority: Node and the modules that ask",
  authority: "until its last answer about the content: terms, torrent; the peer's modules are loaded meanwhile",
  peer: "until the announce goes out: listeners, store, check of the disk, and for paid content the balance",
  announce: "until the tracker's answer, with allotments for paid content",
  dial: "until the wire is connected",
  piece: "until the first piece is verified: handshake; for paid content Noise, offer and accept, too",
};

/** @throws {Error} when the lines show no first piece */
export function splitSteps(lines: readonly TimedLine[], torrentPort: number): Steps {
  const isTrace = (line: Line, step: string, what: RegExp): boolean =>
    line.event === "trace" && line.step === step && what.test(String(line.what));
  const first = (matches: (line: Line) => boolean): number => {
    const found = lines.find(({ line }) => matches(line));
    if (!found) throw new Error("a step of the download left no trace");
    return found.atMs;
  };
  const last = (matches: (line: Line) => boolean): number => {
    const found = lines.findLast(({ line }) => matches(line));
    if (!found) throw new Error("a step of the download left no trace");
    return found.atMs;
  };
  const asked = first((line) => isTrace(line, "start", /^GET \/v1\//));
  const answered = last((line) => isTrace(line, "end", /^GET \/v1\/torrents\//));
  const announced = first((line) => isTrace(line, "start", /^GET \/announce$/));
  const replied = first((line) => isTrace(line, "end", /^GET \/announce$/));
  const connected = first((line) => isTrace(line, "end", new RegExp(`^connect ${torrentPort}$`)));
  const piece = first((line) => line.event === "first-piece");
  return {
    load: asked,
    authority: answered - asked,
    peer: announced - answered,
    announce: replied - announced,
    dial: connected - replied,
    piece: piece - connected,
  };
}

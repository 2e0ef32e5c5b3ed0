import { type Quartiles, quantile, quartiles } from "../statistics.ts";
import type { TraceEvent, TraceStep } from "./window-trace.ts";

/**
 * Where the time of one turn of the credit goes, in this order; ms. It begins when the payee hands
 * the last block that a voucher pays to its socket, and ends when the first new piece leaves after
 * the voucher counts. `wire` is the time behind data that is on its way: nobody waits meanwhile.
 * What credit costs is `creditShare`.
 */
export const TURN_STEPS = ["wire", "hash", "disk", "sign", "store", "stream", "commit", "request", "read"] as const;
export type Turn = Readonly<Record<(typeof TURN_STEPS)[number], number>>;

export const TURN_HELP: Readonly<Record<keyof Turn, string>> = {
  wire: "until the payer has the last block",
  hash: "until the piece's hash is known to be right",
  disk: "until the piece is written",
  sign: "until a voucher pays it: timers, and the signature",
  store: "until the voucher is stored by the payer, and leaves",
  stream: "until it is verified by the payee: libp2p, and the signature",
  commit: "until it is stored by the payee, and counts",
  request: "until a request for a new piece is there",
  read: "until its first block leaves",
};

export interface Turnaround {
  readonly turns: number;
  readonly steps: Readonly<Record<keyof Turn, Spread>>;
  readonly total: Spread;
  /** Pauses of more than STALL_MS between two blocks of the payee: how many, and their sum. */
  readonly stalls: number;
  readonly stalledMs: number;
  /**
   * What credit costs: the part of the time, first block to last, in which the payer asks for
   * nothing, or the payee holds requests and sends nothing.
   */
  readonly creditShare: number;
  readonly vouchers: number;
  /** How long the payee's disk needs for a voucher, and the payer's for "who is asked". */
  readonly syncMs: Quartiles;
  readonly askedMs: Quartiles;
}

export interface Spread {
  readonly p50: number;
  readonly p95: number;
}

/** Longer than any block takes to follow the one before. */
export const STALL_MS = 3;

/** The transfer of median turnaround; null: none was traced. */
export function middleOf(turnarounds: readonly Turnaround[]): Turnaround | null {
  const sorted = turnarounds.toSorted((a, b) => a.total.p50 - b.total.p50);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** What one paid transfer shows of its windows. */
export function analyzeTurns(payer: readonly TraceEvent[], payee: readonly TraceEvent[]): Turnaround {
  const turns = listTurns(payer, payee);
  const spreadOf = (of: (turn: Turn) => number): Spread => spread(turns.map(of));
  const left = payee.filter(({ step }) => step === "block-out").map(({ atMs }) => atMs);
  const pauses = left.slice(1).map((atMs, i) => atMs - (left[i] as number));
  const stalls = pauses.filter((ms) => ms > STALL_MS);
  return {
    turns: turns.length,
    steps: Object.fromEntries(TURN_STEPS.map((step) => [step, spreadOf((turn) => turn[step])])) as Turnaround["steps"],
    total: spreadOf(sum),
    stalls: stalls.length,
    stalledMs: stalls.reduce((total, ms) => total + ms, 0),
    creditShare: creditShareOf(payer, payee),
    vouchers: payee.filter(({ step }) => step === "kept").length,
    syncMs: quartiles(spans(payee, "judged", "synced", voucherOf)),
    askedMs: quartiles(spans(payer, "asked", "asked-stored", ({ pieces }) => String(pieces))),
  };
}

function listTurns(payer: readonly TraceEvent[], payee: readonly TraceEvent[]): Turn[] {
  const lastBlockIn = lastOf(payer, "block-in");
  const lastBlockOut = lastOf(payee, "block-out");
  const hashed = lastOf(payer, "hashed");
  const [sent, judged, kept] = [timesOf(payer, "voucher-out"), timesOf(payee, "judged"), timesOf(payee, "kept")];
  const begun = listBegun(payee);
  const turns: Turn[] = [];
  let last: TraceEvent | null = null;
  for (const event of payer) {
    if (event.step === "written") last = event;
    if (event.step !== "signed" || last === null) continue;
    const piece = last.piece as number;
    const key = voucherOf(event);
    const times = [
      lastBlockOut.get(piece),
      lastBlockIn.get(piece),
      hashed.get(piece),
      last.atMs,
      event.atMs,
      sent.get(key),
      judged.get(key),
      kept.get(key),
    ];
    last = null;
    const effectMs = times.at(-1);
    const next = begun.find(({ outMs }) => effectMs !== undefined && outMs >= effectMs);
    if (!next || effectMs === undefined) continue;
    const all = [...times, Math.max(effectMs, next.inMs), next.outMs];
    if (!all.every((ms) => ms !== undefined)) continue;
    turns.push(
      Object.fromEntries(
        TURN_STEPS.map((step, i) => [step, (all[i + 1] as number) - (all[i] as number)]),
      ) as unknown as Turn,
    );
  }
  return turns;
}

function creditShareOf(payer: readonly TraceEvent[], payee: readonly TraceEvent[]): number {
  const left = payee.filter(({ step }) => step === "block-out").map(({ atMs }) => atMs);
  const [startMs = 0, endMs = 0] = [left[0], left.at(-1)];
  const unasked = idleMs(payer, "request-out", "block-in", startMs, endMs);
  const unsent = idleMs(payee, "request-in", "block-out", startMs, endMs);
  const unadmitted = idleMs(payee, "let-through", "block-out", startMs, endMs);
  // Nothing is let through: held, or not asked for.
  return (unasked + Math.max(0, unadmitted - unsent)) / (endMs - startMs);
}

/** How long nothing was open that `opens` opens and `closes` closes, ms. */
function idleMs(
  events: readonly TraceEvent[],
  opens: TraceStep,
  closes: TraceStep,
  startMs: number,
  endMs: number,
): number {
  let [open, sumMs, sinceMs] = [0, 0, startMs];
  for (const { step, atMs } of events) {
    if (step === opens && open++ === 0) sumMs += Math.max(0, Math.min(atMs, endMs) - Math.max(sinceMs, startMs));
    if (step === closes && open > 0 && --open === 0) sinceMs = atMs;
  }
  return sumMs;
}

/** When the first request of each piece came to the payee, and when its first block left. */
function listBegun(payee: readonly TraceEvent[]): { readonly inMs: number; readonly outMs: number }[] {
  const asked = new Map<number, number>();
  const begun = new Map<number, { readonly inMs: number; readonly outMs: number }>();
  for (const { step, atMs, piece = -1 } of payee) {
    if (step === "request-in" && !asked.has(piece)) asked.set(piece, atMs);
    if (step === "block-out" && !begun.has(piece)) begun.set(piece, { inMs: asked.get(piece) ?? atMs, outMs: atMs });
  }
  return [...begun.values()];
}

function lastOf(events: readonly TraceEvent[], step: TraceStep): ReadonlyMap<number, number> {
  return new Map(events.filter((event) => event.step === step).map(({ piece = -1, atMs }) => [piece, atMs]));
}

function timesOf(events: readonly TraceEvent[], step: TraceStep): ReadonlyMap<string, number> {
  return new Map(events.filter((event) => event.step === step).map((event) => [voucherOf(event), event.atMs]));
}

function spans(
  events: readonly TraceEvent[],
  from: TraceStep,
  to: TraceStep,
  keyOf: (event: TraceEvent) => string,
): number[] {
  const started = new Map<string, number>();
  const found: number[] = [];
  for (const event of events) {
    if (event.step === from) started.set(keyOf(event), event.atMs);
    const startedAtMs = started.get(keyOf(event));
    if (event.step === to && startedAtMs !== undefined) found.push(event.atMs - startedAtMs);
  }
  return found;
}

function voucherOf({ lane, amount }: TraceEvent): string {
  return `${lane} ${amount}`;
}

function sum(turn: Turn): number {
  return TURN_STEPS.reduce((total, step) => total + turn[step], 0);
}

function spread(values: readonly number[]): Spread {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
}

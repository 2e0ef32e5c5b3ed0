/**
 * How far a source is asked ahead of what it has sent: bandwidth x delay, as BBR has it. More would
 * only lie in queues on the way: every message would wait behind it, and every byte would leave the
 * processor's cache before it is used. One block at a time is timed. Times are ms.
 */
export interface Pipeline {
  /** What may be outstanding, bytes. */
  readonly bytes: number;
  /** The block that is timed now: what had arrived before it was asked for. */
  readonly probe: (Block & { readonly askedAtMs: number; readonly arrivedBytes: number }) | null;
  readonly arrivedBytes: number;
  /** Of the last blocks that were timed, bytes/ms, oldest first. */
  readonly rates: readonly number[];
  /** The shortest time from a request to its block, and when it was seen. */
  readonly leastMs: number;
  readonly leastAtMs: number;
}

export interface Block {
  readonly piece: number;
  readonly offset: number;
}

/** Enough for a fast source next door, which may rest for some milliseconds. */
export const MIN_PIPELINE_BYTES = 2 * 1024 * 1024;
/** Twice what is on its way: the source has the next requests before it is done. */
const GAIN = 2;
/** The fastest of so many counts: where money or the disk made a block wait, the line did not. */
const RATES = 8;
/** Routes change. */
const LEAST_VALID_MS = 60_000;

export function startPipeline(): Pipeline {
  return {
    bytes: MIN_PIPELINE_BYTES,
    probe: null,
    arrivedBytes: 0,
    rates: [],
    leastMs: Number.POSITIVE_INFINITY,
    leastAtMs: Number.NEGATIVE_INFINITY,
  };
}

/** This block was asked for. `isAlone`: nothing else is outstanding. */
export function blockAsked(pipeline: Pipeline, { piece, offset }: Block, isAlone: boolean, nowMs: number): Pipeline {
  if (pipeline.probe !== null && !isAlone) return pipeline;
  return { ...pipeline, probe: { piece, offset, askedAtMs: nowMs, arrivedBytes: pipeline.arrivedBytes } };
}

/** This block came. */
export function blockArrived(pipeline: Pipeline, block: Block, length: number, nowMs: number): Pipeline {
  const arrivedBytes = pipeline.arrivedBytes + length;
  const { probe } = pipeline;
  if (probe?.piece !== block.piece || probe.offset !== block.offset) return { ...pipeline, arrivedBytes };
  const delayMs = Math.max(nowMs - probe.askedAtMs, Number.EPSILON);
  const isLeast = delayMs <= pipeline.leastMs || nowMs > pipeline.leastAtMs + LEAST_VALID_MS;
  const [leastMs, leastAtMs] = isLeast ? [delayMs, nowMs] : [pipeline.leastMs, pipeline.leastAtMs];
  const rates = [...pipeline.rates.slice(1 - RATES), (arrivedBytes - probe.arrivedBytes) / delayMs];
  const bytes = Math.max(MIN_PIPELINE_BYTES, GAIN * Math.max(...rates) * leastMs);
  return { bytes, probe: null, arrivedBytes, rates, leastMs, leastAtMs };
}

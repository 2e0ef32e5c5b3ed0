import type { Hex } from "../../../protocol/base/bytes.ts";
import { nameOf, toJsonLines } from "../play/bundle.ts";
import type { Recording } from "../recording.ts";

/** One line of a bundle or of a payee's file, its keys in their order. */
export type Line = { readonly kind: string } & Readonly<Record<string, unknown>>;

export function linesOf(bytes: Uint8Array): Line[] {
  const lines = Buffer.from(bytes).toString().trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Names of all bundles, in the order in which they were made. */
export function namesOf({ bundles }: Recording): Hex[] {
  return [...bundles.keys()];
}

/**
 * Bundle `index` was made otherwise: it and all after it have other names, and the batches name
 * those.
 */
export function withBundle(recording: Recording, index: number, change: (bytes: Uint8Array) => Uint8Array): Recording {
  const renames = new Map<Hex, Hex>();
  const bundles = new Map<Hex, Uint8Array>();
  for (const [at, [name, bytes]] of [...recording.bundles].entries()) {
    const followed = at > index ? toJsonLines(follow(linesOf(bytes), renames)) : bytes;
    const changed = at === index ? change(bytes) : followed;
    const next = at < index ? name : nameOf(changed);
    renames.set(name, next);
    bundles.set(next, changed);
  }
  return withBundleHashes({ ...recording, bundles }, renames);
}

/** As `withBundle`, line by line; its last line counts them anew. */
export function withLines(
  recording: Recording,
  index: number,
  change: (lines: readonly Line[]) => readonly Line[],
): Recording {
  return withBundle(recording, index, (bytes) => toJsonLines(recount(change(linesOf(bytes)))));
}

/** Before bundle `index` there is another one, for no batch, that holds nothing. */
export function withEmptyBundle(recording: Recording, index: number): Recording {
  const renames = new Map<Hex, Hex>();
  const bundles = new Map<Hex, Uint8Array>();
  for (const [at, [name, bytes]] of [...recording.bundles].entries()) {
    let lines = follow(linesOf(bytes), renames);
    if (at === index) {
      const [head, end] = [lines[0] as Line, lines.at(-1) as Line];
      const empty = toJsonLines(recount([head, end]));
      bundles.set(nameOf(empty), empty);
      lines = [{ ...head, previous: nameOf(empty) }, ...lines.slice(1)];
    }
    const changed = toJsonLines(lines);
    renames.set(name, nameOf(changed));
    bundles.set(nameOf(changed), changed);
  }
  return withBundleHashes({ ...recording, bundles }, renames);
}

/** Batches name other bundles, in their calldata and in their events. */
export function withBundleHashes(recording: Recording, renames: ReadonlyMap<Hex, Hex>, onlyTx?: number): Recording {
  const rename = (hex: string): string => {
    for (const [from, to] of renames) if (hex.includes(from.slice(2))) return hex.replace(from.slice(2), to.slice(2));
    return hex;
  };
  const history = recording.history.map((facts, tx) => {
    if (onlyTx !== undefined && tx !== onlyTx) return facts;
    const calls =
      facts.calls?.map((call) => (call.kind === "settle" ? { ...call, batch: rename(call.batch) } : call)) ?? null;
    const events = facts.events.map((event) =>
      event.kind === "Settled" ? { ...event, bundleHash: rename(event.bundleHash) } : event,
    );
    return { ...facts, calls, events };
  });
  return { ...recording, history };
}

function follow(lines: readonly Line[], renames: ReadonlyMap<Hex, Hex>): Line[] {
  return lines.map((line) =>
    line.kind === "bundle" ? { ...line, previous: renames.get(line.previous as Hex) ?? line.previous } : line,
  );
}

function recount(lines: readonly Line[]): Line[] {
  const count = (kind: string): number => lines.filter((line) => line.kind === kind).length;
  return lines.map((line) =>
    line.kind === "end"
      ? {
          kind: "end",
          allotments: count("allotment"),
          vouchers: count("voucher"),
          statements: count("statement"),
          omitted: count("omitted"),
        }
      : line,
  );
}

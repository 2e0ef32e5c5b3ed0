import { createHash } from "node:crypto";
import type { Hex } from "../../../protocol/base/bytes.ts";
import { toJsonLines } from "../play/bundle.ts";
import type { Random } from "../random.ts";
import type { Recording } from "../recording.ts";
import { type Line, linesOf, namesOf, withBundle, withBundleHashes, withLines } from "./bundle-edit.ts";
import { batchOf } from "./bundle-places.ts";
import { eventsOf, flipSignature, STRANGER } from "./edit.ts";
import type { Kind } from "./kind.ts";
import { about } from "./tell.ts";

const NO_BUNDLE: Hex = `0x${"0".repeat(64)}`;

/** Bundles that a batch names. */
function named(recording: Recording): number[] {
  return namesOf(recording).flatMap((_, index) => (batchOf(recording, index) === null ? [] : index));
}

/** A bundle that a batch names, served with other bytes than its name says. */
function served(name: string, change: (bytes: Uint8Array, random: Random) => Uint8Array | null, says: string): Kind {
  return about(
    name,
    "bundle",
    named,
    (recording, index, random) => {
      const hash = namesOf(recording)[index] as Hex;
      const bundles = new Map(recording.bundles);
      const bytes = change(bundles.get(hash) as Uint8Array, random);
      if (bytes === null) bundles.delete(hash);
      else bundles.set(hash, bytes);
      return { ...recording, bundles };
    },
    says,
  );
}

/** A bundle that was made like this: its name is right. */
function made(
  name: string,
  change: (recording: Recording, index: number, random: Random) => Recording,
  says: string,
): Kind {
  return about(name, "bundle", named, change, says);
}

/** A bundle with another first line. Null: that would be no lie. */
const withHead = (recording: Recording, index: number, change: Partial<Line>): Recording =>
  withLines(recording, index, ([head, ...rest]) => [{ kind: "bundle", ...head, ...change }, ...rest]);

/**
 * A bundle after the first, whose first line does not continue those before. Null: that would be no
 * lie.
 */
function follows(
  name: string,
  change: (recording: Recording, index: number, random: Random) => Partial<Line> | null,
  says: string,
): Kind {
  return about(
    name,
    "bundle-chain",
    (recording) => namesOf(recording).flatMap((_, index) => (index > 0 ? index : [])),
    (recording, index, random) => {
      const head = change(recording, index, random);
      return head && withHead(recording, index, head);
    },
    says,
  );
}

/** A batch after the first that names another bundle. Null: that would be no lie. */
function renamed(
  name: string,
  hashOf: (recording: Recording, bundle: number, first: Hex) => Hex | null | undefined,
  says: string,
): Kind {
  return about(
    name,
    "bundle",
    (recording) => eventsOf(recording, "Settled").slice(1),
    (recording, { tx, item }) => {
      const own = item.bundleHash as Hex;
      const first = eventsOf(recording, "Settled")[0]?.item.bundleHash as Hex;
      const other = hashOf(recording, namesOf(recording).indexOf(own), first);
      return other ? withBundleHashes(recording, new Map([[own, other]]), tx) : null;
    },
    says,
  );
}

/** Bundles as files, and the chain that they make. */
export const BUNDLE_KINDS: readonly Kind[] = [
  served("a bit of a bundle", (bytes, random) => flipSignature(bytes, random), "the bundle 0x"),
  served("a truncated bundle", (bytes, random) => bytes.slice(0, bytes.length - 1 - random.below(200)), "is cut off"),
  served("a bundle that is not available", () => null, "which is not available"),
  served(
    "another number in a bundle",
    (bytes) =>
      Buffer.from(
        Buffer.from(bytes)
          .toString()
          .replace(/("kind":"end","allotments":)\d+/, "$1999"),
      ),
    "does not have the numbers of lines",
  ),
  made(
    "a bundle without its last line",
    (recording, index) => withBundle(recording, index, (bytes) => toJsonLines(linesOf(bytes).slice(0, -1))),
    "is cut off: it has no end line",
  ),
  made(
    "a bundle with wrong counts",
    (recording, index) =>
      withBundle(recording, index, (bytes) =>
        toJsonLines(linesOf(bytes).map((line) => (line.kind === "end" ? { ...line, omitted: 4_000 } : line))),
      ),
    "does not have the numbers of lines",
  ),
  made(
    "a bundle with a key too many",
    (recording, index, random) =>
      withLines(recording, index, (lines) => {
        const at = random.below(lines.length - 1);
        return lines.map((line, i) => (i === at ? { ...line, note: "" } : line));
      }),
    "has the keys",
  ),
  made(
    "a bundle of another contract",
    (recording, index) => withHead(recording, index, { contract: STRANGER }),
    `is of the contract ${STRANGER}`,
  ),
  made("a bundle of another chain", (recording, index) => withHead(recording, index, { chainId: 1 }), "is of chain 1"),
  made(
    "a bundle made after its batch",
    (recording, index) => withHead(recording, index, { block: (batchOf(recording, index)?.facts.block ?? 0) + 1 }),
    ", after the batch",
  ),
  renamed("a bundle of another batch", (_recording, _bundle, first) => first, "which was made for batch 1"),
  renamed("a batch that names no bundle", () => NO_BUNDLE, "names no bundle, though earlier batches do"),
  renamed(
    "a bundle that is older than that of the batch before",
    (recording, bundle) =>
      namesOf(recording).find(
        (_, index) => batchOf(recording, index) === null && named(recording).some((one) => one > index && one < bundle),
      ),
    "which is older than that of batch",
  ),
  follows(
    "a previous bundle that is not there",
    (_recording, _index, random) => {
      const hash = createHash("sha256").update(String(random.below(1_000_000)));
      return { previous: `0x${hash.digest("hex")}` };
    },
    "which another names, is not available",
  ),
  follows("a later bundle that says it is the first", () => ({ previous: NO_BUNDLE }), "says that it is the first"),
  follows(
    "a bundle left out of the chain",
    (recording, index) =>
      index > 1 && batchOf(recording, index - 1) !== null ? { previous: namesOf(recording)[index - 2] } : null,
    "came before it",
  ),
  follows("a bundle that is older than the one before it", () => ({ block: 1 }), "is older than"),
];

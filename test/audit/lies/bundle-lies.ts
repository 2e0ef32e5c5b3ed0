import type { VoucherLine } from "../../../audit/bundles/format/bundle-format.ts";
import {
  type BundleLie,
  regranted,
  repromised,
  together,
  withBytes,
  withEmptyBundle,
  withFacts,
  withHeader,
  withLine,
  withLines,
} from "./bundle-lie.ts";
import { inTurn, later, withBit, withCall, withEvent, withTransactionOf } from "./lie.ts";

const OTHER_HASH = `0x${"77".repeat(32)}`;
const NO_HASH = `0x${"00".repeat(32)}`;
const JUNK = `0x${"11".repeat(64)}`;

/** In event and calldata, as a T would write it. */
const withBundleHash = (index: number, hash: string) =>
  withFacts((all) =>
    withCall(
      "settle",
      (call) => ({ ...call, batch: call.batch.slice(0, 4) + hash.slice(2) + call.batch.slice(68) }),
      index,
    )(withEvent("Settled", (event) => ({ ...event, bundleHash: hash }), index)(all)),
  );

const FILE_LIES: readonly BundleLie[] = [
  ["a bundle that is nowhere", withBytes(0, () => null), "bundle", "which is not to be had"],
  ["a bundle without its last line", withBytes(0, (bytes) => bytes.slice(0, -70)), "bundle", "is cut off"],
  [
    "a bundle with another byte",
    withBytes(0, (bytes) => new TextEncoder().encode(new TextDecoder().decode(bytes).replace("WAITING", "CLAIMED"))),
    "bundle",
    "which is not its name",
  ],
  ["a bundle of another chain", withHeader(0, (header) => ({ ...header, chainId: 1 })), "bundle", "is of chain 1"],
  [
    "a bundle of another contract",
    withHeader(0, (header) => ({ ...header, contract: `0x${"57".repeat(20)}` })),
    "bundle",
    "is of the contract 0x5757",
  ],
  [
    "a bundle of another batch",
    (run) => withBundleHash(1, run.bundles[0]?.name as string)(run),
    "bundle",
    "which was made for batch 1",
  ],
  [
    "a bundle that is older than that of the batch before",
    (run) => withBundleHash(2, run.bundles[1]?.name as string)(run),
    "bundle",
    "which is older than that of batch 2",
  ],
  ["a batch that names nothing", withBundleHash(2, NO_HASH), "bundle", "names no bundle, though earlier batches do"],
  [
    "a bundle made after its batch",
    withHeader(3, (header) => ({ ...header, block: header.block + 1_000 })),
    "bundle",
    "after the batch",
  ],
  [
    "a bundle whose previous one is nowhere",
    withHeader(2, (header) => ({ ...header, previous: OTHER_HASH })),
    "bundle-chain",
    "which another names, is not to be had",
  ],
  [
    "a second first bundle",
    withHeader(3, (header) => ({ ...header, previous: NO_HASH })),
    "bundle-chain",
    "says that it is the first",
  ],
  [
    "a bundle left out of the chain",
    (run) => withHeader(3, (header) => ({ ...header, previous: run.bundles[0]?.name as string }))(run),
    "bundle-chain",
    "came before it",
  ],
  [
    "a bundle that is older than the one before",
    withHeader(2, (header) => ({ ...header, block: 1 })),
    "bundle-chain",
    "is older than",
  ],
  [
    "an allotment published twice",
    (run) => withLines(2, ([head, ...rest]) => [head, run.bundles[0]?.lines[1], ...rest] as never)(run),
    "bundle-chain",
    "is published twice",
  ],
];

const LISTING_LIES: readonly BundleLie[] = [
  [
    "a row that its bundle does not list",
    withLine(0, "voucher", 1, () => null),
    "bundle-rows",
    "settles a lane that its bundle does not list",
  ],
  [
    "a voucher that its batch does not settle",
    withLine(3, "voucher", 2, (line, { hands }) => [
      line,
      { ...line, lane: 9, amount: "5", signature: hands.promise(hands.payer, hands.payee, 9, 5n) },
    ]),
    "bundle-rows",
    "does not settle lane 9",
  ],
  [
    "another statement",
    withLine(2, "statement", null, (line) => ({ ...line, signature: JUNK })),
    "bundle-rows",
    "settles a statement that its bundle does not list",
  ],
  [
    "a statement of other lanes",
    withLine(2, "statement", null, (line) => ({ ...line, lanes: [6] })),
    "bundle-rows",
    "does not settle a statement that its bundle lists",
  ],
  [
    "a listed voucher that the session key did not sign",
    withLine(0, "omitted", 3, (line) => ({ ...line, amount: "10999" })),
    "bundle-voucher",
    "lists a voucher on lane 3",
  ],
  [
    "a listed voucher above its cap",
    withLine(0, "omitted", 3, repromised(20_001n)),
    "bundle-voucher",
    "above the cap of its allotment",
  ],
  [
    "a row below the voucher that T lists",
    withLine(0, "voucher", 1, repromised<VoucherLine>(60_001n)),
    "row-below-voucher",
    "settles less than the voucher of 60001",
  ],
  [
    "a statement's row below the voucher that T lists",
    withLine(2, "voucher", 6, repromised<VoucherLine>(9_001n)),
    "row-below-voucher",
    "settles less than the voucher of 9001",
  ],
];

const OMISSION_LIES: readonly BundleLie[] = [
  ["a voucher forgotten", withLine(1, "omitted", 3, () => null), "voucher-left-out", "which lists it no more"],
  [
    "a voucher forgotten behind a bundle of allotments only",
    (run) => withEmptyBundle(2, withLine(2, "omitted", 3, () => null)(run)),
    "voucher-left-out",
    "which lists it no more",
  ],
  ["a voucher lowered", withLine(2, "omitted", 3, repromised(11_000n)), "voucher-left-out", "than in the one before"],
  [
    "a claim that was not",
    withLine(0, "omitted", 3, (line) => ({ ...line, reason: "CLAIMED" })),
    "voucher-left-out",
    "was left out as CLAIMED, but no claim has used its lane",
  ],
  [
    "a skip that was not",
    withLine(1, "omitted", 3, (line) => ({ ...line, reason: "SKIPPED" })),
    "voucher-left-out",
    "was left out as SKIPPED, but no batch has skipped it",
  ],
  [
    "dust that was not",
    withLine(0, "omitted", 2, (line) => ({ ...line, reason: "DUST" })),
    "voucher-left-out",
    "was left out as DUST, but its batch settles a voucher of 29000",
  ],
  [
    "a wait that was over",
    together(
      withLine(0, "allotment", 3, (line, run) => regranted({ expiresAt: line.expiresAt - 240 })(line, run)),
      withLine(0, "omitted", 3, (line) => ({ ...line, receivedAt: line.receivedAt - 240 })),
    ),
    "voucher-left-out",
    "was left out as WAITING, but its time was over",
  ],
  [
    "vouchers that no batch settles any more",
    withFacts((all) =>
      all.filter(({ events }) => !events.some((event) => event.kind === "Settled" && event.batch === 3)),
    ),
    "voucher-left-out",
    "was never settled",
  ],
  [
    "a batch that came too late",
    withFacts(withTransactionOf("Settled", later(300), 2)),
    "settlement-delay",
    "s too late",
  ],
  [
    "a skipped row that no claim has overtaken",
    withFacts(
      inTurn(
        withCall("settle", (call) => ({ ...call, batch: withBit(call.batch, 1) }), 2),
        withEvent("Settled", (event) => [{ kind: "RowSkipped", batch: 3, row: 1, reason: "SIGNATURE" }, event], 2),
      ),
    ),
    "row-overtaken",
    "was skipped as SIGNATURE, though no claim has used its lane",
  ],
  [
    "a claim on an allotment that was never published",
    together(
      withLine(0, "allotment", 8, () => null),
      withHeader(3, (header) => ({ ...header, time: header.time + 200 })),
      withFacts(withTransactionOf("Settled", later(300), 2)),
    ),
    "allotment-published",
    "shows is in no bundle",
  ],
];

export const BUNDLE_LIES: readonly BundleLie[] = [...FILE_LIES, ...LISTING_LIES, ...OMISSION_LIES];

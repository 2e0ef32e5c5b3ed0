import { createHash } from "node:crypto";
import { bytesToHex, type Hex } from "../../../protocol/base/bytes.ts";
import type { SignedStatement } from "../../../protocol/signed/statement.ts";
import { CHAIN_ID } from "./constants.ts";
import type { Papers } from "./papers.ts";
import { isDust, type Lane, type Scene } from "./scene.ts";

const VERSION = 1;

/** Publishes the bundle of a batch of these lanes under its name: the SHA-256 of its bytes. */
export function publishBundle(scene: Scene, lanes: readonly Lane[], statements: readonly SignedStatement[]): Hex {
  const { chain, unpublished } = scene;
  const { block, time } = chain.last();
  const omitted = scene.lanes.filter(
    (lane) => lane.taken !== null && lane.batch === null && !lanes.includes(lane) && lane.told !== tellOf(lane),
  );
  const { contract } = chain;
  const head = {
    kind: "bundle",
    version: VERSION,
    chainId: CHAIN_ID,
    contract,
    previous: scene.previousBundle,
    block,
    time,
  };
  const lines: object[] = [
    head,
    ...unpublished.map(allotmentLine),
    ...lanes.map((lane) => ({ kind: "voucher", ...voucherOf(scene.papers, lane) })),
    ...statements.map(({ payer, sessionKey, signature, lanes: rows }) => {
      const numbers = rows.map(({ lane }) => lane);
      return { kind: "statement", payer, sessionKey, signature: bytesToHex(signature), lanes: numbers };
    }),
    ...omitted.map((lane) => ({ kind: "omitted", ...voucherOf(scene.papers, lane), reason: reasonOf(lane) })),
    {
      kind: "end",
      allotments: unpublished.length,
      vouchers: lanes.length,
      statements: statements.length,
      omitted: omitted.length,
    },
  ];
  for (const lane of omitted) lane.told = tellOf(lane);
  for (const lane of lanes) lane.told = "row";
  scene.unpublished = [];
  const bytes = toJsonLines(lines);
  const name = nameOf(bytes);
  scene.bundles.set(name, bytes);
  scene.previousBundle = name;
  return name;
}

/** What a bundle tells of a lane that is not in its batch. */
function tellOf(lane: Lane): string {
  return `${lane.taken?.amount} ${reasonOf(lane)}`;
}

function reasonOf(lane: Lane): string {
  if (lane.isSkipped) return "SKIPPED";
  if (lane.isClaimed) return "CLAIMED";
  if (lane.isSettling) return "SETTLING";
  return isDust(lane) ? "DUST" : "WAITING";
}

function voucherOf(papers: Papers, { allotment, session, taken }: Lane): object {
  const { payer, payee, lane } = allotment;
  const { amount, receivedAt } = taken ?? { amount: 0n, receivedAt: 0 };
  const signature = papers.voucher({ payer, payee, lane, amount }, session);
  return { payer, lane, amount: String(amount), signature, receivedAt };
}

function allotmentLine(lane: Lane): object {
  return {
    kind: "allotment",
    ...termsOf(lane),
    signature: lane.allotmentSignature,
    issuedAtBlock: lane.issuedAtBlock,
    issuedAt: lane.issuedAt,
  };
}

export function nameOf(bytes: Uint8Array): Hex {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What each payee keeps, as `floodgate vouchers export` writes it. */
export function exportVouchers({ lanes, papers }: Scene): Uint8Array {
  const lines = lanes
    .filter(({ promised }) => promised > 0n)
    .map((lane) => ({
      kind: "held",
      ...termsOf(lane),
      allotmentSignature: lane.allotmentSignature,
      amount: String(lane.promised),
      voucherSignature: papers.voucher({ ...lane.allotment, amount: lane.promised }, lane.session),
      receipt: lane.receipt && { ...lane.receipt, amount: String(lane.receipt.amount) },
    }));
  return toJsonLines(lines);
}

/** The bytes of a bundle, or of a payee's file. */
export function toJsonLines(lines: readonly object[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function termsOf({ allotment }: Lane): object {
  const { payer, payee, sessionKey, payeeKey, lane, cap, pricePerGiB, credit, infoHash, expiresAt } = allotment;
  const [capText, price] = [String(cap), String(pricePerGiB)];
  return { payer, payee, sessionKey, payeeKey, lane, cap: capText, pricePerGiB: price, credit, infoHash, expiresAt };
}

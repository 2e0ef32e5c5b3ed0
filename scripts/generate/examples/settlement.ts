import { type AuditBundle, bundleLines, NO_BUNDLE, nameBundle } from "../../../protocol/audit/bundle.ts";
import { spellHeldVoucher } from "../../../protocol/audit/held-voucher.ts";
import { bytesToHex } from "../../../protocol/base/bytes.ts";
import { SIGNATURE_BYTES, sign } from "../../../protocol/base/secp256k1.ts";
import {
  type Batch,
  buildBatch,
  buildStatementBatch,
  encodeBatch,
  hashOutcome,
} from "../../../protocol/contract/batch.ts";
import { hashReceipt } from "../../../protocol/signed/receipt.ts";
import { layOut, listValues, type Part } from "./layout.ts";
import {
  ALICE,
  AMOUNT,
  allotmentOf,
  BOB,
  BOB_SESSION,
  DOMAIN,
  keyOf,
  RECEIVED_AT,
  SEPARATOR,
  SIGNED_ALLOTMENT,
  STATEMENT,
  STATEMENT_SIGNATURE,
  voucherOf,
} from "./people.ts";

const HEADER: readonly Part[] = [
  ["version", 1],
  ["bundleHash", 32],
  ["validUntil", 5],
  ["payee count", 2],
  ["payee 0", 20],
];
const GROUP: readonly Part[] = [
  ["payer", 20],
  ["session key", 20],
  ["row count", 1],
];

const VALID_UNTIL = 1_900_000_119;

/** Lanes 7 and 8 of Bob, settled by vouchers and by a statement. */
export function settlementExamples(): Record<string, string> {
  const vouchers = [voucherOf(7, AMOUNT), voucherOf(8, 900n)].map((one) => ({ ...one, sessionKey: BOB_SESSION }));
  const byVouchers = buildBatch({ bundleHash: NO_BUNDLE, validUntil: VALID_UNTIL }, vouchers);
  const byStatement = buildStatementBatch({ bundleHash: nameOf(BUNDLE), validUntil: VALID_UNTIL }, [
    { ...STATEMENT, sessionKey: BOB_SESSION, signature: STATEMENT_SIGNATURE },
  ]);
  return {
    "batch-vouchers": layOut(encodeBatch(byVouchers), [...HEADER, ...GROUP, ...rows(2, [["r, vs", SIGNATURE_BYTES]])]),
    "batch-statements": layOut(encodeBatch(byStatement), [
      ...HEADER,
      ...GROUP,
      ["r, vs", SIGNATURE_BYTES],
      ...rows(2, []),
    ]),
    outcome: outcomeOf(byVouchers),
    "audit-bundle": [...bundleLines(BUNDLE)].join("").trimEnd(),
    "audit-bundle-name": nameOf(BUNDLE),
    "held-voucher": heldVoucher().trimEnd(),
  };
}

function rows(count: number, proof: readonly Part[]): Part[] {
  return Array.from({ length: count }, (_, row): Part[] => [
    [`row ${row}: payee index`, 2],
    ["lane", 4],
    ["amount", 12],
    ...proof,
  ]).flat();
}

/** Both rows paid, and only the first one. */
function outcomeOf(batch: Batch): string {
  return listValues({ "rows 0 and 1 paid": hashOutcome(batch, [3n]), "row 1 skipped": hashOutcome(batch, [1n]) });
}

/** The first bundle of an authority: a statement settles lanes 7 and 8, and lane 9 waits. */
const BUNDLE: AuditBundle = {
  header: { ...DOMAIN, previous: NO_BUNDLE, block: 1_000, time: 1_899_999_990 },
  allotments: [7, 8, 9].map((lane) => {
    const allotment = allotmentOf(lane);
    return { ...allotment, signature: bytesToHex(allotment.signature), issuedAtBlock: 890, issuedAt: 1_899_999_880 };
  }),
  vouchers: [received(7, AMOUNT), received(8, 900n)],
  statements: [{ payer: BOB, sessionKey: BOB_SESSION, signature: bytesToHex(STATEMENT_SIGNATURE), lanes: [7, 8] }],
  omitted: [{ ...received(9, 250n), reason: "WAITING" }],
};

function received(lane: number, amount: bigint) {
  const { signature } = voucherOf(lane, amount);
  return { payer: BOB, lane, amount, signature: bytesToHex(signature), receivedAt: RECEIVED_AT };
}

function nameOf(bundle: AuditBundle) {
  return nameBundle(new TextEncoder().encode([...bundleLines(bundle)].join("")));
}

function heldVoucher(): string {
  const receipt = { payer: BOB, payee: ALICE, lane: 7, amount: AMOUNT, receivedAt: RECEIVED_AT };
  const signature = sign(hashReceipt(SEPARATOR, receipt), keyOf("allotter"));
  return spellHeldVoucher({
    allotment: SIGNED_ALLOTMENT,
    amount: AMOUNT,
    signature: voucherOf(7, AMOUNT).signature,
    receipt: { amount: AMOUNT, receivedAt: RECEIVED_AT, signature },
  });
}

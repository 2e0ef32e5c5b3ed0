import type { HeldVoucher } from "../../../audit/bundles/format/held-vouchers.ts";
import type { BundledRun } from "../support/bundled.ts";
import type { Key } from "../support/stage.ts";
import { type BundleLie, withHeld } from "./bundle-lie.ts";

const current = ({ hands }: BundledRun): Key => hands.clerk;

/** So early that T's lag is over when it makes its bundles. */
function longBefore({ facts }: BundledRun): number {
  return (facts[0]?.time ?? 0) - 60;
}

/** The payee holds a receipt for this, and a voucher that deserves it. */
const received =
  (amount: bigint, signer = current, receivedAt?: number) =>
  (line: HeldVoucher, run: BundledRun): HeldVoucher => {
    const { hands } = run;
    const at = receivedAt ?? line.receipt?.receivedAt ?? line.expiresAt - 60;
    const terms = { payer: line.payer as `0x${string}`, payee: line.payee as `0x${string}`, lane: line.lane };
    return {
      ...line,
      amount: String(amount),
      voucherSignature: hands.promise(hands.payer, hands.payee, line.lane, amount),
      receipt: { amount: String(amount), receivedAt: at, signature: hands.receive(terms, amount, at, signer(run)) },
    };
  };

export const HELD_LIES: readonly BundleLie[] = [
  [
    "a receipt for more than was settled",
    withHeld(1, received(60_001n)),
    "receipt",
    "is proof against T: the lane was settled with 60000",
  ],
  [
    "a receipt for more than bundles list",
    (run) => withHeld(4, received(4n, current, longBefore(run)))(run),
    "receipt",
    "says that T held 3",
  ],
  [
    "a receipt that no bundle lists",
    (run) => withHeld(9, received(500n, current, longBefore(run)))(run),
    "receipt",
    "does not list the lane",
  ],
  [
    "a receipt that came after the last bundle and was ignored",
    withHeld(9, received(12_000n)),
    "receipt",
    "is proof against T: the lane was never settled, and its time is over",
  ],
  [
    "a receipt of the payee itself",
    withHeld(
      1,
      received(60_000n, ({ hands }) => hands.payee.session),
    ),
    "held-papers",
    "no allotter of T's signed the receipt",
  ],
  [
    "a receipt of a retired allotter",
    (run) =>
      withHeld(
        1,
        received(60_001n, ({ hands }) => hands.allotter, run.end.time - 100),
      )(run),
    "held-papers",
    "a retired allotter signed the receipt",
  ],
  [
    "a receipt of the future",
    (run) => withHeld(1, received(60_001n, current, run.end.time + 1_000))(run),
    "held-papers",
    "the future holds the receipt",
  ],
  [
    "a voucher that its payer did not sign",
    withHeld(1, (line) => ({ ...line, amount: "60002" })),
    "held-papers",
    "the session key did not sign the voucher",
  ],
  [
    "a voucher above its cap",
    withHeld(9, (line, { hands }) => ({
      ...line,
      amount: "13001",
      voucherSignature: hands.promise(hands.payer, hands.payee, 9, 13_001n),
    })),
    "held-papers",
    "the voucher is above the cap",
  ],
  [
    "an allotment that T did not sign",
    withHeld(1, (line) => ({ ...line, cap: "100001" })),
    "held-papers",
    "no allotter of T's signed the allotment",
  ],
];

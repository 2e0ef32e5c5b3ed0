import { bytesToHex, type Hex, hexToBytes } from "../../../protocol/base/bytes.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { recoverSigner, sign } from "../../../protocol/base/secp256k1.ts";
import { hashReceipt, type Receipt } from "../../../protocol/signed/receipt.ts";
import type { DomainSeparator } from "../../../protocol/signed/typed-data.ts";
import { hashVoucher, type Voucher } from "../../../protocol/signed/voucher.ts";

/** What a push costs most: its vouchers' signers, or the signatures of its receipts. Pure. */

/** A voucher with 64 bytes that may be a signature. */
export interface ClaimedVoucher extends Voucher {
  readonly signature: Hex;
}

export type SigningTask =
  | { readonly kind: "recover"; readonly separator: DomainSeparator; readonly items: readonly ClaimedVoucher[] }
  | {
      readonly kind: "sign";
      readonly separator: DomainSeparator;
      readonly items: readonly Receipt[];
      /** Of the allotter. */
      readonly secret: Uint8Array;
    };

/** One result for each item: who has signed, null for nobody; or the signature. */
export function runTask(task: SigningTask): (Address | Hex | null)[] {
  const { separator } = task;
  if (task.kind === "sign")
    return task.items.map((receipt) => bytesToHex(sign(hashReceipt(separator, receipt), task.secret)));
  return task.items.map(({ signature, ...voucher }) =>
    recoverSigner(hashVoucher(separator, voucher), hexToBytes(signature)),
  );
}

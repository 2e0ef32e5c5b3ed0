import { TypedDataEncoder } from "ethers";
import type { Rules } from "../facts/facts.ts";
import type { Hex } from "../facts/primitives.ts";
import { NATIVE } from "./native-signatures.ts";

/** EIP-712 domain separator of {Floodgate, 1} for this contract on this chain. */
export function domainSeparatorOf(rules: Pick<Rules, "chainId" | "contract">): Hex {
  return TypedDataEncoder.hashDomain({
    name: "Floodgate",
    version: "1",
    chainId: rules.chainId,
    verifyingContract: rules.contract,
  });
}

/** First opinions only. What leads to a finding, or moves money, needs `Run.signers`. */
export const {
  voucher: recoverVoucherSigner,
  statement: recoverStatementSigner,
  allotment: recoverAllotter,
  authorization: recoverAuthorizer,
  withdrawal: recoverWithdrawer,
  instantWithdrawal: recoverInstantWithdrawer,
} = NATIVE;

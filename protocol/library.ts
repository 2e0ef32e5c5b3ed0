/** `floodgate/protocol`: what is signed and sent, for programs that speak it themselves. */

export { ERROR_CODES, type ErrorCode } from "./base/error-codes.ts";
export {
  AccessError,
  ChainError,
  FloodgateError,
  InputError,
  InvariantError,
  NetworkError,
  PaymentError,
  ProtocolError,
  VerificationError,
} from "./base/errors.ts";
export { type Address, type InfoHash, parseAddress, parseInfoHash, toChecksumAddress } from "./base/ids.ts";
export { type Amount, formatAmount, formatMoney, owed, parseAmount, parseBaseUnits } from "./base/units.ts";
export { floodgateAbi } from "./contract/abi.ts";
export { type Allotment, hashAllotment, type SignedAllotment } from "./signed/allotment.ts";
export { hashReceipt, type Receipt } from "./signed/receipt.ts";
export { hashSessionAuthorization, type SessionAuthorization } from "./signed/session.ts";
export { hashStatement, type Statement } from "./signed/statement.ts";
export { type DomainSeparator, hashDomain } from "./signed/typed-data.ts";
export { hashVoucher, type SignedVoucher, type Voucher } from "./signed/voucher.ts";
export { hashInstantWithdrawal, hashWithdrawal, type Withdrawal } from "./signed/withdrawal.ts";

import { Interface } from "ethers";

/** What the audit reads of contracts/interfaces/IFloodgate.sol, written down a second time on purpose. */
export const FLOODGATE = new Interface([
  "event Deposited(address indexed account, address indexed from, uint96 amount)",
  "event SessionAuthorized(address indexed account, address indexed sessionKey, uint96 limit, uint40 expiresAt)",
  "event SessionRevoked(address indexed account, address indexed sessionKey, uint40 expiresAt)",
  "event RowSkipped(uint256 indexed batch, uint256 row, uint8 reason)",
  "event Debited(uint256 indexed batch, address indexed payer, uint96 amount)",
  "event Credited(uint256 indexed batch, address indexed payee, uint96 amount)",
  "event Settled(uint256 indexed batch, bytes32 evidenceHash, bytes32 outcomeHash, uint96 total, uint96 fee)",
  "event Claimed(address indexed payer, address indexed payee, uint32 indexed lane, uint96 amount, uint96 totalPaid)",
  "event WithdrawalRequested(address indexed account, address indexed to, uint96 amount, uint40 withdrawableAt)",
  "event Withdrawn(address indexed account, address indexed to, uint96 amount)",
  "event OperatorSet(address indexed operator)",
  "event AllotterSet(address indexed allotter, bool isCurrent)",
  "event FeeSet(uint16 feeBps, uint40 effectiveAt)",
  "event FeeRecipientSet(address indexed feeRecipient)",
  "event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)",
  "event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)",

  "function authorizeSession(address sessionKey, uint96 limit, uint40 expiresAt)",
  "function authorizeSessionFor((address account, address sessionKey, uint96 limit, uint40 expiresAt) authorization, bytes signature)",
  "function revokeSession(address sessionKey)",
  "function settle(bytes batch)",
  "function claim((address payer, address payee, address sessionKey, address payeeKey, uint32 lane, uint96 cap, uint96 pricePerGiB, uint32 credit, bytes20 infoHash, uint40 expiresAt) allotment, bytes allotmentSignature, uint96 amount, bytes voucherSignature)",
  "function requestWithdrawal(uint96 amount)",
  "function requestWithdrawalFor((address account, address to, uint96 amount, uint40 deadline, uint256 nonce) withdrawal, bytes signature)",
  "function withdraw(address to)",
  "function withdrawFor(address account)",

  "function token() view returns (address)",
  "function allotmentPeriod() view returns (uint40)",
  "function claimPeriod() view returns (uint40)",
  "function withdrawalDelay() view returns (uint40)",
  "function operator() view returns (address)",
  "function feeRecipient() view returns (address)",
  "function feeBps() view returns (uint16)",
  "function pendingFee() view returns (uint16 newFeeBps, uint40 effectiveAt)",
  "function allotterOf(address key) view returns ((bool isCurrent, uint40 retiredAt))",
  "function accountsOf(address[] accounts) view returns ((uint96 balance, uint96 withdrawing, uint40 withdrawableAt)[])",
  "function sessionOf(address account, address sessionKey) view returns ((uint96 limit, uint96 spent, uint40 expiresAt, bool revoked))",
  "function withdrawalRecipient(address account) view returns (address)",
  "function totalBalance() view returns (uint96)",
  "function isLaneSettled(address payer, uint32 lane) view returns (bool)",
  "function paid(address payer, uint32 lane, address payee) view returns (uint96)",
  "function batchCount() view returns (uint96)",
  "function outcomeHash(uint256 batch) view returns (bytes32)",
  "function domainSeparator() view returns (bytes32)",
]);

/** ERC-20, as far as the audit needs it. */
export const TOKEN = new Interface([
  "event Transfer(address indexed from, address indexed to, uint256 amount)",
  "function balanceOf(address holder) view returns (uint256)",
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
]);

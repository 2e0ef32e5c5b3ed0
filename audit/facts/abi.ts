import { Interface } from "ethers";

const ALLOTMENT =
  "(address payer, address payee, address sessionKey, address payeeKey, uint32 lane, uint96 cap, uint96 pricePerGiB, uint32 credit, bytes20 infoHash, uint40 expiresAt) allotment";
const CLAIM = `${ALLOTMENT}, bytes allotmentSignature, uint96 amount, bytes voucherSignature`;
const EVIDENCE = "(address claimant, uint256 batch, bytes rows, uint256 paidRows, bytes32[] proof) evidence";
const WITHDRAWAL = "(address account, address to, uint96 amount, uint40 deadline, uint256 nonce) withdrawal";

/**
 * The parts of contracts/interfaces/IFloodgate.sol that the audit reads, written down a second time
 * on purpose.
 */
export const FLOODGATE = new Interface([
  "event Deposited(address indexed account, address indexed from, uint96 amount, bytes32 id)",
  "event SessionAuthorized(address indexed account, address indexed sessionKey, uint96 limit, uint40 expiresAt)",
  "event SessionRevoked(address indexed account, address indexed sessionKey, uint40 expiresAt)",
  "event RowsSkipped(uint256 indexed batch, bytes rows)",
  "event Debited(uint256 indexed batch, bytes32[] entries)",
  "event Credited(uint256 indexed batch, bytes32[] entries)",
  "event Settled(uint256 indexed batch, bytes32 bundleHash, bytes32 outcomeHash, uint96 total, uint96 fee)",
  "event Claimed(address indexed payer, address indexed payee, uint32 indexed lane, uint96 amount, uint96 totalPaid, uint96 fromBond, address allotter)",
  "event ClaimSkipped(uint256 index, bytes reason)",
  "event BondDeposited(address indexed from, uint96 amount)",
  "event BondWithdrawalRequested(uint96 amount, uint40 withdrawableAt)",
  "event BondWithdrawn(address indexed to, uint96 amount)",
  "event WithdrawalRequested(address indexed account, address indexed to, uint96 amount, uint40 withdrawableAt)",
  "event Withdrawn(address indexed account, address indexed to, uint96 amount)",
  "event Released(address indexed account, address indexed to, uint96 amount, uint24 nonce, address allotter)",
  "event OperatorSet(address indexed operator)",
  "event AllotterSet(address indexed allotter, uint96 bondBudget, uint40 effectiveAt)",
  "event AllotterRetired(address indexed allotter, uint40 retiredAt)",
  "event FeeSet(uint16 feeBps, uint40 effectiveAt)",
  "event FeeRecipientSet(address indexed feeRecipient)",
  "event Paused(address account)",
  "event Unpaused(address account)",
  "event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)",
  "event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)",

  "function multicall(bytes[] data) returns (bytes[] results)",
  "function depositFor(address account, uint96 amount, bytes32 id)",
  "function depositForMany((address account, uint96 amount, bytes32 id)[] deposits)",
  "function authorizeSession(address sessionKey, uint96 limit, uint40 expiresAt)",
  "function authorizeSessionFor((address account, address sessionKey, uint96 limit, uint40 expiresAt) authorization, bytes signature)",
  "function revokeSession(address sessionKey)",
  "function settle(bytes batch)",
  `function claim(${CLAIM})`,
  `function claimWithEvidence(${CLAIM}, ${EVIDENCE})`,
  "function claimMany(bytes[] claims)",
  "function requestWithdrawal(uint96 amount)",
  `function requestWithdrawalFor(${WITHDRAWAL}, bytes signature)`,
  "function withdraw(address to)",
  "function withdrawFor(address account)",
  "function withdrawNow(address to, uint96 amount, uint40 deadline, bytes releaseSignature)",
  `function withdrawNowFor(${WITHDRAWAL}, bytes signature, uint40 releaseDeadline, bytes releaseSignature)`,
  "function depositBond(uint96 amount)",
  "function requestBondWithdrawal(uint96 amount)",
  "function withdrawBond(address to)",
  "function setOperator(address newOperator)",
  "function setAllotter(address allotter, uint96 bondBudget)",
  "function retireAllotter(address allotter)",
  "function setFee(uint16 newFeeBps)",
  "function setFeeRecipient(address newFeeRecipient)",
  "function pauseDeposits()",
  "function unpauseDeposits()",
  "function transferOwnership(address newOwner)",
  "function acceptOwnership()",

  "function token() view returns (address)",
  "function allotmentPeriod() view returns (uint40)",
  "function claimPeriod() view returns (uint40)",
  "function owner() view returns (address)",
  "function pendingOwner() view returns (address)",
  "function operator() view returns (address)",
  "function feeRecipient() view returns (address)",
  "function feeBps() view returns (uint16)",
  "function pendingFee() view returns (uint16 newFeeBps, uint40 effectiveAt)",
  "function paused() view returns (bool)",
  "function bond() view returns ((uint96 amount, uint96 withdrawing, uint40 withdrawableAt))",
  "function allotterOf(address key) view returns ((uint96 bondBudget, uint96 bondSpent, uint40 retiredAt, bool isCurrent, uint96 nextBudget, uint40 effectiveAt))",
  "function accountOf(address account) view returns ((uint96 balance, uint96 withdrawing, uint40 withdrawableAt, uint24 releaseNonce))",
  "function nonces(address account) view returns (uint256)",
  "function sessionOf(address account, address sessionKey) view returns ((uint96 limit, uint96 spent, uint40 expiresAt, bool revoked))",
  "function isDepositIdUsed(address from, bytes32 id) view returns (bool)",
  "function withdrawalRecipient(address account) view returns (address)",
  "function totalBalance() view returns (uint96)",
  "function isLaneSettled(address payer, uint32 lane) view returns (bool)",
  "function paid(address payer, uint32 lane, address payee) view returns (uint96 amount, bool hasClosedLane)",
  "function batchCount() view returns (uint96)",
  "function outcomeHash(uint256 batch) view returns (bytes32)",
]);

/** ERC-20, as far as the audit needs it. */
export const TOKEN = new Interface([
  "event Transfer(address indexed from, address indexed to, uint256 amount)",
  "function balanceOf(address holder) view returns (uint256)",
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
]);

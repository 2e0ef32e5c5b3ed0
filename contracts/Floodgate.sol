// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFloodgate} from "./interfaces/IFloodgate.sol";

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {AccountLib} from "./libraries/accounts/AccountLib.sol";
import {AllotterLib} from "./libraries/accounts/AllotterLib.sol";
import {BatchReader} from "./libraries/settlement/BatchReader.sol";
import {BondLib} from "./libraries/accounts/BondLib.sol";
import {CompactSignature} from "./libraries/CompactSignature.sol";
import {OutcomeLib} from "./libraries/settlement/OutcomeLib.sol";
import {SessionLib} from "./libraries/accounts/SessionLib.sol";
import {RowLoop} from "./libraries/settlement/RowLoop.sol";
import {SettlementLib} from "./libraries/settlement/SettlementLib.sol";
import {TypedData} from "./libraries/TypedData.sol";

/// @title Floodgate
/// @notice Holds customers' deposits and turns their vouchers into transfers. IFloodgate explains
/// every function.
contract Floodgate is
    IFloodgate,
    EIP712,
    Multicall,
    Nonces,
    Ownable2Step,
    Pausable,
    ReentrancyGuardTransient
{
    using AccountLib for AccountLib.Exit;
    using AccountLib for AccountLib.Funds;
    using AllotterLib for Allotter;
    using AllotterLib for mapping(address key => Allotter);
    using BatchReader for bytes;
    using BondLib for Bond;
    using OutcomeLib for Evidence;
    using SafeERC20 for IERC20;
    using RowLoop for RowLoop.Frame;
    using SessionLib for SessionLib.Terms;
    using SettlementLib for SettlementLib.Run;

    /* TYPES */

    /// @dev What claims know about a lane and a payee. One slot.
    struct Paid {
        uint96 amount; // base units, paid by claims or shown by evidence
        bool hasClosedLane; // a claim of this payee has used up the lane, so no batch ever paid on it
    }

    /* CONSTANTS */

    /// @dev Keeps every sum of a time and periods far below 2^40, and the withdrawal delay to
    /// something that customers would wait for.
    uint256 private constant MAX_PERIOD = 365 days;

    uint256 private constant MAX_FEE_BPS = 1_000;

    /* IMMUTABLES */

    /// @inheritdoc IFloodgate
    IERC20 public immutable token;

    /// @inheritdoc IFloodgate
    uint40 public immutable allotmentPeriod;

    /// @inheritdoc IFloodgate
    uint40 public immutable claimPeriod;

    /* STORAGE */

    // One slot: all that `settle` reads of the operator and the fee.
    /// @inheritdoc IFloodgate
    address public operator;
    uint16 private _feeBps;
    uint16 private _newFeeBps;
    uint40 private _feeEffectiveAt;

    // One slot, written once by each batch.
    /// @inheritdoc IFloodgate
    address public feeRecipient;
    /// @inheritdoc IFloodgate
    uint96 public batchCount;

    /// @inheritdoc IFloodgate
    uint96 public totalBalance;

    mapping(address account => AccountLib.Funds) private _accounts;
    mapping(address account => mapping(address sessionKey => SessionLib.Terms)) private _sessions;
    mapping(address payer => mapping(uint256 laneWord => uint256 bitmap)) private _settledLanes;
    mapping(address key => Allotter) private _allotters;
    mapping(address payer => mapping(uint32 lane => mapping(address payee => Paid))) private _paid;
    Bond private _bond;

    /// @inheritdoc IFloodgate
    mapping(uint256 batch => bytes32) public outcomeHash;

    mapping(address account => AccountLib.Exit) private _exits;

    /// @inheritdoc IFloodgate
    mapping(address from => mapping(bytes32 id => bool)) public isDepositIdUsed;

    /* CONSTRUCTOR */

    constructor(Config memory config) EIP712("Floodgate", "1") Ownable(config.owner) {
        if (address(config.token).code.length == 0) revert TokenInvalid(address(config.token));
        _checkPeriod(config.allotmentPeriod);
        _checkPeriod(config.claimPeriod);
        _checkFee(config.feeBps);

        token = config.token;
        allotmentPeriod = config.allotmentPeriod;
        claimPeriod = config.claimPeriod;
        _newFeeBps = config.feeBps;
        _feeEffectiveAt = uint40(block.timestamp);
        emit FeeSet(config.feeBps, uint40(block.timestamp));

        _setOperator(config.operator);
        _setFeeRecipient(config.feeRecipient);
        _allotters.set(config.allotter, config.bondBudget, uint40(block.timestamp));
    }

    /* DEPOSITS */

    /// @inheritdoc IFloodgate
    function depositFor(address account, uint96 amount, bytes32 id) external whenNotPaused nonReentrant {
        _pull(_deposit(account, amount, id));
    }

    /// @inheritdoc IFloodgate
    function depositForMany(Deposit[] calldata deposits) external whenNotPaused nonReentrant {
        uint256 sum = 0;
        for (uint256 i = 0; i < deposits.length; ++i) {
            sum += _deposit(deposits[i].account, deposits[i].amount, deposits[i].id);
        }
        _pull(sum);
    }

    /* SESSIONS */

    /// @inheritdoc IFloodgate
    function authorizeSession(address sessionKey, uint96 limit, uint40 expiresAt) external {
        _authorizeSession(msg.sender, sessionKey, limit, expiresAt);
    }

    /// @inheritdoc IFloodgate
    function authorizeSessionFor(SessionAuthorization calldata authorization, bytes calldata signature) external {
        _checkWallet(authorization.account, TypedData.digest(authorization, _domainSeparatorV4()), signature);

        _authorizeSession(
            authorization.account,
            authorization.sessionKey,
            authorization.limit,
            authorization.expiresAt
        );
    }

    /// @inheritdoc IFloodgate
    function revokeSession(address sessionKey) external {
        SessionLib.Terms storage session = _sessions[msg.sender][sessionKey];
        if (session.revoked) return;

        uint40 expiresAt = session.revoke(block.timestamp + allotmentPeriod);
        emit SessionRevoked(msg.sender, sessionKey, expiresAt);
    }

    /* SETTLEMENT */

    /// @inheritdoc IFloodgate
    function settle(bytes calldata batch) external {
        if (msg.sender != operator) revert CallerNotOperator(msg.sender, operator);
        // Evidence comes out of calldata, which only transactions of keys without code are sure to
        // show.
        // solhint-disable-next-line avoid-tx-origin
        if (msg.sender != tx.origin || msg.sender.code.length != 0) revert OperatorHasCode(msg.sender);
        uint256 number = ++batchCount;
        SettlementLib.Run memory run;
        uint256 offset = run.open(batch, number, _domainSeparatorV4(), feeBps(), claimPeriod);
        uint256 position = batch.positionOf(offset);
        uint256 end = batch.positionOf(batch.length);
        while (position < end) {
            (address payer, address sessionKey, uint256 count) = run.frame.enterGroup(position, end);
            if (count == 0) batch.checkGroup(position - batch.positionOf(0), run.version);
            run.settleGroup(count, _accounts[payer], _sessions[payer][sessionKey], _settledLanes[payer]);
            position = run.frame.end;
        }

        bytes32 outcome = run.conclude();
        outcomeHash[number] = outcome;
        run.creditPayees(_accounts);
        if (run.fee > 0) _accounts[feeRecipient].balance += uint96(run.fee);
        emit Settled(number, batch.bundleHash(), outcome, uint96(run.total), uint96(run.fee));
    }

    /// @inheritdoc IFloodgate
    function claim(
        Allotment calldata allotment,
        bytes calldata allotmentSignature,
        uint96 amount,
        bytes calldata voucherSignature
    ) external returns (uint96 paidNow) {
        address allotter = _checkAllotment(allotment, allotmentSignature);
        _checkVoucher(allotment, amount, voucherSignature);
        (address payer, uint32 lane) = (allotment.payer, allotment.lane);
        Paid storage record = _paid[payer][lane][allotment.payee];
        uint96 paidBefore = record.amount;
        bool isSettled = isLaneSettled(payer, lane);
        if (paidBefore == 0 && isSettled) revert LaneSettled(payer, lane);

        return _payClaim(allotment, allotter, amount, record, paidBefore, isSettled);
    }

    /// @inheritdoc IFloodgate
    function claimWithEvidence(
        Allotment calldata allotment,
        bytes calldata allotmentSignature,
        uint96 amount,
        bytes calldata voucherSignature,
        Evidence calldata evidence
    ) external returns (uint96 paidNow) {
        address allotter = _checkAllotment(allotment, allotmentSignature);
        _checkVoucher(allotment, amount, voucherSignature);
        (address payer, uint32 lane) = (allotment.payer, allotment.lane);
        Paid storage record = _paid[payer][lane][allotment.payee];
        uint96 paidBefore = record.amount;
        bool isSettled = isLaneSettled(payer, lane);
        if (paidBefore == 0 && isSettled) paidBefore = _paidByBatch(allotment, evidence);

        return _payClaim(allotment, allotter, amount, record, paidBefore, isSettled);
    }

    /// @inheritdoc IFloodgate
    function claimMany(bytes[] calldata claims) external returns (uint96 paidNow) {
        for (uint256 i = 0; i < claims.length; ++i) {
            bytes4 selector = bytes4(claims[i]);
            if (selector != this.claim.selector && selector != this.claimWithEvidence.selector) {
                revert NotAClaim(i, selector);
            }
            // solhint-disable-next-line avoid-low-level-calls
            (bool isPaid, bytes memory result) = address(this).delegatecall(claims[i]);
            if (isPaid) paidNow += abi.decode(result, (uint96));
            else emit ClaimSkipped(i, result);
        }
    }

    /* WITHDRAWALS */

    /// @inheritdoc IFloodgate
    function requestWithdrawal(uint96 amount) external {
        // The account's own word replaces signed ones that nobody has relayed yet.
        _useNonce(msg.sender);
        _requestWithdrawal(msg.sender, address(0), amount);
    }

    /// @inheritdoc IFloodgate
    function requestWithdrawalFor(Withdrawal calldata withdrawal, bytes calldata signature) external {
        _useWithdrawal(withdrawal, TypedData.WITHDRAWAL_TYPE_HASH, signature);
        _requestWithdrawal(withdrawal.account, withdrawal.amount == 0 ? address(0) : withdrawal.to, withdrawal.amount);
    }

    /// @inheritdoc IFloodgate
    function withdraw(address to) external nonReentrant returns (uint96 amount) {
        return _withdraw(msg.sender, to);
    }

    /// @inheritdoc IFloodgate
    function withdrawFor(address account) external nonReentrant returns (uint96 amount) {
        address to = _exits[account].recipient;
        if (to == address(0)) revert RecipientUnknown(account);

        return _withdraw(account, to);
    }

    /// @inheritdoc IFloodgate
    function withdrawNow(
        address to,
        uint96 amount,
        uint40 deadline,
        bytes calldata releaseSignature
    ) external nonReentrant {
        _withdrawNow(msg.sender, to, amount, deadline, releaseSignature);
    }

    /// @inheritdoc IFloodgate
    function withdrawNowFor(
        Withdrawal calldata withdrawal,
        bytes calldata signature,
        uint40 releaseDeadline,
        bytes calldata releaseSignature
    ) external nonReentrant {
        _useWithdrawal(withdrawal, TypedData.INSTANT_WITHDRAWAL_TYPE_HASH, signature);
        _withdrawNow(withdrawal.account, withdrawal.to, withdrawal.amount, releaseDeadline, releaseSignature);
    }

    /* BOND */

    /// @inheritdoc IFloodgate
    function depositBond(uint96 amount) external onlyOwner nonReentrant {
        _addTotal(amount);
        _bond.add(amount);
        emit BondDeposited(msg.sender, amount);

        _pull(amount);
    }

    /// @inheritdoc IFloodgate
    function requestBondWithdrawal(uint96 amount) external onlyOwner {
        uint40 withdrawableAt = amount == 0 ? 0 : uint40(block.timestamp) + bondDelay();
        _bond.request(amount, withdrawableAt);
        emit BondWithdrawalRequested(amount, withdrawableAt);
    }

    /// @inheritdoc IFloodgate
    function withdrawBond(address to) external onlyOwner nonReentrant returns (uint96 amount) {
        _checkRecipient(to);
        amount = _bond.withdraw();
        totalBalance -= amount;
        emit BondWithdrawn(to, amount);

        token.safeTransfer(to, amount);
    }

    /* OWNER */

    /// @inheritdoc IFloodgate
    function setOperator(address newOperator) external onlyOwner {
        _setOperator(newOperator);
    }

    /// @inheritdoc IFloodgate
    function setAllotter(address allotter, uint96 bondBudget) external onlyOwner {
        _allotters.set(allotter, bondBudget, uint40(block.timestamp) + bondDelay());
    }

    /// @inheritdoc IFloodgate
    function retireAllotter(address allotter) external onlyOwner {
        _allotters.retire(allotter);
    }

    /// @inheritdoc IFloodgate
    function setFee(uint16 newFeeBps) external onlyOwner {
        _checkFee(newFeeBps);

        uint40 effectiveAt = uint40(block.timestamp) + withdrawalDelay();
        _feeBps = feeBps();
        _newFeeBps = newFeeBps;
        _feeEffectiveAt = effectiveAt;
        emit FeeSet(newFeeBps, effectiveAt);
    }

    /// @inheritdoc IFloodgate
    function setFeeRecipient(address newFeeRecipient) external onlyOwner {
        _setFeeRecipient(newFeeRecipient);
    }

    /// @inheritdoc IFloodgate
    function renounceOwnership() public pure override(IFloodgate, Ownable) {
        revert OwnerRequired();
    }

    /// @inheritdoc IFloodgate
    function pauseDeposits() external onlyOwner {
        _pause();
    }

    /// @inheritdoc IFloodgate
    function unpauseDeposits() external onlyOwner {
        _unpause();
    }

    /* VIEWS */

    /// @inheritdoc IFloodgate
    function withdrawalDelay() public view returns (uint40) {
        return allotmentPeriod + claimPeriod;
    }

    /// @inheritdoc IFloodgate
    function bondDelay() public view returns (uint40) {
        return 2 * withdrawalDelay();
    }

    /// @inheritdoc IFloodgate
    function bond() external view returns (Bond memory) {
        return _bond;
    }

    /// @inheritdoc IFloodgate
    function feeBps() public view returns (uint16) {
        return block.timestamp < _feeEffectiveAt ? _feeBps : _newFeeBps;
    }

    /// @inheritdoc IFloodgate
    function pendingFee() external view returns (uint16 newFeeBps, uint40 effectiveAt) {
        return (_newFeeBps, _feeEffectiveAt);
    }

    /// @inheritdoc IFloodgate
    function allotterOf(address key) external view returns (Allotter memory allotter) {
        allotter = _allotters[key];
        allotter.bondBudget = _allotters[key].budgetOf();
    }

    /// @inheritdoc IFloodgate
    function accountOf(address account) external view returns (Account memory) {
        return _accounts[account].toAccount(_exits[account]);
    }

    /// @inheritdoc IFloodgate
    function sessionOf(address account, address sessionKey) external view returns (Session memory) {
        return _sessions[account][sessionKey].toSession(_accounts[account].spent);
    }

    /// @inheritdoc IFloodgate
    function withdrawalRecipient(address account) external view returns (address) {
        return _exits[account].recipient;
    }

    /// @inheritdoc IFloodgate
    function isLaneSettled(address payer, uint32 lane) public view returns (bool) {
        return (_settledLanes[payer][lane >> 8] >> (lane & 0xff)) & 1 == 1;
    }

    /// @inheritdoc IFloodgate
    function paid(address payer, uint32 lane, address payee) external view returns (uint96 amount, bool hasClosedLane) {
        Paid memory record = _paid[payer][lane][payee];
        return (record.amount, record.hasClosedLane);
    }

    /// @inheritdoc IFloodgate
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /* INTERNAL: DEPOSITS AND SESSIONS */

    /// @notice Credits a deposit of the caller, once for each id.
    /// @return added base units that the caller owes for it; 0 if it has made this deposit before
    function _deposit(address account, uint96 amount, bytes32 id) private returns (uint256 added) {
        if (account == address(0) || account == address(this)) revert AccountInvalid(account);
        if (id != 0) {
            if (isDepositIdUsed[msg.sender][id]) return 0;
            isDepositIdUsed[msg.sender][id] = true;
        }
        _addTotal(amount);
        _accounts[account].balance += amount;
        emit Deposited(account, msg.sender, amount, id);

        return amount;
    }

    function _addTotal(uint96 amount) private {
        if (amount == 0) revert AmountZero();
        uint256 total = uint256(totalBalance) + amount;
        if (total > type(uint96).max) revert TotalBalanceTooLarge(total, type(uint96).max);

        totalBalance = uint96(total);
    }

    function _pull(uint256 amount) private {
        if (amount == 0) return;

        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = Math.saturatingSub(token.balanceOf(address(this)), before);
        if (received != amount) revert TokenAmountMismatch(received, amount);
    }

    function _authorizeSession(address account, address sessionKey, uint96 limit, uint40 expiresAt) private {
        if (sessionKey == address(0)) revert AddressZero();
        SessionLib.Terms storage session = _sessions[account][sessionKey];
        if (session.revoked) revert SessionIsRevoked(account, sessionKey);
        if (!session.raise(limit, expiresAt, _accounts[account].spent)) return;

        emit SessionAuthorized(account, sessionKey, session.limit, session.expiresAt);
    }

    /* INTERNAL: CLAIMS */

    function _payClaim(
        Allotment calldata allotment,
        address allotter,
        uint96 amount,
        Paid storage record,
        uint96 paidBefore,
        bool isSettled
    ) private returns (uint96 paidNow) {
        uint256 due = Math.saturatingSub(Math.min(amount, allotment.cap), paidBefore);
        paidNow = _takeFromPayer(allotment, due);
        uint96 fromBond = _takeFromBond(allotter, due - paidNow);
        paidNow += fromBond;
        // The lane stays open: a bit without a payment would look like a batch's.
        if (paidNow == 0) return 0;

        uint96 totalPaid = paidBefore + paidNow;
        record.amount = totalPaid;
        if (!isSettled) {
            record.hasClosedLane = true;
            _settledLanes[allotment.payer][allotment.lane >> 8] |= 1 << (allotment.lane & 0xff);
        }
        _accounts[allotment.payee].balance += paidNow;
        _emitClaimed(allotment, paidNow, totalPaid, fromBond, allotter);
    }

    /// @dev A dead session pays nothing: then the authority has promised too long, and its bond
    /// answers.
    function _takeFromPayer(Allotment calldata allotment, uint256 due) private returns (uint96 taken) {
        AccountLib.Funds storage account = _accounts[allotment.payer];
        SessionLib.Terms storage session = _sessions[allotment.payer][allotment.sessionKey];
        if (!session.paysClaim(allotment.expiresAt, claimPeriod)) return 0;

        uint256 funds = account.read();
        taken = uint96(Math.min(due, Math.min(uint96(funds), session.remaining(uint112(funds >> 96)))));
        account.debitRead(funds, taken);
    }

    function _takeFromBond(address allotter, uint256 missing) private returns (uint96 taken) {
        if (missing == 0) return 0;

        Allotter storage budget = _allotters[allotter];
        taken = _bond.take(budget.withinBudget(missing));
        budget.spend(taken);
    }

    function _emitClaimed(
        Allotment calldata allotment,
        uint96 amount,
        uint96 totalPaid,
        uint96 fromBond,
        address allotter
    ) private {
        emit Claimed(allotment.payer, allotment.payee, allotment.lane, amount, totalPaid, fromBond, allotter);
    }

    /// @dev What a used lane has paid this payee in a batch: only evidence knows.
    function _paidByBatch(Allotment calldata allotment, Evidence calldata evidence) private view returns (uint96) {
        (address payer, uint32 lane) = (allotment.payer, allotment.lane);
        if (_paid[payer][lane][evidence.claimant].hasClosedLane) return 0;
        return evidence.paidTo(outcomeHash[evidence.batch], payer, lane, allotment.payee);
    }

    /* INTERNAL: MONEY */

    function _requestWithdrawal(address account, address to, uint96 amount) private {
        uint40 withdrawableAt = amount == 0 ? 0 : uint40(block.timestamp) + withdrawalDelay();
        _exits[account].request(amount, withdrawableAt, to, _accounts[account].balance);
        emit WithdrawalRequested(account, to, amount, withdrawableAt);
    }

    function _useWithdrawal(Withdrawal calldata withdrawal, bytes32 typeHash, bytes calldata signature) private {
        if (block.timestamp > withdrawal.deadline) revert DeadlinePassed(block.timestamp, withdrawal.deadline);
        _checkRecipient(withdrawal.to);
        _checkWallet(withdrawal.account, TypedData.digest(withdrawal, typeHash, _domainSeparatorV4()), signature);

        _useCheckedNonce(withdrawal.account, withdrawal.nonce);
    }

    function _withdraw(address account, address to) private returns (uint96 amount) {
        _checkRecipient(to);
        amount = _exits[account].withdraw(_accounts[account], account);
        totalBalance -= amount;
        emit Withdrawn(account, to, amount);

        token.safeTransfer(to, amount);
    }

    function _withdrawNow(
        address account,
        address to,
        uint96 amount,
        uint40 deadline,
        bytes calldata releaseSignature
    ) private {
        if (block.timestamp > deadline) revert DeadlinePassed(block.timestamp, deadline);
        if (amount == 0) revert AmountZero();
        _checkRecipient(to);
        AccountLib.Funds storage data = _accounts[account];
        uint24 nonce = data.releaseNonce;
        bytes32 digest = TypedData.releaseDigest(account, to, amount, nonce, deadline, _domainSeparatorV4());
        address allotter = _recover(digest, releaseSignature);
        _allotters.checkCurrent(allotter);

        data.release(amount);
        totalBalance -= amount;
        emit Released(account, to, amount, nonce, allotter);

        token.safeTransfer(to, amount);
    }

    /* INTERNAL: OWNER */

    function _setOperator(address newOperator) private {
        if (newOperator == address(0)) revert AddressZero();

        operator = newOperator;
        emit OperatorSet(newOperator);
    }

    function _setFeeRecipient(address newFeeRecipient) private {
        if (newFeeRecipient == address(0) || newFeeRecipient == address(this)) revert AccountInvalid(newFeeRecipient);

        feeRecipient = newFeeRecipient;
        emit FeeRecipientSet(newFeeRecipient);
    }

    /* INTERNAL: CHECKS */

    function _checkAllotment(
        Allotment calldata allotment,
        bytes calldata signature
    ) private view returns (address allotter) {
        (address payee, uint256 expiresAt) = (allotment.payee, allotment.expiresAt);
        if (block.timestamp >= expiresAt + claimPeriod) {
            revert AllotmentExpired(block.timestamp, expiresAt + claimPeriod);
        }
        if (payee == address(0) || payee == address(this) || payee == allotment.payer) revert PayeeInvalid(payee);

        allotter = _recover(TypedData.digest(allotment, _domainSeparatorV4()), signature);
        _allotters.check(allotter, expiresAt, allotmentPeriod);
    }

    function _checkVoucher(Allotment calldata allotment, uint96 amount, bytes calldata signature) private view {
        bytes32 digest = TypedData.voucherDigest(
            allotment.payer,
            allotment.payee,
            allotment.lane,
            amount,
            _domainSeparatorV4()
        );
        address signer = _recover(digest, signature);
        if (signer != allotment.sessionKey) revert VoucherSignerInvalid(signer, allotment.sessionKey);
    }

    function _recover(bytes32 digest, bytes calldata signature) private view returns (address signer) {
        signer = CompactSignature.recover(digest, signature);
        if (signer == address(0)) revert SignatureMalformed();
    }

    function _checkWallet(address account, bytes32 digest, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(account, digest, signature)) revert SignatureInvalid(account);
    }

    function _checkRecipient(address to) private view {
        if (to == address(0) || to == address(this)) revert RecipientInvalid(to);
    }

    function _checkPeriod(uint256 period) private pure {
        if (period == 0 || period > MAX_PERIOD) revert PeriodOutOfRange(period, MAX_PERIOD);
    }

    function _checkFee(uint256 newFeeBps) private pure {
        if (newFeeBps > MAX_FEE_BPS) revert FeeTooHigh(newFeeBps, MAX_FEE_BPS);
    }
}

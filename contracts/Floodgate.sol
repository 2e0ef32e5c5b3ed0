// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFloodgate} from "./interfaces/IFloodgate.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {AllotterLib} from "./libraries/AllotterLib.sol";
import {BatchReader} from "./libraries/BatchReader.sol";
import {CompactSignature} from "./libraries/CompactSignature.sol";
import {SessionLib} from "./libraries/SessionLib.sol";
import {VoucherLib} from "./libraries/VoucherLib.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Floodgate
/// @notice Holds customers' deposits and turns their vouchers into transfers. IFloodgate explains every function.
contract Floodgate is IFloodgate, EIP712, Nonces, Ownable2Step, ReentrancyGuardTransient {
    using AllotterLib for mapping(address key => Allotter);
    using BatchReader for bytes;
    using SafeERC20 for IERC20;
    using SessionLib for Session;

    /* TYPES */

    /// @dev One call of `settle`. Amounts need no checks of their own: their sum is at most `totalBalance`.
    struct Run {
        uint256 batch;
        bytes32 domain;
        uint256 feeBps;
        uint256 row; // of the whole batch
        uint256 total; // gross
        uint256 fee;
        uint256[] credits; // by payee index, net
    }

    /// @dev One group of a batch. Lanes ascend, so 256 of them share one load and one store.
    struct Group {
        address payer;
        address sessionKey;
        bool isAlive;
        uint256 coverage; // what the next row may cost at most
        uint256 debited;
        uint256 nextLane;
        uint256 laneWord; // index of the word below
        uint256 lanes; // bitmap
        uint256 storedLanes;
    }

    /* CONSTANTS */

    /// @dev Keeps every sum of a time and periods far below 2^40, and D to something customers would wait for.
    uint256 private constant MAX_PERIOD = 365 days;

    uint256 private constant MAX_FEE_BPS = 1_000;
    uint256 private constant BPS = 10_000;

    /* IMMUTABLES */

    /// @inheritdoc IFloodgate
    IERC20 public immutable token;

    /// @inheritdoc IFloodgate
    uint40 public immutable allotmentPeriod;

    /// @inheritdoc IFloodgate
    uint40 public immutable claimPeriod;

    /* STORAGE */

    // One slot: all that `settle` reads about who and how much.
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

    mapping(address account => Account) private _accounts;
    mapping(address account => mapping(address sessionKey => Session)) private _sessions;
    mapping(address payer => mapping(uint256 laneWord => uint256 bitmap)) private _settledLanes;
    mapping(address key => Allotter) private _allotters;

    /// @inheritdoc IFloodgate
    mapping(address payer => mapping(uint32 lane => mapping(address payee => uint96))) public paid;

    /// @inheritdoc IFloodgate
    mapping(uint256 batch => bytes32) public outcomeHash;

    /// @inheritdoc IFloodgate
    mapping(address account => address) public withdrawalRecipient;

    /* CONSTRUCTOR */

    constructor(Config memory config) EIP712("Floodgate", "1") Ownable(config.owner) {
        if (address(config.token).code.length == 0) revert TokenInvalid(address(config.token));
        _checkPeriod(config.allotmentPeriod);
        _checkPeriod(config.claimPeriod);
        _checkFee(config.feeBps);

        token = config.token;
        allotmentPeriod = config.allotmentPeriod;
        claimPeriod = config.claimPeriod;
        _feeBps = config.feeBps;
        _newFeeBps = config.feeBps;
        _feeEffectiveAt = uint40(block.timestamp);
        emit FeeSet(config.feeBps, uint40(block.timestamp));

        _setOperator(config.operator);
        _setFeeRecipient(config.feeRecipient);
        _allotters.set(config.allotter, true);
    }

    /* DEPOSITS */

    /// @inheritdoc IFloodgate
    function depositFor(address account, uint96 amount) external nonReentrant {
        _deposit(account, amount);
    }

    /// @inheritdoc IFloodgate
    function depositWithPermit(
        address account,
        uint96 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {
            // Somebody may have sent the permit first: then it has done its work.
            uint256 allowance = token.allowance(msg.sender, address(this));
            if (allowance < amount) revert AllowanceTooSmall(allowance, amount);
        }
        _deposit(account, amount);
    }

    /* SESSIONS */

    /// @inheritdoc IFloodgate
    function authorizeSession(address sessionKey, uint96 limit, uint40 expiresAt) external {
        _authorizeSession(msg.sender, sessionKey, limit, expiresAt);
    }

    /// @inheritdoc IFloodgate
    function authorizeSessionFor(SessionAuthorization calldata authorization, bytes calldata signature) external {
        _checkWallet(authorization.account, VoucherLib.digest(authorization, _domainSeparatorV4()), signature);

        _authorizeSession(
            authorization.account,
            authorization.sessionKey,
            authorization.limit,
            authorization.expiresAt
        );
    }

    /// @inheritdoc IFloodgate
    function revokeSession(address sessionKey) external {
        Session storage session = _sessions[msg.sender][sessionKey];
        if (session.revoked) return;

        uint40 expiresAt = session.revoke(block.timestamp + allotmentPeriod);
        emit SessionRevoked(msg.sender, sessionKey, expiresAt);
    }

    /* SETTLEMENT */

    /// @inheritdoc IFloodgate
    function settle(bytes calldata batch) external {
        if (msg.sender != operator) revert CallerNotOperator(msg.sender, operator);
        (bytes32 evidenceHash, uint256 payeeCount, uint256 offset) = batch.readHeader();

        Run memory run;
        run.batch = ++batchCount;
        run.domain = _domainSeparatorV4();
        run.feeBps = feeBps();
        run.credits = new uint256[](payeeCount);

        bytes32 outcome = batch.hash(0, offset);
        while (offset < batch.length) {
            (uint256 nextOffset, uint256 paidRows) = _settleGroup(batch, offset, run);
            outcome = keccak256(abi.encode(outcome, batch.hash(offset, nextOffset), paidRows));
            offset = nextOffset;
        }
        outcomeHash[run.batch] = outcome;

        _creditPayees(batch, run);
        emit Settled(run.batch, evidenceHash, outcome, uint96(run.total), uint96(run.fee));
    }

    /// @inheritdoc IFloodgate
    function claim(
        Allotment calldata allotment,
        bytes calldata allotmentSignature,
        uint96 amount,
        bytes calldata voucherSignature
    ) external returns (uint96 paidNow) {
        (address payer, address payee, uint32 lane) = (allotment.payer, allotment.payee, allotment.lane);
        Session storage session = _sessions[payer][allotment.sessionKey];
        _checkAllotment(allotment, allotmentSignature);
        _checkSessionAlive(session);
        _checkVoucher(allotment, amount, voucherSignature);
        uint96 paidBefore = paid[payer][lane][payee];
        if (paidBefore == 0 && isLaneSettled(payer, lane)) revert LaneSettled(payer, lane);

        uint256 due = Math.saturatingSub(Math.min(amount, allotment.cap), paidBefore);
        paidNow = uint96(Math.min(due, _coverage(_accounts[payer], session)));
        // The lane stays open: a bit without a payment would look like a batch's.
        if (paidNow == 0) return 0;

        paid[payer][lane][payee] = paidBefore + paidNow;
        _settledLanes[payer][lane >> 8] |= 1 << (lane & 0xff);
        _debit(_accounts[payer], session, paidNow);
        _accounts[payee].balance += paidNow;
        emit Claimed(payer, payee, lane, paidNow, paidBefore + paidNow);
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
        if (block.timestamp > withdrawal.deadline) revert DeadlinePassed(block.timestamp, withdrawal.deadline);
        _checkRecipient(withdrawal.to);
        _checkWallet(withdrawal.account, VoucherLib.digest(withdrawal, _domainSeparatorV4()), signature);

        _useCheckedNonce(withdrawal.account, withdrawal.nonce);
        _requestWithdrawal(withdrawal.account, withdrawal.amount == 0 ? address(0) : withdrawal.to, withdrawal.amount);
    }

    /// @inheritdoc IFloodgate
    function withdraw(address to) external nonReentrant returns (uint96 amount) {
        return _withdraw(msg.sender, to);
    }

    /// @inheritdoc IFloodgate
    function withdrawFor(address account) external nonReentrant returns (uint96 amount) {
        address to = withdrawalRecipient[account];
        if (to == address(0)) revert RecipientUnknown(account);

        return _withdraw(account, to);
    }

    /* OWNER */

    /// @inheritdoc IFloodgate
    function setOperator(address newOperator) external onlyOwner {
        _setOperator(newOperator);
    }

    /// @inheritdoc IFloodgate
    function setAllotter(address allotter, bool isCurrent) external onlyOwner {
        _allotters.set(allotter, isCurrent);
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

    /* VIEWS */

    /// @inheritdoc IFloodgate
    function withdrawalDelay() public view returns (uint40) {
        return allotmentPeriod + claimPeriod;
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
    function allotterOf(address key) external view returns (Allotter memory) {
        return _allotters[key];
    }

    /// @inheritdoc IFloodgate
    function accountOf(address account) external view returns (Account memory) {
        return _accounts[account];
    }

    /// @inheritdoc IFloodgate
    function accountsOf(address[] calldata accounts) external view returns (Account[] memory result) {
        result = new Account[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) result[i] = _accounts[accounts[i]];
    }

    /// @inheritdoc IFloodgate
    function sessionOf(address account, address sessionKey) external view returns (Session memory) {
        return _sessions[account][sessionKey];
    }

    /// @inheritdoc IFloodgate
    function isLaneSettled(address payer, uint32 lane) public view returns (bool) {
        return _hasLane(_settledLanes[payer][lane >> 8], lane);
    }

    /// @inheritdoc IFloodgate
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /* INTERNAL: DEPOSITS AND SESSIONS */

    function _deposit(address account, uint96 amount) private {
        if (account == address(0) || account == address(this)) revert AccountInvalid(account);
        if (amount == 0) revert AmountZero();
        uint256 total = uint256(totalBalance) + amount;
        if (total > type(uint96).max) revert TotalBalanceTooLarge(total, type(uint96).max);

        totalBalance = uint96(total);
        _accounts[account].balance += amount;
        emit Deposited(account, msg.sender, amount);

        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received != amount) revert TokenAmountMismatch(received, amount);
    }

    function _authorizeSession(address account, address sessionKey, uint96 limit, uint40 expiresAt) private {
        if (sessionKey == address(0)) revert AddressZero();
        Session storage session = _sessions[account][sessionKey];
        if (session.revoked) revert SessionIsRevoked(account, sessionKey);
        if (!session.raise(limit, expiresAt)) return;

        emit SessionAuthorized(account, sessionKey, session.limit, session.expiresAt);
    }

    /* INTERNAL: SETTLEMENT */

    function _settleGroup(
        bytes calldata batch,
        uint256 offset,
        Run memory run
    ) private returns (uint256 nextOffset, uint256 paidRows) {
        Group memory group;
        (group.payer, group.sessionKey, nextOffset) = batch.readGroup(offset);
        Account storage account = _accounts[group.payer];
        Session storage session = _sessions[group.payer][group.sessionKey];
        group.isAlive = block.timestamp <= session.aliveUntil(claimPeriod);
        group.coverage = _coverage(account, session);
        group.laneWord = type(uint256).max;

        uint256 bit = 1;
        for (offset += BatchReader.GROUP_HEADER_BYTES; offset < nextOffset; offset += BatchReader.ROW_BYTES) {
            if (_settleRow(batch, offset, run, group)) paidRows |= bit;
            bit <<= 1;
        }
        if (paidRows == 0) return (nextOffset, 0);

        _storeLanes(group);
        run.total += group.debited;
        _debit(account, session, uint96(group.debited));
        emit Debited(run.batch, group.payer, uint96(group.debited));
    }

    function _settleRow(
        bytes calldata batch,
        uint256 offset,
        Run memory run,
        Group memory group
    ) private returns (bool) {
        uint256 row = run.row++;
        (uint256 payeeIndex, uint256 lane, uint256 amount) = batch.rowAt(offset);
        if (payeeIndex >= run.credits.length) revert BatchPayeeOutOfRange(row, payeeIndex, run.credits.length);
        if (lane < group.nextLane) revert BatchLanesNotAscending(row);
        group.nextLane = lane + 1;
        if (lane >> 8 != group.laneWord) _loadLanes(group, lane >> 8);

        address payee = batch.payeeAt(payeeIndex);
        (bool isGood, SkipReason reason) = _checkRow(group, payee, lane, amount);
        if (isGood && !_isSigned(batch, offset, run.domain, group, payee, lane, amount)) {
            (isGood, reason) = (false, SkipReason.SIGNATURE);
        }
        if (!isGood) {
            emit RowSkipped(run.batch, row, reason);
            return false;
        }

        uint256 fee = (amount * run.feeBps) / BPS;
        group.lanes |= 1 << (lane & 0xff);
        group.coverage -= amount;
        group.debited += amount;
        run.fee += fee;
        run.credits[payeeIndex] += amount - fee;
        return true;
    }

    /// @dev All that can be said about a row without its signature.
    function _checkRow(
        Group memory group,
        address payee,
        uint256 lane,
        uint256 amount
    ) private pure returns (bool isGood, SkipReason reason) {
        if (payee == address(0) || payee == group.payer) return (false, SkipReason.PAYEE);
        if (amount == 0 || _hasLane(group.lanes, lane)) return (false, SkipReason.STALE);
        if (!group.isAlive) return (false, SkipReason.SESSION);
        if (amount > group.coverage) return (false, SkipReason.UNCOVERED);
        return (true, reason);
    }

    function _isSigned(
        bytes calldata batch,
        uint256 offset,
        bytes32 domain,
        Group memory group,
        address payee,
        uint256 lane,
        uint256 amount
    ) private view returns (bool) {
        (bytes32 r, bytes32 vs) = batch.signatureAt(offset);
        bytes32 digest = VoucherLib.voucherDigest(group.payer, payee, lane, amount, domain);
        // A failed recovery gives 0, and no account can authorize key 0.
        return CompactSignature.recover(digest, r, vs) == group.sessionKey;
    }

    function _creditPayees(bytes calldata batch, Run memory run) private {
        for (uint256 i = 0; i < run.credits.length; ++i) {
            uint96 credit = uint96(run.credits[i]);
            if (credit == 0) continue;

            address payee = batch.payeeAt(i);
            _accounts[payee].balance += credit;
            emit Credited(run.batch, payee, credit);
        }
        if (run.fee > 0) _accounts[feeRecipient].balance += uint96(run.fee);
    }

    function _loadLanes(Group memory group, uint256 laneWord) private {
        _storeLanes(group);
        group.laneWord = laneWord;
        group.storedLanes = _settledLanes[group.payer][laneWord];
        group.lanes = group.storedLanes;
    }

    function _storeLanes(Group memory group) private {
        if (group.lanes != group.storedLanes) _settledLanes[group.payer][group.laneWord] = group.lanes;
    }

    /* INTERNAL: MONEY */

    /// @dev What a payer can pay through a session: the whole balance, a pending withdrawal included.
    function _coverage(Account storage account, Session storage session) private view returns (uint256) {
        return Math.min(account.balance, session.remaining());
    }

    function _debit(Account storage account, Session storage session, uint96 amount) private {
        uint96 balance = account.balance - amount;
        account.balance = balance;
        if (account.withdrawing > balance) account.withdrawing = balance;
        session.spend(amount);
    }

    function _requestWithdrawal(address account, address to, uint96 amount) private {
        Account storage data = _accounts[account];
        if (amount > data.balance) revert WithdrawalExceedsBalance(amount, data.balance);

        uint40 withdrawableAt = amount == 0 ? 0 : uint40(block.timestamp) + withdrawalDelay();
        data.withdrawing = amount;
        data.withdrawableAt = withdrawableAt;
        withdrawalRecipient[account] = to;
        emit WithdrawalRequested(account, to, amount, withdrawableAt);
    }

    function _withdraw(address account, address to) private returns (uint96 amount) {
        _checkRecipient(to);
        Account storage data = _accounts[account];
        amount = data.withdrawing;
        if (amount == 0) revert NothingToWithdraw(account);
        if (block.timestamp < data.withdrawableAt) revert WithdrawalNotReady(block.timestamp, data.withdrawableAt);

        totalBalance -= amount;
        data.balance -= amount;
        data.withdrawing = 0;
        data.withdrawableAt = 0;
        withdrawalRecipient[account] = address(0);
        emit Withdrawn(account, to, amount);

        token.safeTransfer(to, amount);
    }

    /* INTERNAL: OWNER */

    function _setOperator(address newOperator) private {
        if (newOperator == address(0)) revert AddressZero();

        operator = newOperator;
        emit OperatorSet(newOperator);
    }

    function _setFeeRecipient(address newFeeRecipient) private {
        if (newFeeRecipient == address(0)) revert AddressZero();

        feeRecipient = newFeeRecipient;
        emit FeeRecipientSet(newFeeRecipient);
    }

    /* INTERNAL: CHECKS */

    function _checkAllotment(Allotment calldata allotment, bytes calldata signature) private view {
        (address payee, uint256 expiresAt) = (allotment.payee, allotment.expiresAt);
        if (block.timestamp >= expiresAt + claimPeriod) {
            revert AllotmentExpired(block.timestamp, expiresAt + claimPeriod);
        }
        if (payee == address(0) || payee == allotment.payer) revert PayeeInvalid(payee);

        address key = CompactSignature.recover(VoucherLib.digest(allotment, _domainSeparatorV4()), signature);
        if (key == address(0)) revert SignatureMalformed();
        _allotters.check(key, expiresAt, allotmentPeriod);
    }

    function _checkVoucher(Allotment calldata allotment, uint96 amount, bytes calldata signature) private view {
        bytes32 digest = VoucherLib.voucherDigest(
            allotment.payer,
            allotment.payee,
            allotment.lane,
            amount,
            _domainSeparatorV4()
        );
        address signer = CompactSignature.recover(digest, signature);
        if (signer == address(0)) revert SignatureMalformed();
        if (signer != allotment.sessionKey) revert VoucherSignerInvalid(signer, allotment.sessionKey);
    }

    function _checkSessionAlive(Session storage session) private view {
        uint256 aliveUntil = session.aliveUntil(claimPeriod);
        if (block.timestamp > aliveUntil) revert SessionNotAlive(block.timestamp, aliveUntil);
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

    function _hasLane(uint256 lanes, uint256 lane) private pure returns (bool) {
        return (lanes >> (lane & 0xff)) & 1 == 1;
    }
}

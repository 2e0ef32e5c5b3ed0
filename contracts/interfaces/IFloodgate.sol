// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IFloodgate
/// @notice Deposits of customers, and what moves them: vouchers that downloaders sign for
/// uploaders, piece by piece.
/// @dev Units: amounts are base units of `token`, times and periods are seconds, times count from
/// 1970, fees are basis points (1/10,000).
///
/// Words: an *account* is a customer's wallet. A *session key* is the key of one of its running
/// peers. A *payer* is an account whose session key signs vouchers, a *payee* the account that they
/// name. A *lane* is a number that the authority gives out once per payer; it names one allotment.
/// A *voucher*'s amount is the total ever promised on its lane. The
/// withdrawal delay is the allotment period and the claim period together.
///
/// Assumptions about the token:
/// - It is an ERC-20; a missing return value counts as success, `false` as failure.
/// - A transfer moves exactly its amount out of the sender. A deposit that arrives short is
///   refused, so fees on transfer keep customers out; they cannot make the contract insolvent.
/// - Balances change by transfers only: no rebasing, no burning of holders' tokens.
/// - Warning: an issuer that can freeze this contract's tokens can freeze everybody's withdrawals.
///   If it freezes a recipient, the account withdraws to another one.
/// - Tokens sent to this contract without `depositFor` belong to nobody and stay.
///
/// No function gives the owner or the operator a way to customers' money: the operator settles what
/// payers signed, and everyone takes out what is theirs after `withdrawalDelay`.
interface IFloodgate {
    /* TYPES */

    /// @notice What the contract is made with.
    /// @param token ERC-20 that all amounts count
    /// @param allotmentPeriod longest life of an allotment, seconds
    /// @param claimPeriod time after an allotment's or session's end in which it still pays,
    /// seconds
    /// @param owner account that may change operator, allotters, fee and its recipient
    /// @param operator account that may settle
    /// @param allotter first key whose allotments count in `claim`
    /// @param bondBudget what claims on its allotments may take from the bond in total, base units
    /// @param feeRecipient account that fees are credited to
    /// @param feeBps part of each settled row that is the fee, basis points
    struct Config {
        IERC20 token;
        uint40 allotmentPeriod;
        uint40 claimPeriod;
        address owner;
        address operator;
        address allotter;
        uint96 bondBudget;
        address feeRecipient;
        uint16 feeBps;
    }

    /// @notice A customer's money, as views show it.
    /// @param balance base units that are the account's, those in withdrawal included
    /// @param withdrawing part of `balance` that was asked back, base units: what was asked, and at
    /// most `balance`
    /// @param withdrawableAt time from which `withdrawing` may leave; 0 if nothing was asked back
    /// @param releaseNonce how often money has left by `withdrawNow`; the next release must name it
    struct Account {
        uint96 balance;
        uint96 withdrawing;
        uint40 withdrawableAt;
        uint24 releaseNonce;
    }

    /// @notice The authority's own money, which answers for its allotments. One slot.
    /// @param amount base units, those in withdrawal included
    /// @param withdrawing part of `amount` that was asked back, base units; never above `amount`
    /// @param withdrawableAt time from which `withdrawing` may leave; 0 if nothing was asked back
    struct Bond {
        uint96 amount;
        uint96 withdrawing;
        uint40 withdrawableAt;
    }

    /// @notice How much an account may spend while one of its peers still signs, and until when, as
    /// views show it.
    /// @param limit base units that the account may spend, by whatever session, from this one's
    /// first authorization on, before this one pays no more; 2^96-1 means no limit
    /// @param spent base units that it has spent since then
    /// @param expiresAt time after which no allotment of this session is good; what was promised
    /// before is settled and claimed until `expiresAt` + `claimPeriod`
    /// @param revoked whether the wallet has ended it for good
    struct Session {
        uint96 limit;
        uint96 spent;
        uint40 expiresAt;
        bool revoked;
    }

    /// @notice A key of the authority that signs allotments. Goes from unknown to current to
    /// retired, never back. Two slots.
    /// @param bondBudget what claims on its allotments may take from the bond in total, base units,
    /// before `effectiveAt`; `allotterOf` shows what counts now
    /// @param bondSpent what they have taken, base units
    /// @param retiredAt time of retirement; later claims need `expiresAt` <= `retiredAt` +
    /// `allotmentPeriod`. 0 if never retired
    /// @param isCurrent whether it signs for the authority now
    /// @param nextBudget what it is from `effectiveAt` on, base units; never falls
    /// @param effectiveAt time from which `nextBudget` counts
    struct Allotter {
        uint96 bondBudget;
        uint96 bondSpent;
        uint40 retiredAt;
        bool isCurrent;
        uint96 nextBudget;
        uint40 effectiveAt;
    }

    /// @notice One of many deposits.
    /// @param account who is credited
    /// @param amount base units
    /// @param id the caller's number of the deposit, which counts once; 0: none
    struct Deposit {
        address account;
        uint96 amount;
        bytes32 id;
    }

    /// @notice The wallet's word about one session key. Signed by the account (EIP-712).
    /// @param account the wallet
    /// @param sessionKey the peer's key
    /// @param limit base units that the account may spend from the first authorization on;
    /// 2^96-1 means no limit
    /// @param expiresAt end of the session
    struct SessionAuthorization {
        address account;
        address sessionKey;
        uint96 limit;
        uint40 expiresAt;
    }

    /// @notice The authority's grant of one lane. Signed by an allotter (EIP-712).
    /// @param payer account that may promise
    /// @param payee account that it may promise to
    /// @param sessionKey the payer's session key, which signs this lane's vouchers
    /// @param payeeKey session key of the payee's device; the contract does not use it
    /// @param lane number given out once per payer
    /// @param cap greatest amount of a voucher, base units
    /// @param pricePerGiB base units per 2^30 bytes; the contract does not use it
    /// @param credit bytes that the payer may owe; the contract does not use it
    /// @param infoHash content (BitTorrent v1 infohash); the contract does not use it
    /// @param expiresAt end of the allotment; claims are good until `expiresAt` + `claimPeriod`
    struct Allotment {
        address payer;
        address payee;
        address sessionKey;
        address payeeKey;
        uint32 lane;
        uint96 cap;
        uint96 pricePerGiB;
        uint32 credit;
        bytes20 infoHash;
        uint40 expiresAt;
    }

    /// @notice Why a lane that is used up still owes a payee something.
    /// @param claimant whose claim has used it up: then no batch paid on it, and all else may be
    /// empty; or 0
    /// @param batch number of the batch that paid on the lane
    /// @param rows of the group that paid: payee (20 bytes) | lane (4) | amount (12) each
    /// @param paidRows bit i says that row i paid
    /// @param proof hashes beside the way from the group's leaf to `outcomeHash` of the batch
    struct Evidence {
        address claimant;
        uint256 batch;
        bytes rows;
        uint256 paidRows;
        bytes32[] proof;
    }

    /// @notice A request for money back that anyone may relay. Signed by the account (EIP-712).
    /// @param account the wallet
    /// @param to recipient when the delay is over
    /// @param amount base units; 0 cancels
    /// @param deadline last second in which the contract takes the request
    /// @param nonce `nonces(account)`
    struct Withdrawal {
        address account;
        address to;
        uint96 amount;
        uint40 deadline;
        uint256 nonce;
    }

    /// @notice Why a row of a batch paid nothing.
    /// @dev 0 PAYEE: the payee is the payer. 1 SIGNATURE: not a canonical signature of the session
    /// key (of a statement: none of its rows pays).
    /// 2 STALE: the amount is 0, or the lane was settled or claimed before. 3 SESSION: unknown, or
    /// older than its end plus CW (of a revoked one: than its end). 4 UNCOVERED: more than the
    /// payer's balance, or more than what is left of the session's limit.
    enum SkipReason {
        PAYEE,
        SIGNATURE,
        STALE,
        SESSION,
        UNCOVERED
    }

    /* EVENTS */

    /// @notice `from` has paid `amount` into `account`; `id` is its number of the deposit, or 0.
    event Deposited(address indexed account, address indexed from, uint96 amount, bytes32 id);

    /// @notice The session's limit or expiry has risen; both values are the new ones.
    event SessionAuthorized(address indexed account, address indexed sessionKey, uint96 limit, uint40 expiresAt);

    /// @notice The session ends at `expiresAt`, for good.
    event SessionRevoked(address indexed account, address indexed sessionKey, uint40 expiresAt);

    /// @notice Some rows of the batch paid nothing. For each: its number (4 bytes), counted from 0
    /// over all groups, and the `SkipReason` (1 byte), ascending.
    /// @dev One event for a batch: an event for each row would cost as much as what it skips.
    event RowsSkipped(uint256 indexed batch, bytes rows);

    /// @notice What the batch took from payers: account (20 bytes) | amount (12 bytes), one for
    /// each group that paid.
    /// @dev One event for all: one for each account would cost each account 1,500 gas more.
    event Debited(uint256 indexed batch, bytes32[] entries);

    /// @notice What the batch paid, net of fees: account (20 bytes) | amount (12 bytes), accounts
    /// ascending.
    event Credited(uint256 indexed batch, bytes32[] entries);

    /// @notice A batch is done. `total` = sum of `Debited` = sum of `Credited` + `fee`.
    /// @dev `fee` was credited to the account that the last `FeeRecipientSet` names.
    event Settled(uint256 indexed batch, bytes32 bundleHash, bytes32 outcomeHash, uint96 total, uint96 fee);

    /// @notice A voucher moved `amount` to the payee: `fromBond` of it from the bond, on the budget
    /// of `allotter`, the rest from the payer. `totalPaid` is what this lane has paid this payee by
    /// now, in batches and claims.
    event Claimed(
        address indexed payer,
        address indexed payee,
        uint32 indexed lane,
        uint96 amount,
        uint96 totalPaid,
        uint96 fromBond,
        address allotter
    );

    /// @notice Claim `index` of a call of `claimMany` paid nothing; `reason` is the error that
    /// `claim` would revert with.
    event ClaimSkipped(uint256 index, bytes reason);

    /// @notice The owner has added `amount` to the bond.
    event BondDeposited(address indexed from, uint96 amount);

    /// @notice `amount` of the bond leaves at the earliest at `withdrawableAt`; 0 and 0: the
    /// request was cancelled.
    event BondWithdrawalRequested(uint96 amount, uint40 withdrawableAt);

    /// @notice `amount` of the bond has left to `to`.
    event BondWithdrawn(address indexed to, uint96 amount);

    /// @notice `amount` leaves at the earliest at `withdrawableAt`; 0 and 0 mean that the request
    /// was cancelled.
    /// @dev `to` is the only one `withdrawFor` pays; 0 for the account's own requests.
    event WithdrawalRequested(address indexed account, address indexed to, uint96 amount, uint40 withdrawableAt);

    /// @notice `amount` of `account` has left to `to` after the delay.
    event Withdrawn(address indexed account, address indexed to, uint96 amount);

    /// @notice `amount` of `account` has left to `to` at once, by release `nonce` of `allotter`.
    event Released(address indexed account, address indexed to, uint96 amount, uint24 nonce, address allotter);

    /// @notice Batches are taken from `operator` from now on.
    event OperatorSet(address indexed operator);

    /// @notice `allotter` is current; claims on its allotments may take `bondBudget` from the bond
    /// in total from `effectiveAt` on.
    event AllotterSet(address indexed allotter, uint96 bondBudget, uint40 effectiveAt);

    /// @notice `allotter` no longer signs for the authority.
    event AllotterRetired(address indexed allotter, uint40 retiredAt);

    /// @notice Batches from `effectiveAt` on pay `feeBps` basis points.
    event FeeSet(uint16 feeBps, uint40 effectiveAt);

    /// @notice Fees are credited to `feeRecipient` from now on.
    event FeeRecipientSet(address indexed feeRecipient);

    /* ERRORS: ACTUAL VALUE, THEN LIMIT */

    /// @notice An address that must not be zero is.
    error AddressZero();

    /// @notice The constructor's token has no code.
    error TokenInvalid(address token);

    /// @notice A period is 0 or longer than `limit`.
    error PeriodOutOfRange(uint256 period, uint256 limit);

    /// @notice Nobody could ever use money of this account.
    error AccountInvalid(address account);

    /// @notice Nothing is not a deposit.
    error AmountZero();

    /// @notice The token moved `received` instead of `amount`.
    error TokenAmountMismatch(uint256 received, uint256 amount);

    /// @notice All balances together would exceed 2^96-1.
    error TotalBalanceTooLarge(uint256 total, uint256 limit);

    /// @notice The wallet has revoked this session key; nothing revives it.
    error SessionIsRevoked(address account, address sessionKey);

    /// @notice The signature is not by `signer`.
    error SignatureInvalid(address signer);

    /// @notice Not 64 bytes (EIP-2098), s above half the order, or nobody's signature.
    error SignatureMalformed();

    /// @notice The voucher is not signed by the session key that the allotment names.
    error VoucherSignerInvalid(address signer, address sessionKey);

    /// @notice The signature is not of a key of the authority; for releases, of a current one.
    error AllotterUnknown(address allotter);

    /// @notice Budgets only rise.
    error BondBudgetTooLow(uint256 bondBudget, uint256 limit);

    /// @notice A retired allotter cannot become current again.
    error AllotterIsRetired(address allotter, uint256 retiredAt);

    /// @notice The allotment ends later than any that its allotter may have signed by now, or
    /// before it was retired.
    error AllotmentTooLong(uint256 expiresAt, uint256 limit);

    /// @notice Claims on this allotment had to come before `limit`.
    error AllotmentExpired(uint256 time, uint256 limit);

    /// @notice The payee is address 0, this contract or the payer.
    error PayeeInvalid(address payee);

    /// @notice A batch or another payee's claim has already used this lane: `claimWithEvidence` may
    /// pay the rest.
    error LaneSettled(address payer, uint256 lane);

    /// @notice The evidence does not lead to what the batch has left.
    error EvidenceMismatch(bytes32 hash, bytes32 expected);

    /// @notice The group has paid nothing on this lane.
    error EvidenceIrrelevant(address payer, uint256 lane);

    /// @notice Only the operator settles.
    error CallerNotOperator(address caller, address operator);

    /// @notice The operator is a contract, or was called by one: others could not read its batches.
    error OperatorHasCode(address operator);

    /// @notice The batch was good until `validUntil` only.
    error BatchExpired(uint256 time, uint256 validUntil);

    /// @notice Entry `index` of `claimMany` is no call of `claim` or `claimWithEvidence`.
    error NotAClaim(uint256 index, bytes4 selector);

    /// @notice Ownership can be handed on, not given up.
    error OwnerRequired();

    /// @notice A batch of this version is not understood.
    error BatchVersionUnknown(uint256 version, uint256 known);

    /// @notice The batch ends in the middle of something.
    error BatchTruncated(uint256 length, uint256 needed);

    /// @notice The batch has no group.
    error BatchEmpty();

    /// @notice A payee of the table is 0, this contract, or not above the one before.
    error BatchPayeeInvalid(uint256 index);

    /// @notice The group at byte `offset` of the batch has no row.
    error BatchGroupEmpty(uint256 offset);

    /// @notice Row `row` of the batch, counted from 0 over all groups, points behind the payee
    /// table.
    error BatchPayeeOutOfRange(uint256 row, uint256 payeeIndex, uint256 payeeCount);

    /// @notice The lane of row `row` is not greater than its predecessor in the group.
    error BatchLanesNotAscending(uint256 row);

    /// @notice More was asked back than there is.
    error WithdrawalExceedsBalance(uint256 amount, uint256 balance);

    /// @notice The request came after its deadline.
    error DeadlinePassed(uint256 time, uint256 deadline);

    /// @notice The money would be lost.
    error RecipientInvalid(address to);

    /// @notice No signed request of this account is open.
    error RecipientUnknown(address account);

    /// @notice The account asked nothing back, or settlements and claims took it all.
    error NothingToWithdraw(address account);

    /// @notice The delay is not over.
    error WithdrawalNotReady(uint256 time, uint256 withdrawableAt);

    /// @notice The fee is above the ceiling.
    error FeeTooHigh(uint256 feeBps, uint256 limit);

    /* DEPOSITS */

    /// @notice Pays `amount` from the caller into `account`.
    /// @dev Requirements: allowance; `account` is neither 0 nor this contract; `amount` > 0 arrives
    /// in full; all balances together stay below 2^96. With an `id` that the caller has used
    /// before: no effect, so a deposit that is sent twice counts once.
    /// @param account whose balance grows
    /// @param amount base units
    /// @param id the caller's number of the deposit; 0: none, each call counts
    function depositFor(address account, uint96 amount, bytes32 id) external;

    /// @notice Many deposits of the caller in one call and one transfer.
    /// @dev Requirements: those of `depositFor`, for each whose id was not used before.
    /// @param deposits what each account gets
    function depositForMany(Deposit[] calldata deposits) external;

    /* SESSIONS */

    /// @notice Lets `sessionKey` spend of the caller's balance until `expiresAt`, or until the
    /// account has spent `limit` since the first authorization.
    /// @dev All sessions of an account count together: what one spends is gone for the limits of
    /// all. Limit and expiry rise each on its own and never fall: an equal or lower value changes
    /// nothing, so that authorizations may be relayed in any order and any number of times.
    /// Warning: the peer that holds the key can spend `limit`, on any payee. Requirements:
    /// `sessionKey` is not 0 and not revoked by the caller.
    /// @param sessionKey the peer's key
    /// @param limit base units that the account may spend from the first authorization on;
    /// 2^96-1 means no limit
    /// @param expiresAt end of the session
    function authorizeSession(address sessionKey, uint96 limit, uint40 expiresAt) external;

    /// @notice `authorizeSession` by signature; anyone may relay it.
    /// @dev Warning: an authorization has no nonce and no deadline. Who wants to take back one that
    /// was signed but not relayed revokes its key. Requirements: those of `authorizeSession`;
    /// `signature` is by the account (65 bytes; if the account has code: ERC-1271).
    /// @param authorization what the wallet signed
    /// @param signature of the wallet
    function authorizeSessionFor(SessionAuthorization calldata authorization, bytes calldata signature) external;

    /// @notice Ends a session of the caller for good, after the longest allotment that may be open
    /// on it.
    /// @dev The end becomes the earlier of its old end and now + `allotmentPeriod`; vouchers are
    /// then good for `claimPeriod` more, because payees were promised that. Works on keys that were
    /// never authorized, too. Again: no effect.
    /// @param sessionKey the peer's key
    function revokeSession(address sessionKey) external;

    /* SETTLEMENT */

    /// @notice Turns many vouchers into transfers between balances.
    /// @dev Layout, big endian, no padding, sizes in bytes:
    /// version (1) | bundle hash (32) | valid until (5), last second in which the contract takes
    /// the batch | number of payees (2) | payees (20 each), strictly ascending, neither 0 nor this
    /// contract | groups to the end, at least one: payer (20) | session key (20) | number of rows
    /// (1), not 0 | its rows. Version 1, vouchers; row: payee index (2) | lane (4), strictly
    /// ascending in a group | amount (12) | r (32) | vs (32). Version 2, statements: r (32) | vs
    /// (32) come once, before the rows; row: payee index (2) | lane (4) | amount (12). The session
    /// key then signs Statement(payer, keccak256(payee (20) | lane (4) | amount (12) of each row)).
    /// A batch of another shape reverts.
    ///
    /// A row pays its whole amount or is skipped (`RowsSkipped`) without any effect on others.
    /// Checks, cheap to dear, the first that fails names the reason: PAYEE, STALE, SESSION,
    /// UNCOVERED, SIGNATURE. All credits come after all debits, so the order of groups changes
    /// nothing while balances cover them. If they do not, earlier rows are paid first.
    /// The fee of a row is its amount times `feeBps` / 10,000, rounded down.
    ///
    /// `outcomeHash`: root of a Merkle tree with a leaf for each group, in order:
    /// keccak256(abi.encode(payer, keccak256( payee (20) | lane (4) | amount (12) of each row),
    /// rows)), where bit i of `rows` says that row i paid. A node is keccak256 of its two children,
    /// the lesser first; a last node without a neighbour moves up.
    ///
    /// Warning: the contract does not see allotments here, and takes the money of pending
    /// withdrawals as well: the payer signed, and the delay of withdrawals exists so that
    /// signatures can be settled. Requirements: caller is the operator, a key without code that has
    /// sent the transaction itself.
    /// @param batch packed rows
    function settle(bytes calldata batch) external;

    /// @notice Pays a payee on its voucher without the operator. Anyone may call it; the payee gets
    /// the money.
    /// @dev Pays min(amount, cap) less what the lane has paid this payee: from the payer's whole
    /// balance (a pending withdrawal included) within the session's limit while the session is
    /// alive (end + `claimPeriod` >= now), and what that does not cover from the bond within the
    /// allotter's budget. No fee. If that is not enough now, the same call pays the rest later. A
    /// voucher that adds nothing returns 0 and changes nothing.
    ///
    /// Warning: a claim uses up the lane for `settle`: whoever holds an old, lower voucher can make
    /// the operator's row STALE. The payee loses nothing, because the better voucher can still be
    /// claimed by anyone until the allotment's end + `claimPeriod`. Requirements: now <
    /// `allotment.expiresAt` + `claimPeriod`; the allotter is current, or retired and the allotment
    /// ends by retirement + `allotmentPeriod`; the payee is neither 0 nor the payer; the lane was
    /// neither settled nor claimed for another one. Both signatures: 64 bytes r, vs (EIP-2098), s
    /// <= n/2.
    /// @param allotment the authority's grant
    /// @param allotmentSignature by an allotter
    /// @param amount of the voucher, base units
    /// @param voucherSignature by `allotment.sessionKey`, over (payer, payee, lane, amount)
    /// @return paidNow base units
    function claim(
        Allotment calldata allotment,
        bytes calldata allotmentSignature,
        uint96 amount,
        bytes calldata voucherSignature
    ) external returns (uint96 paidNow);

    /// @notice `claim` on a lane that is used up: by a batch that paid a lower voucher or another
    /// payee, or by a claim of another payee.
    /// @dev Once a claim of this payee has paid, `claim` knows how much and needs no evidence.
    /// Amounts of a batch count before its fee. Evidence that is not needed is not looked at.
    /// Requirements: those of `claim` except for the lane; `evidence` proves what the batch paid on
    /// it (`outcomeHash`), or names the payee whose claim has used it up.
    /// @param allotment the authority's grant
    /// @param allotmentSignature by an allotter
    /// @param amount of the voucher, base units
    /// @param voucherSignature by `allotment.sessionKey`, over (payer, payee, lane, amount)
    /// @param evidence what has used up the lane
    /// @return paidNow base units
    function claimWithEvidence(
        Allotment calldata allotment,
        bytes calldata allotmentSignature,
        uint96 amount,
        bytes calldata voucherSignature,
        Evidence calldata evidence
    ) external returns (uint96 paidNow);

    /// @notice Many claims in one call: each that holds pays, the others are told by `ClaimSkipped`
    /// and change nothing.
    /// @dev Requirements: each entry is a call of `claim` or `claimWithEvidence`.
    /// @param claims calldata of each
    /// @return paidNow base units of all
    function claimMany(bytes[] calldata claims) external returns (uint96 paidNow);

    /* WITHDRAWALS */

    /// @notice Asks back `amount` of the caller's balance, for `withdraw` after the delay.
    /// @dev Replaces a request before it, restarts the clock for all of the amount, clears the
    /// recipient of a signed request, and spends the nonce of signed requests that were not
    /// relayed. 0 cancels. Requirements: `amount` <= balance.
    /// @param amount base units
    function requestWithdrawal(uint96 amount) external;

    /// @notice `requestWithdrawal` by signature; anyone may relay it and, after the delay, call
    /// `withdrawFor`.
    /// @dev Requirements: now <= `deadline`; `nonce` is the account's; `to` is neither 0 nor this
    /// contract; `amount` <= balance; `signature` is by the account (65 bytes; if the account has
    /// code: ERC-1271).
    /// @param withdrawal what the wallet signed
    /// @param signature of the wallet
    function requestWithdrawalFor(Withdrawal calldata withdrawal, bytes calldata signature) external;

    /// @notice Pays what the caller has asked back, or all that settlements and claims have left.
    /// @dev Works for signed requests, too, and then the caller's `to` wins: it is the account's
    /// money. Requirements: something is asked back; now >= `withdrawableAt`; `to` is neither 0 nor
    /// this contract.
    /// @param to recipient
    /// @return amount base units
    function withdraw(address to) external returns (uint96 amount);

    /// @notice Pays the recipient of an account's signed request. Anyone may call it.
    /// @dev Requirements: the open request was signed; now >= `withdrawableAt`.
    /// @param account whose request
    /// @return amount base units
    function withdrawFor(address account) external returns (uint96 amount);

    /// @notice Pays `amount` of the caller's balance at once: the authority says that no live
    /// allotment needs it.
    /// @dev A withdrawal that was requested earlier goes on, and gets at most what is left.
    /// Requirements: now <= `deadline`; `amount` is not 0 and <= balance; `to` is neither 0 nor
    /// this contract; the signature is by a current allotter over Release(account, to, amount,
    /// `releaseNonce` of the account, deadline).
    /// @param to recipient
    /// @param amount base units
    /// @param deadline last second of the release
    /// @param releaseSignature 64 bytes r, vs (EIP-2098)
    function withdrawNow(address to, uint96 amount, uint40 deadline, bytes calldata releaseSignature) external;

    /// @notice `withdrawNow` with the account's signature; anyone may relay it.
    /// @dev The wallet signs InstantWithdrawal(address account,address to,uint96 amount,uint40
    /// deadline,uint256 nonce), so that nobody can restart a pending exit with it.
    /// Requirements: those of `requestWithdrawalFor` and of `withdrawNow`.
    /// @param withdrawal what the wallet signed
    /// @param signature of the wallet
    /// @param releaseDeadline last second of the release
    /// @param releaseSignature 64 bytes r, vs (EIP-2098), over the withdrawal's account, to and
    /// amount
    function withdrawNowFor(
        Withdrawal calldata withdrawal,
        bytes calldata signature,
        uint40 releaseDeadline,
        bytes calldata releaseSignature
    ) external;

    /* BOND */

    /// @notice Adds `amount` of the owner's tokens to the bond.
    /// @dev Requirements: caller is the owner; those of `depositFor` about the amount. Not stopped
    /// by a pause.
    /// @param amount base units
    function depositBond(uint96 amount) external;

    /// @notice Asks back `amount` of the bond, for `withdrawBond` after `bondDelay`: until then
    /// claims take from it.
    /// @dev Replaces a request before it and restarts the clock. 0 cancels. Warning: a request that
    /// is due may wait for its moment, so whoever relies on the bond counts only what was not asked
    /// back. Requirements: caller is the owner; `amount` <= bond.
    /// @param amount base units
    function requestBondWithdrawal(uint96 amount) external;

    /// @notice Pays the owner what it has asked back of the bond and claims have left of it.
    /// @dev Requirements: caller is the owner; something is asked back; the delay is over; `to` is
    /// neither 0 nor this contract.
    /// @param to recipient
    /// @return amount base units
    function withdrawBond(address to) external returns (uint96 amount);

    /* OWNER */

    /// @notice Replaces the operator.
    /// @param newOperator not 0
    function setOperator(address newOperator) external;

    /// @notice Adds a key that may sign allotments and releases, or raises its budget.
    /// @dev The key signs at once; its budget, or the raise, counts after `bondDelay`, so that
    /// nobody empties the bond with a new key before everybody could see it. The budget is what a
    /// thief of the key can take from the bond at most. Same state: no effect.
    /// Requirements: caller is the owner; the key is not 0 and not retired; the budget does not
    /// fall.
    /// @param allotter the key
    /// @param bondBudget what claims on its allotments may take from the bond in total, base units
    function setAllotter(address allotter, uint96 bondBudget) external;

    /// @notice Ends a key that signs for the authority.
    /// @dev Warning: for good. A retired key's allotments stay claimable up to retirement + A + CW;
    /// if it could come back, allotments that a thief signed meanwhile would come back with it.
    /// Again: no effect. Requirements: caller is the owner; the key was added.
    /// @param allotter the key
    function retireAllotter(address allotter) external;

    /// @notice Announces a fee. It takes effect after `withdrawalDelay`, so that everyone who
    /// disagrees can leave first.
    /// @dev Replaces a fee announced before that is not yet in effect.
    /// @param newFeeBps basis points, at most 1,000
    function setFee(uint16 newFeeBps) external;

    /// @notice Names the account that later fees are credited to.
    /// @param newFeeRecipient neither 0 nor this contract
    function setFeeRecipient(address newFeeRecipient) external;

    /// @notice Reverts: without an owner the bond could never leave, and a pause never end.
    function renounceOwnership() external;

    /// @notice Stops new deposits. Settlement, claims and withdrawals go on: nothing stops those.
    function pauseDeposits() external;

    /// @notice Takes deposits again.
    function unpauseDeposits() external;

    /* VIEWS */

    /// @notice The ERC-20 that all amounts count.
    function token() external view returns (IERC20);

    /// @notice Longest life of an allotment, seconds.
    function allotmentPeriod() external view returns (uint40);

    /// @notice How long after its end an allotment or session still pays, seconds.
    function claimPeriod() external view returns (uint40);

    /// @notice From a request to the withdrawal, seconds: allotment period and claim period
    /// together.
    function withdrawalDelay() external view returns (uint40);

    /// @notice 2D: from a request to the withdrawal of the bond, seconds. Longer than any allotment
    /// is good for.
    function bondDelay() external view returns (uint40);

    /// @notice The authority's own money.
    function bond() external view returns (Bond memory);

    /// @notice Who may settle.
    function operator() external view returns (address);

    /// @notice Account that fees are credited to.
    function feeRecipient() external view returns (address);

    /// @notice Fee of a batch in this block, basis points.
    function feeBps() external view returns (uint16);

    /// @notice The last announced fee in basis points, and when it takes or took effect.
    function pendingFee() external view returns (uint16 newFeeBps, uint40 effectiveAt);

    /// @notice State of a key that signs allotments.
    function allotterOf(address key) external view returns (Allotter memory);

    /// @notice A customer's money.
    function accountOf(address account) external view returns (Account memory);

    /// @notice A session of a customer.
    function sessionOf(address account, address sessionKey) external view returns (Session memory);

    /// @notice Who `withdrawFor(account)` pays; 0 if the open request was not signed.
    function withdrawalRecipient(address account) external view returns (address);

    /// @notice Sum of all balances and the bond, base units; the contract holds at least as many
    /// tokens.
    function totalBalance() external view returns (uint96);

    /// @notice Whether a batch or a claim has used the lane.
    function isLaneSettled(address payer, uint32 lane) external view returns (bool);

    /// @notice What a lane has paid a payee, as far as claims know.
    /// @return amount base units; with what a batch paid before only if evidence has shown it
    /// @return hasClosedLane whether a claim of this payee has used up the lane, so that no batch
    /// ever paid on it
    function paid(
        address payer,
        uint32 lane,
        address payee
    ) external view returns (uint96 amount, bool hasClosedLane);

    /// @notice Number of the last batch; the first is 1.
    function batchCount() external view returns (uint96);

    /// @notice Whether `from` has made the deposit that it calls `id`.
    function isDepositIdUsed(address from, bytes32 id) external view returns (bool);

    /// @notice What batch `batch` did: the root that `settle` describes.
    function outcomeHash(uint256 batch) external view returns (bytes32);

    /// @notice EIP-712 domain separator on this chain.
    function domainSeparator() external view returns (bytes32);
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "./IFloodgate.sol";

/// @title ILens
/// @notice Reads of one Floodgate for wallets and explorers: what people sign, and many things in
/// one call.
/// @dev All views; nothing depends on it. A block's state is the same for all values of one call.
interface ILens {
    /// @notice One line of a statement.
    /// @param payee who earns
    /// @param lane of the payer
    /// @param amount the total ever promised on the lane, base units
    struct Line {
        address payee;
        uint32 lane;
        uint96 amount;
    }

    /// @notice What the contract knows of one customer.
    /// @param account its money
    /// @param withdrawalRecipient who `withdrawFor` pays; 0 if the open request was not signed
    /// @param nonce for the next Withdrawal or InstantWithdrawal
    /// @param tokens base units in the wallet itself
    /// @param allowance base units of them that Floodgate may take
    /// @param sessions of the keys that were asked for, in that order
    /// @param time of the block, seconds since 1970
    struct Wallet {
        IFloodgate.Account account;
        address withdrawalRecipient;
        uint256 nonce;
        uint256 tokens;
        uint256 allowance;
        IFloodgate.Session[] sessions;
        uint256 time;
    }

    /// @notice What the contract knows of one lane and payee.
    /// @param isSettled whether a batch or a claim has used the lane
    /// @param paid base units, as far as claims know
    /// @param hasClosedLane whether a claim of this payee has used the lane up
    struct Lane {
        bool isSettled;
        uint96 paid;
        bool hasClosedLane;
    }

    /// @notice The authority as the contract knows it.
    /// @param owner who may change what follows
    /// @param pendingOwner who may accept to be the owner, or 0
    /// @param operator who may settle
    /// @param feeRecipient account that fees are credited to
    /// @param feeBps fee of a batch in this block, basis points
    /// @param pendingFeeBps the last announced fee
    /// @param feeEffectiveAt when it takes or took effect
    /// @param isPaused whether deposits are stopped
    /// @param bond its own money
    /// @param totalBalance all balances and the bond, base units
    /// @param batchCount number of the last batch
    /// @param allotters of the keys that were asked for, in that order
    struct Authority {
        address owner;
        address pendingOwner;
        address operator;
        address feeRecipient;
        uint16 feeBps;
        uint16 pendingFeeBps;
        uint40 feeEffectiveAt;
        bool isPaused;
        IFloodgate.Bond bond;
        uint96 totalBalance;
        uint96 batchCount;
        IFloodgate.Allotter[] allotters;
    }

    /* DIGESTS: WHAT IS SIGNED (EIP-712) */

    /// @notice What a session key signs for one lane.
    function voucherDigest(address payer, address payee, uint32 lane, uint96 amount) external view returns (bytes32);

    /// @notice What a session key signs for many finished lanes.
    function statementDigest(address payer, Line[] calldata lines) external view returns (bytes32);

    /// @notice What an allotter signs for one lane.
    function allotmentDigest(IFloodgate.Allotment calldata allotment) external view returns (bytes32);

    /// @notice What a wallet signs for a session key.
    function sessionDigest(IFloodgate.SessionAuthorization calldata authorization) external view returns (bytes32);

    /// @notice What a wallet signs for `requestWithdrawalFor`.
    function withdrawalDigest(IFloodgate.Withdrawal calldata withdrawal) external view returns (bytes32);

    /// @notice What a wallet signs for `withdrawNowFor`.
    function instantWithdrawalDigest(IFloodgate.Withdrawal calldata withdrawal) external view returns (bytes32);

    /// @notice What an allotter signs so that money may leave at once.
    /// @param nonce the account's `releaseNonce`
    function releaseDigest(
        address account,
        address to,
        uint96 amount,
        uint24 nonce,
        uint40 deadline
    ) external view returns (bytes32);

    /* MANY READS IN ONE */

    /// @notice A customer with some of its sessions.
    function walletOf(address account, address[] calldata sessionKeys) external view returns (Wallet memory);

    /// @notice Many lanes of one payer, each with its payee: `payees[i]` is the one of `lanes[i]`.
    /// @dev Requirements: both lists have the same length.
    function lanesOf(
        address payer,
        uint32[] calldata lanes,
        address[] calldata payees
    ) external view returns (Lane[] memory);

    /// @notice Which of its deposits `from` has made.
    function depositsOf(address from, bytes32[] calldata ids) external view returns (bool[] memory areUsed);

    /// @notice The authority with some of its keys.
    function authorityOf(address[] calldata allotterKeys) external view returns (Authority memory);

    /// @notice Whose state is read.
    function floodgate() external view returns (IFloodgate);

    /// @notice Two lists that belong together have different lengths.
    error LengthMismatch(uint256 left, uint256 right);
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFloodgate} from "../interfaces/IFloodgate.sol";
import {ILens} from "../interfaces/ILens.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {TypedData} from "../libraries/TypedData.sol";

/// @title Lens
/// @notice Digests and batch reads. ILens explains every function.
contract Lens is ILens {
    /// @inheritdoc ILens
    IFloodgate public immutable floodgate;

    constructor(IFloodgate floodgate_) {
        floodgate = floodgate_;
    }

    /* DIGESTS */

    /// @inheritdoc ILens
    function voucherDigest(address payer, address payee, uint32 lane, uint96 amount) external view returns (bytes32) {
        return TypedData.voucherDigest(payer, payee, lane, amount, floodgate.domainSeparator());
    }

    /// @inheritdoc ILens
    function statementDigest(address payer, Line[] calldata lines) external view returns (bytes32) {
        bytes memory packed;
        for (uint256 i = 0; i < lines.length; ++i) {
            packed = abi.encodePacked(packed, lines[i].payee, lines[i].lane, lines[i].amount);
        }
        return TypedData.statementDigest(payer, keccak256(packed), floodgate.domainSeparator());
    }

    /// @inheritdoc ILens
    function allotmentDigest(IFloodgate.Allotment calldata allotment) external view returns (bytes32) {
        return TypedData.digest(allotment, floodgate.domainSeparator());
    }

    /// @inheritdoc ILens
    function sessionDigest(IFloodgate.SessionAuthorization calldata authorization) external view returns (bytes32) {
        return TypedData.digest(authorization, floodgate.domainSeparator());
    }

    /// @inheritdoc ILens
    function withdrawalDigest(IFloodgate.Withdrawal calldata withdrawal) external view returns (bytes32) {
        return TypedData.digest(withdrawal, TypedData.WITHDRAWAL_TYPE_HASH, floodgate.domainSeparator());
    }

    /// @inheritdoc ILens
    function instantWithdrawalDigest(IFloodgate.Withdrawal calldata withdrawal) external view returns (bytes32) {
        return TypedData.digest(withdrawal, TypedData.INSTANT_WITHDRAWAL_TYPE_HASH, floodgate.domainSeparator());
    }

    /// @inheritdoc ILens
    function releaseDigest(
        address account,
        address to,
        uint96 amount,
        uint24 nonce,
        uint40 deadline
    ) external view returns (bytes32) {
        return TypedData.releaseDigest(account, to, amount, nonce, deadline, floodgate.domainSeparator());
    }

    /* MANY READS IN ONE */

    /// @inheritdoc ILens
    function walletOf(address account, address[] calldata sessionKeys) external view returns (Wallet memory wallet) {
        wallet.account = floodgate.accountOf(account);
        wallet.withdrawalRecipient = floodgate.withdrawalRecipient(account);
        wallet.nonce = Nonces(address(floodgate)).nonces(account);
        wallet.tokens = floodgate.token().balanceOf(account);
        wallet.allowance = floodgate.token().allowance(account, address(floodgate));
        wallet.sessions = new IFloodgate.Session[](sessionKeys.length);
        for (uint256 i = 0; i < sessionKeys.length; ++i) {
            wallet.sessions[i] = floodgate.sessionOf(account, sessionKeys[i]);
        }
        wallet.time = block.timestamp;
    }

    /// @inheritdoc ILens
    function lanesOf(
        address payer,
        uint32[] calldata lanes,
        address[] calldata payees
    ) external view returns (Lane[] memory states) {
        if (lanes.length != payees.length) revert LengthMismatch(lanes.length, payees.length);
        states = new Lane[](lanes.length);
        for (uint256 i = 0; i < lanes.length; ++i) {
            states[i].isSettled = floodgate.isLaneSettled(payer, lanes[i]);
            (states[i].paid, states[i].hasClosedLane) = floodgate.paid(payer, lanes[i], payees[i]);
        }
    }

    /// @inheritdoc ILens
    function depositsOf(address from, bytes32[] calldata ids) external view returns (bool[] memory areUsed) {
        areUsed = new bool[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) areUsed[i] = floodgate.isDepositIdUsed(from, ids[i]);
    }

    /// @inheritdoc ILens
    function authorityOf(address[] calldata allotterKeys) external view returns (Authority memory authority) {
        authority.owner = Ownable2Step(address(floodgate)).owner();
        authority.pendingOwner = Ownable2Step(address(floodgate)).pendingOwner();
        authority.operator = floodgate.operator();
        authority.feeRecipient = floodgate.feeRecipient();
        authority.feeBps = floodgate.feeBps();
        (authority.pendingFeeBps, authority.feeEffectiveAt) = floodgate.pendingFee();
        authority.isPaused = Pausable(address(floodgate)).paused();
        authority.bond = floodgate.bond();
        authority.totalBalance = floodgate.totalBalance();
        authority.batchCount = floodgate.batchCount();
        authority.allotters = new IFloodgate.Allotter[](allotterKeys.length);
        for (uint256 i = 0; i < allotterKeys.length; ++i) {
            authority.allotters[i] = floodgate.allotterOf(allotterKeys[i]);
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../interfaces/IFloodgate.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title TypedData
/// @notice Types and digests (EIP-712) of everything that Floodgate lets people sign.
/// @dev Mirror of protocol/; test/vectors keeps both alike. Each function returns the 32 bytes that
/// are signed.
library TypedData {
    bytes32 internal constant SESSION_AUTHORIZATION_TYPE_HASH =
        keccak256("SessionAuthorization(address account,address sessionKey,uint96 limit,uint40 expiresAt)");

    bytes32 internal constant ALLOTMENT_TYPE_HASH = keccak256(
        "Allotment(address payer,address payee,address sessionKey,address payeeKey,uint32 lane,uint96 cap,"
        "uint96 pricePerGiB,uint32 credit,bytes20 infoHash,uint40 expiresAt)"
    );

    bytes32 internal constant VOUCHER_TYPE_HASH =
        keccak256("Voucher(address payer,address payee,uint32 lane,uint96 amount)");

    bytes32 internal constant STATEMENT_TYPE_HASH = keccak256("Statement(address payer,bytes32 lanesHash)");

    bytes32 internal constant RELEASE_TYPE_HASH =
        keccak256("Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)");

    bytes32 internal constant WITHDRAWAL_TYPE_HASH =
        keccak256("Withdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)");

    bytes32 internal constant INSTANT_WITHDRAWAL_TYPE_HASH =
        keccak256("InstantWithdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)");

    // All fields are atomic types, so ABI encoding of a whole struct is EIP-712's `encodeData`.

    function digest(
        IFloodgate.SessionAuthorization calldata authorization,
        bytes32 domain
    ) internal pure returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(SESSION_AUTHORIZATION_TYPE_HASH, authorization));
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function digest(IFloodgate.Allotment calldata allotment, bytes32 domain) internal pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(ALLOTMENT_TYPE_HASH, allotment)));
    }

    /// @notice What a wallet signs for an exit.
    /// @param typeHash that of a withdrawal after the delay, or at once: both have the same fields
    function digest(
        IFloodgate.Withdrawal calldata withdrawal,
        bytes32 typeHash,
        bytes32 domain
    ) internal pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(typeHash, withdrawal)));
    }

    /// @notice What an allotter signs so that `amount` may leave at once.
    /// @param nonce the account's `releaseNonce`
    function releaseDigest(
        address account,
        address to,
        uint96 amount,
        uint24 nonce,
        uint40 deadline,
        bytes32 domain
    ) internal pure returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(RELEASE_TYPE_HASH, account, to, amount, nonce, deadline));
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    /// @notice What a session key signs for many finished lanes.
    /// @dev In memory behind the free pointer, as `settle` needs it.
    /// @param lanesHash keccak-256 of payee (20) | lane (4) | amount (12) of each lane, ascending
    function statementDigest(address payer, bytes32 lanesHash, bytes32 domain) internal pure returns (bytes32) {
        bytes32 typeHash = STATEMENT_TYPE_HASH;
        bytes32 structHash;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            mstore(add(free, 0x20), shr(96, shl(96, payer)))
            mstore(add(free, 0x40), lanesHash)
            structHash := keccak256(free, 0x60)
        }
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    /// @notice What a session key signs for one lane.
    /// @dev For the hot loop of `settle`: hashes in memory behind the free pointer, so that rows
    /// cost no new memory.
    /// @param payer account that promises
    /// @param payee account that is promised to
    /// @param lane below 2^32
    /// @param amount base units, below 2^96
    /// @param domain separator
    /// @return result what the session key signs
    function voucherDigest(
        address payer,
        address payee,
        uint256 lane,
        uint256 amount,
        bytes32 domain
    ) internal pure returns (bytes32 result) {
        bytes32 typeHash = VOUCHER_TYPE_HASH;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            mstore(add(free, 0x20), shr(96, shl(96, payer)))
            mstore(add(free, 0x40), shr(96, shl(96, payee)))
            mstore(add(free, 0x60), lane)
            mstore(add(free, 0x80), amount)
            let structHash := keccak256(free, 0xa0)
            mstore(free, hex"1901")
            mstore(add(free, 0x02), domain)
            mstore(add(free, 0x22), structHash)
            result := keccak256(free, 0x42)
        }
    }
}

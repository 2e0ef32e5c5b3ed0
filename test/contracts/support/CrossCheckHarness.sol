// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BatchGroups} from "./BatchGroups.sol";
import {BatchReader} from "../../../contracts/libraries/settlement/BatchReader.sol";
import {CompactSignature} from "../../../contracts/libraries/CompactSignature.sol";
import {IFloodgate} from "../../../contracts/interfaces/IFloodgate.sol";
import {OutcomeLib} from "../../../contracts/libraries/settlement/OutcomeLib.sol";
import {Row} from "../../../contracts/libraries/settlement/Row.sol";
import {StatementHash} from "./StatementHash.sol";
import {TypedData} from "../../../contracts/libraries/TypedData.sol";

/// @notice Shows the libraries to test/protocol/cross-check, many values in one call.
contract CrossCheckHarness {
    using BatchGroups for bytes;
    using BatchReader for bytes;

    struct Voucher {
        address payer;
        address payee;
        uint32 lane;
        uint96 amount;
    }

    struct Release {
        address account;
        address to;
        uint96 amount;
        uint24 nonce;
        uint40 deadline;
    }

    function vouchers(Voucher[] calldata list, bytes32 domain) external pure returns (bytes32[] memory digests) {
        digests = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            Voucher calldata one = list[i];
            digests[i] = TypedData.voucherDigest(one.payer, one.payee, one.lane, one.amount, domain);
        }
    }

    function allotments(
        IFloodgate.Allotment[] calldata list,
        bytes32 domain
    ) external pure returns (bytes32[] memory digests) {
        digests = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) digests[i] = TypedData.digest(list[i], domain);
    }

    function authorizations(
        IFloodgate.SessionAuthorization[] calldata list,
        bytes32 domain
    ) external pure returns (bytes32[] memory digests) {
        digests = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) digests[i] = TypedData.digest(list[i], domain);
    }

    function withdrawals(
        IFloodgate.Withdrawal[] calldata list,
        bytes32 domain
    ) external pure returns (bytes32[] memory) {
        return _withdrawals(list, TypedData.WITHDRAWAL_TYPE_HASH, domain);
    }

    function instantWithdrawals(
        IFloodgate.Withdrawal[] calldata list,
        bytes32 domain
    ) external pure returns (bytes32[] memory) {
        return _withdrawals(list, TypedData.INSTANT_WITHDRAWAL_TYPE_HASH, domain);
    }

    function releases(Release[] calldata list, bytes32 domain) external pure returns (bytes32[] memory digests) {
        digests = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            Release calldata one = list[i];
            digests[i] = TypedData.releaseDigest(
                one.account,
                one.to,
                one.amount,
                one.nonce,
                one.deadline,
                domain
            );
        }
    }

    /// @notice Who has signed each digest (32) | r (32) | vs (32) of `packed`.
    function signers(bytes calldata packed) external view returns (bytes32[] memory result) {
        result = new bytes32[](packed.length / 96);
        for (uint256 i = 0; i < result.length; ++i) {
            bytes calldata one = packed[96 * i:96 * i + 96];
            result[i] = bytes32(bytes20(CompactSignature.recover(bytes32(one[:32]), one[32:])));
        }
    }

    /// @notice Who has signed, of a signature of any length.
    function signer(bytes32 digest, bytes calldata signature) external view returns (address) {
        return CompactSignature.recover(digest, signature);
    }

    /// @notice All that is read of each batch, folded into one hash, and the hash of its outcome.
    function readBatches(
        bytes[] calldata batches,
        uint256[][] calldata paidRows,
        bytes32 domain
    ) external view returns (bytes32[] memory readings, bytes32[] memory outcomes) {
        (readings, outcomes) = (new bytes32[](batches.length), new bytes32[](batches.length));
        for (uint256 i = 0; i < batches.length; ++i) {
            (readings[i], outcomes[i]) = _readBatch(batches[i], paidRows[i], domain);
        }
    }

    function _withdrawals(
        IFloodgate.Withdrawal[] calldata list,
        bytes32 typeHash,
        bytes32 domain
    ) private pure returns (bytes32[] memory digests) {
        digests = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) digests[i] = TypedData.digest(list[i], typeHash, domain);
    }

    function _readBatch(
        bytes calldata batch,
        uint256[] calldata paidRows,
        bytes32 domain
    ) private view returns (bytes32 reading, bytes32 outcome) {
        (uint256 version, , uint256 offset) = batch.readHeader();
        reading = keccak256(abi.encode(version, batch.bundleHash()));
        bytes32[] memory leaves = new bytes32[](paidRows.length);
        for (uint256 i = 0; offset < batch.length; ++i) {
            uint256 next;
            (reading, next) = _readGroup(batch, offset, version, domain, reading);
            leaves[i] = _leafOf(batch, offset, next, version, paidRows[i]);
            offset = next;
        }
        outcome = OutcomeLib.rootOf(leaves, leaves.length);
    }

    function _leafOf(
        bytes calldata batch,
        uint256 offset,
        uint256 next,
        uint256 version,
        uint256 paidRows
    ) private pure returns (bytes32) {
        (address payer, , uint256 position, ) = batch.readGroup(offset, version);
        bytes memory rows;
        for (; position < next; position += BatchReader.rowBytes(version)) {
            Row row = BatchReader.rowAt(batch.positionOf(position));
            rows = abi.encodePacked(rows, batch.payeeAt(row.payeeIndex()), uint32(row.lane()), uint96(row.amount()));
        }
        return OutcomeLib.leafOf(payer, keccak256(rows), paidRows);
    }

    function _readGroup(
        bytes calldata batch,
        uint256 offset,
        uint256 version,
        bytes32 domain,
        bytes32 before
    ) private view returns (bytes32 reading, uint256 next) {
        address payer;
        address sessionKey;
        (payer, sessionKey, offset, next) = batch.readGroup(offset, version);
        reading = keccak256(abi.encode(before, payer, sessionKey));
        if (version == BatchReader.STATEMENTS) {
            bytes32 digest = TypedData.statementDigest(payer, StatementHash.lanesHash(batch, offset, next), domain);
            reading = keccak256(abi.encode(reading, digest, batch.load(offset - 64), batch.load(offset - 32)));
        }
        for (; offset < next; offset += BatchReader.rowBytes(version)) {
            reading = _readRow(batch, offset, payer, domain, reading);
            if (version == BatchReader.VOUCHERS) {
                reading = keccak256(abi.encode(reading, batch.load(offset + 18), batch.load(offset + 50)));
            }
        }
    }

    function _readRow(
        bytes calldata batch,
        uint256 offset,
        address payer,
        bytes32 domain,
        bytes32 before
    ) private pure returns (bytes32) {
        Row row = BatchReader.rowAt(batch.positionOf(offset));
        address payee = batch.payeeAt(row.payeeIndex());
        bytes32 digest = TypedData.voucherDigest(payer, payee, row.lane(), row.amount(), domain);
        return keccak256(abi.encode(before, payee, row.lane(), row.amount(), digest));
    }
}

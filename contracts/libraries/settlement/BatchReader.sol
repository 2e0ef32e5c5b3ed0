// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {Row} from "./Row.sol";

/// @title BatchReader
/// @notice Reads a packed settlement batch in place; `IFloodgate.settle` has the layout.
/// @dev Mirror of protocol/batch.ts. `readHeader` and `checkGroup` check that what they describe
/// lies inside the batch; the others trust them. Offsets count from the first byte of the batch.
library BatchReader {
    uint256 internal constant VOUCHERS = 1;
    uint256 internal constant STATEMENTS = 2;

    uint256 internal constant PAYEES_OFFSET = 1 + 32 + 5 + 2;
    uint256 internal constant PAYEE_BYTES = 20;
    uint256 internal constant SIGNATURE_BYTES = 32 + 32;
    uint256 internal constant LANE_BYTES = 2 + 4 + 12;
    uint256 internal constant GROUP_BYTES = 20 + 20 + 1;

    /// @dev Of either version: one signature and one row.
    uint256 internal constant SMALLEST_GROUP_BYTES = GROUP_BYTES + SIGNATURE_BYTES + LANE_BYTES;

    /// @notice Checks everything before the first group.
    /// @return version `VOUCHERS` or `STATEMENTS`
    /// @return payeeCount entries of the payee table; `readPayeeTable` checks them
    /// @return groupsOffset where the first group begins
    function readHeader(
        bytes calldata batch
    ) internal view returns (uint256 version, uint256 payeeCount, uint256 groupsOffset) {
        _checkLength(batch, PAYEES_OFFSET);
        version = uint8(batch[0]);
        if (version != VOUCHERS && version != STATEMENTS) revert IFloodgate.BatchVersionUnknown(version, STATEMENTS);
        uint256 validUntil = uint40(bytes5(load(batch, 33)));
        if (block.timestamp > validUntil) revert IFloodgate.BatchExpired(block.timestamp, validUntil);

        payeeCount = uint16(bytes2(load(batch, 38)));
        groupsOffset = PAYEES_OFFSET + PAYEE_BYTES * payeeCount;
        _checkLength(batch, groupsOffset);
        if (batch.length == groupsOffset) revert IFloodgate.BatchEmpty();
    }

    /// @notice Reverts with what is wrong with the group at `offset`: it is not complete, or has no
    /// rows.
    function checkGroup(bytes calldata batch, uint256 offset, uint256 version) internal pure {
        uint256 rowsOffset = offset + headBytes(version);
        _checkLength(batch, rowsOffset);
        uint256 rowCount = uint256(load(batch, offset + 40)) >> 248;
        if (rowCount == 0) revert IFloodgate.BatchGroupEmpty(offset);
        _checkLength(batch, rowsOffset + rowBytes(version) * rowCount);
    }

    /// @notice Size of a group before its rows.
    function headBytes(uint256 version) internal pure returns (uint256) {
        return version == STATEMENTS ? GROUP_BYTES + SIGNATURE_BYTES : GROUP_BYTES;
    }

    /// @notice Size of a row: each voucher brings its signature, a statement has one for all.
    function rowBytes(uint256 version) internal pure returns (uint256) {
        return version == STATEMENTS ? LANE_BYTES : LANE_BYTES + SIGNATURE_BYTES;
    }

    /// @notice What the authority's audit bundle of this batch hashes to.
    function bundleHash(bytes calldata batch) internal pure returns (bytes32) {
        return load(batch, 1);
    }

    /// @notice Where the byte at `offset` stands in the calldata of this call.
    function positionOf(bytes calldata batch, uint256 offset) internal pure returns (uint256 position) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            position := add(batch.offset, offset)
        }
    }

    /// @notice The 32 bytes at a position of the calldata.
    function word(uint256 position) internal pure returns (bytes32 result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            result := calldataload(position)
        }
    }

    /// @notice The row at a position of the calldata.
    function rowAt(uint256 position) internal pure returns (Row) {
        return Row.wrap(uint256(word(position)));
    }

    /// @notice The 32 bytes at `offset`.
    function load(bytes calldata batch, uint256 offset) internal pure returns (bytes32 result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            result := calldataload(add(batch.offset, offset))
        }
    }

    function _checkLength(bytes calldata batch, uint256 needed) private pure {
        if (batch.length < needed) revert IFloodgate.BatchTruncated(batch.length, needed);
    }
}

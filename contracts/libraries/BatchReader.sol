// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../interfaces/IFloodgate.sol";

/// @title BatchReader
/// @notice Reads a packed settlement batch in place; `IFloodgate.settle` has the layout.
/// @dev Mirror of protocol/batch.ts. `readHeader` and `readGroup` check that what they describe lies inside the batch;
/// the others trust them. Offsets count from the first byte of the batch.
library BatchReader {
    uint256 internal constant VOUCHERS = 1;
    uint256 internal constant STATEMENTS = 2;

    uint256 internal constant PAYEES_OFFSET = 1 + 32 + 2;
    uint256 internal constant PAYEE_BYTES = 20;
    uint256 internal constant SIGNATURE_BYTES = 32 + 32;
    uint256 internal constant LANE_BYTES = 2 + 4 + 12;
    uint256 internal constant GROUP_BYTES = 20 + 20 + 1;

    /// @dev Of either version: one signature and one row.
    uint256 internal constant SMALLEST_GROUP_BYTES = GROUP_BYTES + SIGNATURE_BYTES + LANE_BYTES;

    /// @notice Checks everything before the first group.
    /// @return version `VOUCHERS` or `STATEMENTS`
    /// @return payeeCount entries of the payee table, strictly ascending
    /// @return groupsOffset where the first group begins
    function readHeader(
        bytes calldata batch
    ) internal pure returns (uint256 version, uint256 payeeCount, uint256 groupsOffset) {
        _checkLength(batch, PAYEES_OFFSET);
        version = uint8(batch[0]);
        if (version != VOUCHERS && version != STATEMENTS) revert IFloodgate.BatchVersionUnknown(version, STATEMENTS);

        payeeCount = uint16(bytes2(batch[33:35]));
        groupsOffset = PAYEES_OFFSET + PAYEE_BYTES * payeeCount;
        _checkLength(batch, groupsOffset);
        if (batch.length == groupsOffset) revert IFloodgate.BatchEmpty();

        for (uint256 i = 1; i < payeeCount; ++i) {
            if (payeeAt(batch, i) <= payeeAt(batch, i - 1)) revert IFloodgate.BatchPayeesNotAscending(i);
        }
    }

    /// @notice Checks that the group at `offset` is complete and has rows.
    /// @return payer whose rows follow
    /// @return sessionKey that has signed them
    /// @return rowsOffset where its first row begins
    /// @return nextOffset behind the group
    function readGroup(
        bytes calldata batch,
        uint256 offset,
        uint256 version
    ) internal pure returns (address payer, address sessionKey, uint256 rowsOffset, uint256 nextOffset) {
        rowsOffset = offset + GROUP_BYTES;
        if (version == STATEMENTS) rowsOffset += SIGNATURE_BYTES;
        _checkLength(batch, rowsOffset);
        payer = address(bytes20(load(batch, offset)));
        sessionKey = address(bytes20(load(batch, offset + 20)));

        uint256 rowCount = uint256(load(batch, offset + 40)) >> 248;
        if (rowCount == 0) revert IFloodgate.BatchGroupEmpty(offset);
        nextOffset = rowsOffset + rowBytes(version) * rowCount;
        _checkLength(batch, nextOffset);
    }

    /// @notice Size of a row: each voucher brings its signature, a statement has one for all.
    function rowBytes(uint256 version) internal pure returns (uint256) {
        return version == STATEMENTS ? LANE_BYTES : LANE_BYTES + SIGNATURE_BYTES;
    }

    /// @notice What the authority's audit bundle of this batch hashes to.
    function evidenceHash(bytes calldata batch) internal pure returns (bytes32) {
        return load(batch, 1);
    }

    /// @notice Entry `index` of the payee table.
    function payeeAt(bytes calldata batch, uint256 index) internal pure returns (address) {
        unchecked {
            return address(bytes20(load(batch, PAYEES_OFFSET + PAYEE_BYTES * index)));
        }
    }

    /// @notice The row at `offset`, without its signature.
    function rowAt(
        bytes calldata batch,
        uint256 offset
    ) internal pure returns (uint256 payeeIndex, uint256 lane, uint256 amount) {
        uint256 word = uint256(load(batch, offset));
        payeeIndex = word >> 240;
        lane = uint32(word >> 208);
        amount = uint96(word >> 112);
    }

    /// @notice What a statement signs of the rows from `offset` to `end`: payee (20) | lane (4) | amount (12) of each.
    /// @dev A row that points behind the payee table hashes what it finds there; `settle` reverts on it later.
    function lanesHash(bytes calldata batch, uint256 offset, uint256 end) internal pure returns (bytes32 result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            let to := free
            let payees := add(batch.offset, PAYEES_OFFSET)
            let last := add(batch.offset, end)
            // Each store writes a whole word; the next one overwrites what is too much.
            for { let from := add(batch.offset, offset) } lt(from, last) { from := add(from, LANE_BYTES) } {
                let row := calldataload(from)
                mstore(to, calldataload(add(payees, mul(PAYEE_BYTES, shr(240, row)))))
                mstore(add(to, 20), shl(16, row))
                to := add(to, 36)
            }
            result := keccak256(free, sub(to, free))
        }
    }

    /// @notice keccak-256 of the bytes from `offset` to `end`.
    /// @dev Copies behind the free pointer without moving it: one group's space serves all groups.
    function hash(bytes calldata batch, uint256 offset, uint256 end) internal pure returns (bytes32 result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, add(batch.offset, offset), sub(end, offset))
            result := keccak256(free, sub(end, offset))
        }
    }

    /// @notice The 32 bytes at `offset`.
    function load(bytes calldata batch, uint256 offset) internal pure returns (bytes32 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := calldataload(add(batch.offset, offset))
        }
    }

    function _checkLength(bytes calldata batch, uint256 needed) private pure {
        if (batch.length < needed) revert IFloodgate.BatchTruncated(batch.length, needed);
    }
}

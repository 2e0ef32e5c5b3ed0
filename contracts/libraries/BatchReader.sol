// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../interfaces/IFloodgate.sol";

/// @title BatchReader
/// @notice Reads a packed settlement batch in place; `IFloodgate.settle` has the layout.
/// @dev Mirror of protocol/batch.ts. `readHeader` and `readGroup` check that what they describe lies inside the batch;
/// the others trust them. Offsets count from the first byte of the batch.
library BatchReader {
    uint256 internal constant VERSION = 1;
    uint256 internal constant PAYEES_OFFSET = 1 + 32 + 2;
    uint256 internal constant PAYEE_BYTES = 20;
    uint256 internal constant GROUP_HEADER_BYTES = 20 + 20 + 1;
    uint256 internal constant ROW_BYTES = 2 + 4 + 12 + 32 + 32;
    uint256 internal constant SIGNATURE_OFFSET = 2 + 4 + 12;

    /// @notice Checks everything before the first group.
    /// @return evidenceHash of the authority's audit bundle
    /// @return payeeCount entries of the payee table, strictly ascending
    /// @return groupsOffset where the first group begins
    function readHeader(
        bytes calldata batch
    ) internal pure returns (bytes32 evidenceHash, uint256 payeeCount, uint256 groupsOffset) {
        _checkLength(batch, PAYEES_OFFSET);
        uint256 version = uint8(batch[0]);
        if (version != VERSION) revert IFloodgate.BatchVersionUnknown(version, VERSION);

        evidenceHash = bytes32(batch[1:33]);
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
    /// @return nextOffset behind the group
    function readGroup(
        bytes calldata batch,
        uint256 offset
    ) internal pure returns (address payer, address sessionKey, uint256 nextOffset) {
        nextOffset = offset + GROUP_HEADER_BYTES;
        _checkLength(batch, nextOffset);
        payer = address(bytes20(_load(batch, offset)));
        sessionKey = address(bytes20(_load(batch, offset + 20)));

        uint256 rowCount = uint256(_load(batch, offset + 40)) >> 248;
        if (rowCount == 0) revert IFloodgate.BatchGroupEmpty(offset);
        nextOffset += ROW_BYTES * rowCount;
        _checkLength(batch, nextOffset);
    }

    /// @notice Entry `index` of the payee table.
    function payeeAt(bytes calldata batch, uint256 index) internal pure returns (address) {
        return address(bytes20(_load(batch, PAYEES_OFFSET + PAYEE_BYTES * index)));
    }

    /// @notice The row at `offset`, without its signature.
    function rowAt(
        bytes calldata batch,
        uint256 offset
    ) internal pure returns (uint256 payeeIndex, uint256 lane, uint256 amount) {
        uint256 word = uint256(_load(batch, offset));
        payeeIndex = word >> 240;
        lane = uint32(word >> 208);
        amount = uint96(word >> 112);
    }

    /// @notice Signature of the row at `offset`.
    function signatureAt(bytes calldata batch, uint256 offset) internal pure returns (bytes32 r, bytes32 vs) {
        r = _load(batch, offset + SIGNATURE_OFFSET);
        vs = _load(batch, offset + SIGNATURE_OFFSET + 32);
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

    function _load(bytes calldata batch, uint256 offset) private pure returns (bytes32 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := calldataload(add(batch.offset, offset))
        }
    }

    function _checkLength(bytes calldata batch, uint256 needed) private pure {
        if (batch.length < needed) revert IFloodgate.BatchTruncated(batch.length, needed);
    }
}

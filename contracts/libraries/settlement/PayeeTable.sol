// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";

/// @notice A batch's payees in memory, each with what the batch has credited to it so far: two
/// words an entry.
/// @dev Position of the first entry. Each row reads one address and adds to one credit, so both
/// stand side by side.
type PayeeTable is uint256;

/// @notice Position of one entry in memory: address, then credit in base units.
type PayeeEntry is uint256;

using {entryAt} for PayeeTable global;
using {payee, credit} for PayeeEntry global;

/// @notice Reads `count` payees from `position` of the calldata on, and checks that they ascend
/// strictly from 1.
/// @dev One entry more than there are payees, all zero: rows that point nowhere are sent there.
function readPayeeTable(uint256 position, uint256 count) view returns (PayeeTable table) {
    uint256 flawed; // 1 more than the index of the entry
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        table := mload(0x40)
        let end := add(table, shl(6, count))
        mstore(0x40, add(end, 0x40))
        let least := 1
        for { let entry := table } lt(entry, end) { entry := add(entry, 0x40) } {
            let account := shr(96, calldataload(position))
            if or(lt(account, least), eq(account, address())) {
                flawed := add(shr(6, sub(entry, table)), 1)
                break
            }
            least := add(account, 1)
            mstore(entry, account)
            mstore(add(entry, 0x20), 0)
            position := add(position, 20)
        }
        mstore(end, 0)
        mstore(add(end, 0x20), 0)
    }
    if (flawed != 0) revert IFloodgate.BatchPayeeInvalid(flawed - 1);
}

/// @notice Entry `index`; the caller has checked that there is one.
function entryAt(PayeeTable table, uint256 index) pure returns (PayeeEntry) {
    unchecked {
        return PayeeEntry.wrap(PayeeTable.unwrap(table) + (index << 6));
    }
}

/// @notice Who is paid.
function payee(PayeeEntry entry) pure returns (address result) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        result := mload(entry)
    }
}

/// @notice What the batch has credited so far, base units, below 2^96.
function credit(PayeeEntry entry) pure returns (uint96 result) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        result := mload(add(entry, 0x20))
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";

/// @notice A batch's payees in memory, a word each: account (20 bytes) | what the batch has
/// credited to it so far (12 bytes, base units).
/// @dev Position of the first entry. A credit stays below 2^96, as the sum of all balances does.
/// Nothing may be allocated behind the table: the loops write there before they know that a row
/// points behind it.
type PayeeTable is uint256;

using {entries} for PayeeTable global;

/// @notice Reads `count` payees from `position` of the calldata on, and checks that they ascend
/// strictly from 1.
function readPayeeTable(uint256 position, uint256 count) view returns (PayeeTable table) {
    uint256 flawed; // 1 more than the index of the entry
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        // A list of words, so that it can become the entries of an event.
        table := add(mload(0x40), 0x20)
        mstore(sub(table, 0x20), count)
        let end := add(table, shl(5, count))
        mstore(0x40, end)
        let before := 0
        let self := address()
        for { let entry := table } lt(entry, end) { entry := add(entry, 0x20) } {
            let account := shr(96, calldataload(position))
            if or(iszero(gt(account, before)), eq(account, self)) {
                flawed := add(shr(5, sub(entry, table)), 1)
                break
            }
            before := account
            mstore(entry, shl(96, account))
            position := add(position, 20)
        }
    }
    if (flawed != 0) revert IFloodgate.BatchPayeeInvalid(flawed - 1);
}

/// @notice The table as a list.
function entries(PayeeTable table) pure returns (bytes32[] memory list) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        list := sub(table, 0x20)
    }
}

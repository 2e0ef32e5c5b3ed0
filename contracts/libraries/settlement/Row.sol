// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The first word of a row in a batch: payee index (2 bytes) | lane (4) | amount (12) |
/// 14 bytes that follow.
type Row is uint256;

using {payeeIndex, lane, laneWord, amount} for Row global;

/// @notice Index in the batch's payee table.
function payeeIndex(Row row) pure returns (uint256) {
    return Row.unwrap(row) >> 240;
}

/// @notice Number of the lane.
function lane(Row row) pure returns (uint256) {
    return uint32(Row.unwrap(row) >> 208);
}

/// @notice Index of the bitmap that the lane is in.
function laneWord(Row row) pure returns (uint256) {
    return uint24(Row.unwrap(row) >> 216);
}

/// @notice Total of the lane, base units.
function amount(Row row) pure returns (uint256) {
    return uint96(Row.unwrap(row) >> 112);
}

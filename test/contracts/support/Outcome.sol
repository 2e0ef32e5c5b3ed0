// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev What IFloodgate says of `outcomeHash`, written once more and in the plainest way, so that a
/// mistake shows.

/// @notice The leaf of a packed group.
/// @param head bytes of the batch before its first group
/// @param paidRows bit i says that row i paid
function leafOf(bytes memory head, bytes memory group, uint256 paidRows) pure returns (bytes32) {
    return leafOfRows(address(uint160(readUint(group, 0, 20))), resolvedRows(head, group), paidRows);
}

function leafOfRows(address payer, bytes memory rows, uint256 paidRows) pure returns (bytes32) {
    return keccak256(abi.encode(payer, keccak256(rows), paidRows));
}

/// @notice payee (20) | lane (4) | amount (12) of each row of a packed group.
function resolvedRows(bytes memory head, bytes memory group) pure returns (bytes memory rows) {
    bool hasStatements = head[0] == 0x02;
    uint256 at = hasStatements ? 105 : 41;
    for (uint256 i = 0; i < uint8(group[40]); ++i) {
        uint256 payee = readUint(head, 40 + 20 * readUint(group, at, 2), 20);
        uint256 lane = readUint(group, at + 2, 4);
        uint256 amount = readUint(group, at + 6, 12);
        rows = abi.encodePacked(rows, uint160(payee), uint32(lane), uint96(amount));
        at += hasStatements ? 18 : 82;
    }
}

/// @notice The root over all leaves.
function rootOf(bytes32[] memory leaves) pure returns (bytes32) {
    while (leaves.length > 1) leaves = _nextLevel(leaves);
    return leaves[0];
}

/// @notice The hashes beside the way from leaf `index` to the root.
function proofOf(bytes32[] memory leaves, uint256 index) pure returns (bytes32[] memory proof) {
    bytes memory packed;
    for (; leaves.length > 1; leaves = _nextLevel(leaves)) {
        uint256 neighbour = index ^ 1;
        if (neighbour < leaves.length) packed = bytes.concat(packed, leaves[neighbour]);
        index /= 2;
    }
    proof = new bytes32[](packed.length / 32);
    for (uint256 i = 0; i < proof.length; ++i) proof[i] = bytes32(readUint(packed, 32 * i, 32));
}

/// @notice Big-endian number of `length` bytes.
function readUint(bytes memory data, uint256 at, uint256 length) pure returns (uint256 result) {
    for (uint256 i = 0; i < length; ++i) result = (result << 8) | uint8(data[at + i]);
}

function _nextLevel(bytes32[] memory nodes) pure returns (bytes32[] memory parents) {
    parents = new bytes32[]((nodes.length + 1) / 2);
    for (uint256 i = 0; i < parents.length; ++i) {
        bytes32 left = nodes[2 * i];
        if (2 * i + 1 == nodes.length) {
            parents[i] = left;
            continue;
        }
        bytes32 right = nodes[2 * i + 1];
        parents[i] = left < right ? keccak256(bytes.concat(left, right)) : keccak256(bytes.concat(right, left));
    }
}

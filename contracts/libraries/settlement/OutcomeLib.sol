// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title OutcomeLib
/// @notice What a batch leaves on-chain, and what can be proved from it later: a Merkle root over
/// its groups.
/// @dev A leaf hashes 96 bytes and an inner node 64, so neither can pass for the other.
library OutcomeLib {
    /// @dev payee (20) | lane (4) | amount (12), as in a statement.
    uint256 internal constant ROW_BYTES = 20 + 4 + 12;

    /// @notice The leaf of one group.
    /// @param rowsHash keccak-256 of payee (20) | lane (4) | amount (12) of each row
    /// @param paidRows bit i says that row i paid
    function leafOf(address payer, bytes32 rowsHash, uint256 paidRows) internal pure returns (bytes32 leaf) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, shr(96, shl(96, payer)))
            mstore(add(free, 0x20), rowsHash)
            mstore(add(free, 0x40), paidRows)
            leaf := keccak256(free, 0x60)
        }
    }

    /// @notice The root over the first `count` leaves, which it overwrites; at least one.
    /// @dev Pairs are sorted before they are hashed, as OpenZeppelin's MerkleProof does; an odd
    /// last node moves up.
    function rootOf(bytes32[] memory leaves, uint256 count) internal pure returns (bytes32 root) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let first := add(leaves, 0x20)
            for {} gt(count, 1) { count := shr(1, add(count, 1)) } {
                let from := first
                let to := first
                let end := add(first, shl(5, count))
                for {} lt(add(from, 0x20), end) { from := add(from, 0x40) } {
                    let left := mload(from)
                    let right := mload(add(from, 0x20))
                    // The lesser one comes first.
                    let isSwapped := lt(right, left)
                    mstore(shl(5, isSwapped), left)
                    mstore(shl(5, iszero(isSwapped)), right)
                    mstore(to, keccak256(0, 0x40))
                    to := add(to, 0x20)
                }
                if lt(from, end) { mstore(to, mload(from)) }
            }
            root := mload(first)
        }
    }

    /// @notice What a batch has paid `payee` on a lane, base units before the fee; 0 if it paid
    /// another.
    /// @dev Reverts if `evidence` does not lead to `root`, or shows no payment on the lane.
    function paidTo(
        IFloodgate.Evidence calldata evidence,
        bytes32 root,
        address payer,
        uint256 lane,
        address payee
    ) internal pure returns (uint96) {
        bytes calldata rows = evidence.rows;
        bytes32 leaf = leafOf(payer, keccak256(rows), evidence.paidRows);
        bytes32 shown = MerkleProof.processProofCalldata(evidence.proof, leaf);
        if (shown != root) revert IFloodgate.EvidenceMismatch(shown, root);

        // The rows are those of a group now, so their length is a multiple of a row's.
        uint256 paidRows = evidence.paidRows;
        for (uint256 offset = 0; offset < rows.length; offset += ROW_BYTES) {
            if (paidRows & 1 == 1 && uint32(bytes4(rows[offset + 20:])) == lane) {
                return address(bytes20(rows[offset:])) == payee ? uint96(bytes12(rows[offset + 24:])) : 0;
            }
            paidRows >>= 1;
        }
        revert IFloodgate.EvidenceIrrelevant(payer, lane);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {OutcomeLib} from "../../contracts/libraries/settlement/OutcomeLib.sol";
import {proofOf, rootOf} from "./support/Outcome.sol";
import {TestBase} from "./support/TestBase.sol";

/// @notice The contract's tree is the one that its interface describes, for any number of groups.
contract OutcomeTest is TestBase {
    function testFuzz_TheRootIsThatOfTheDescription(uint256 seed, uint8 count) public pure {
        bytes32[] memory leaves = _leaves(seed, bound(count, 1, 100));
        bytes32 expected = rootOf(leaves);
        // One leaf more than is used.
        bytes32[] memory room = new bytes32[](leaves.length + 1);
        for (uint256 i = 0; i < leaves.length; ++i) room[i] = leaves[i];
        assertEq(OutcomeLib.rootOf(room, leaves.length), expected, "root");
    }

    function testFuzz_EachLeafHasAProof(uint256 seed, uint8 count, uint8 index) public pure {
        bytes32[] memory leaves = _leaves(seed, bound(count, 1, 100));
        uint256 at = bound(index, 0, leaves.length - 1);
        bytes32[] memory proof = proofOf(leaves, at);
        assertEq(MerkleProof.processProof(proof, leaves[at]), rootOf(leaves), "proof");
    }

    function _leaves(uint256 seed, uint256 count) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) leaves[i] = keccak256(abi.encode(seed, i));
    }
}

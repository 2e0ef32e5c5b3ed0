// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BatchGroups} from "./support/BatchGroups.sol";
import {BatchReader} from "../../contracts/libraries/settlement/BatchReader.sol";
import {CompactSignature} from "../../contracts/libraries/CompactSignature.sol";
import {leafOf, rootOf} from "./support/Outcome.sol";
import {Row} from "../../contracts/libraries/settlement/Row.sol";
import {StatementHash} from "./support/StatementHash.sol";
import {TestBase} from "./support/TestBase.sol";
import {TypedData} from "../../contracts/libraries/TypedData.sol";

/// @notice TypeScript and Solidity read, digest and recover alike: the same vectors are checked in
/// test/protocol.
contract VectorsTest is TestBase {
    using BatchGroups for bytes;
    using BatchReader for bytes;

    function test_AThousandVouchersDigestAlike() public view {
        string memory json = vm.readFile("test/vectors/vouchers.json");
        bytes32 domain = vm.parseJsonBytes32(json, ".domainSeparator");
        address[] memory payers = vm.parseJsonAddressArray(json, ".payers");
        address[] memory payees = vm.parseJsonAddressArray(json, ".payees");
        uint256[] memory lanes = vm.parseJsonUintArray(json, ".lanes");
        uint256[] memory amounts = vm.parseJsonUintArray(json, ".amounts");
        bytes32[] memory digests = vm.parseJsonBytes32Array(json, ".digests");

        assertLe(1_000, digests.length, "vectors");
        for (uint256 i = 0; i < digests.length; ++i) {
            bytes32 digest = TypedData.voucherDigest(payers[i], payees[i], lanes[i], amounts[i], domain);
            assertEq(digest, digests[i], "digest");
        }
    }

    function test_ABatchOfVouchersReadsAlike() public view {
        _checkBatch("test/vectors/batch.json");
    }

    function test_ABatchOfStatementsReadsAlike() public view {
        _checkBatch("test/vectors/statements.json");
    }

    function _checkBatch(string memory file) private view {
        string memory json = vm.readFile(file);
        this.checkBatch(
            vm.parseJsonBytes(json, ".batch"),
            vm.parseJsonUintArray(json, ".paid"),
            vm.parseJsonBytes32(json, ".outcomeHash"),
            vm.parseJsonBytes32(json, ".domainSeparator")
        );
    }

    function checkBatch(
        bytes calldata batch,
        uint256[] calldata paid,
        bytes32 outcomeHash,
        bytes32 domain
    ) external view {
        (uint256 version, , uint256 offset) = batch.readHeader();
        assertEq(batch.bundleHash(), keccak256("bundle"), "bundle");
        bytes memory head = batch[:offset];
        bytes32[] memory leaves = new bytes32[](paid.length);
        for (uint256 i = 0; offset < batch.length; ++i) {
            uint256 next = _checkGroup(batch, offset, version, domain);
            leaves[i] = leafOf(head, batch[offset:next], paid[i]);
            offset = next;
        }
        assertEq(rootOf(leaves), outcomeHash, "outcome");
    }

    function _checkGroup(
        bytes calldata batch,
        uint256 offset,
        uint256 version,
        bytes32 domain
    ) private view returns (uint256 next) {
        address payer;
        address sessionKey;
        uint256 position;
        (payer, sessionKey, position, next) = batch.readGroup(offset, version);
        if (version == BatchReader.STATEMENTS) {
            bytes32 digest = TypedData.statementDigest(payer, StatementHash.lanesHash(batch, position, next), domain);
            _checkSigner(batch, position - BatchReader.SIGNATURE_BYTES, digest, sessionKey);
            return next;
        }
        for (; position < next; position += BatchReader.rowBytes(version)) {
            _checkSigner(batch, position + BatchReader.LANE_BYTES, _rowDigest(batch, payer, position, domain), sessionKey);
        }
    }

    function _rowDigest(
        bytes calldata batch,
        address payer,
        uint256 position,
        bytes32 domain
    ) private pure returns (bytes32) {
        Row row = BatchReader.rowAt(batch.positionOf(position));
        return TypedData.voucherDigest(payer, batch.payeeAt(row.payeeIndex()), row.lane(), row.amount(), domain);
    }

    function _checkSigner(bytes calldata batch, uint256 position, bytes32 digest, address signer) private view {
        assertEq(CompactSignature.recover(digest, batch.load(position), batch.load(position + 32)), signer, "signer");
    }
}

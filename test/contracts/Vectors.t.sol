// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BatchReader} from "../../contracts/libraries/BatchReader.sol";
import {CompactSignature} from "../../contracts/libraries/CompactSignature.sol";
import {TestBase} from "./support/TestBase.sol";
import {VoucherLib} from "../../contracts/libraries/VoucherLib.sol";

/// @notice TypeScript and Solidity read, digest and recover alike: the same vectors are checked in test/protocol.
contract VectorsTest is TestBase {
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
            bytes32 digest = VoucherLib.voucherDigest(payers[i], payees[i], lanes[i], amounts[i], domain);
            assertEq(digest, digests[i], "digest");
        }
    }

    function test_ABatchReadsAlike() public view {
        string memory json = vm.readFile("test/vectors/batch.json");
        this.checkBatch(
            vm.parseJsonBytes(json, ".batch"),
            vm.parseJsonBytes32(json, ".evidenceHash"),
            vm.parseJsonUintArray(json, ".paid"),
            vm.parseJsonBytes32(json, ".outcomeHash"),
            vm.parseJsonBytes32(json, ".domainSeparator")
        );
    }

    function checkBatch(
        bytes calldata batch,
        bytes32 evidenceHash,
        uint256[] calldata paid,
        bytes32 outcomeHash,
        bytes32 domain
    ) external view {
        (bytes32 evidence, , uint256 offset) = batch.readHeader();
        assertEq(evidence, evidenceHash, "evidence");
        bytes32 outcome = batch.hash(0, offset);
        for (uint256 i = 0; offset < batch.length; ++i) {
            (address payer, address sessionKey, uint256 next) = batch.readGroup(offset);
            for (uint256 at = offset + BatchReader.GROUP_HEADER_BYTES; at < next; at += BatchReader.ROW_BYTES) {
                (uint256 payeeIndex, uint256 lane, uint256 amount) = batch.rowAt(at);
                address payee = batch.payeeAt(payeeIndex);
                bytes32 digest = VoucherLib.voucherDigest(payer, payee, lane, amount, domain);
                (bytes32 r, bytes32 vs) = batch.signatureAt(at);
                assertEq(CompactSignature.recover(digest, r, vs), sessionKey, "signer");
            }
            outcome = keccak256(abi.encode(outcome, batch.hash(offset, next), paid[i]));
            offset = next;
        }
        assertEq(outcome, outcomeHash, "outcome");
    }
}

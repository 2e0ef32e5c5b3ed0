// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {leafOf, leafOfRows} from "./support/Outcome.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice No evidence but the true one gets anything out of a lane that is used up.
/// @dev The batch: lanes 1 (paid), 2 (skipped) and 3 (paid) of `payer`, then lane 1 of another
/// payer.
contract ClaimWithForgedEvidenceTest is SettlementTest {
    bytes private _header;
    bytes[] private _groups;
    uint256[] private _paidRows;

    function setUp() public override {
        super.setUp();
        openPayer(100);
        uint256 secret = keyOf("second session");
        address second = payeeNumber(9);
        fund(second, 100);
        authorize(second, vm.addr(secret), NO_LIMIT, START + 1 hours);

        _header = header(payeeTable(2));
        _groups.push(group(payer, sessionKey, bytes.concat(row(0, 1, 10), row(0, 2, 0), row(1, 3, 5))));
        _groups.push(group(second, vm.addr(secret), rowOf(second, secret, 0, 1, 9)));
        _paidRows = new uint256[](2);
        (_paidRows[0], _paidRows[1]) = (5, 1);
        settle(abi.encodePacked(_header, _groups[0], _groups[1]));
    }

    function test_TheTrueEvidenceHolds() public {
        assertEq(claimWith(allotmentOn(1, 50), 30, _evidence(0)), 20, "paid");
    }

    function test_RevertWhen_ThereIsNone() public {
        IFloodgate.Evidence memory none;
        _expectMismatch(none);
        none.batch = 1;
        _expectMismatch(none);
    }

    function test_RevertWhen_TheBitmapIsChanged() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.paidRows = 4;
        _expectMismatch(evidence);
        evidence.paidRows = 7;
        _expectMismatch(evidence);
        evidence.paidRows = 5 | (1 << 255);
        _expectMismatch(evidence);
    }

    function test_RevertWhen_TheProofIsChangedShortOrLong() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        bytes32 neighbour = evidence.proof[0];
        evidence.proof[0] = bytes32(uint256(neighbour) ^ 1);
        _expectMismatch(evidence);
        evidence.proof = new bytes32[](0);
        _expectMismatch(evidence);
        evidence.proof = new bytes32[](2);
        (evidence.proof[0], evidence.proof[1]) = (neighbour, neighbour);
        _expectMismatch(evidence);
    }

    /// @dev A node is 64 bytes, a leaf 96: no rows hash to a node.
    function test_RevertWhen_ANodePosesAsALeaf() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.rows = abi.encode(leafOf(_header, _groups[0], 5), leafOf(_header, _groups[1], 1));
        evidence.proof = new bytes32[](0);
        _expectMismatch(evidence);
    }

    function test_RevertWhen_TheBatchIsAnother() public {
        settle(batchOf(row(0, 9, 1)));
        IFloodgate.Evidence memory evidence = _evidence(0);
        bytes32 outcome = floodgate.outcomeHash(1);
        evidence.batch = 2;
        bytes32 expected = floodgate.outcomeHash(2);
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceMismatch.selector, outcome, expected));
        evidence.batch = 3;
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceMismatch.selector, outcome, bytes32(0)));
        evidence.batch = 0;
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceMismatch.selector, outcome, bytes32(0)));
    }

    /// @dev Its leaf has the other payer's name in it.
    function test_RevertWhen_TheGroupIsOfAnotherPayer() public {
        _expectMismatch(_evidence(1));
    }

    function test_RevertWhen_TheGroupHasPaidNothingOnTheLane() public {
        claim(allotmentOn(2, 50), 1);
        IFloodgate.Allotment memory other = allotmentOn(2, 50);
        other.payee = payeeNumber(1);
        bytes memory reason = abi.encodeWithSelector(IFloodgate.EvidenceIrrelevant.selector, payer, 2);
        expectClaimReverts(other, 30, _evidence(0), reason);

        settle(batchOf(row(0, 4, 1)));
        reason = abi.encodeWithSelector(IFloodgate.EvidenceIrrelevant.selector, payer, 4);
        expectClaimReverts(allotmentOn(4, 50), 30, _evidence(0), reason);
    }

    function test_RevertWhen_TheClaimantHasNotUsedTheLane() public {
        _expectMismatch(claimantEvidence(payee));
        _expectMismatch(claimantEvidence(stranger));

        // A claim on a lane that a batch has used names a payee, and yet it is no evidence.
        IFloodgate.Allotment memory other = allotmentOn(1, 50);
        other.payee = payeeNumber(1);
        claimWith(other, 30, _evidence(0));
        _expectMismatch(claimantEvidence(payeeNumber(1)));
    }

    function testFuzz_RevertWhen_AnyByteOfTheRowsIsChanged(uint256 at, uint8 by) public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.rows[bound(at, 0, evidence.rows.length - 1)] ^= bytes1(uint8(bound(by, 1, 255)));
        _expectMismatch(evidence);
    }

    function testFuzz_RevertWhen_TheRowsAreCutOrLonger(uint256 length) public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        length = bound(length, 0, 2 * evidence.rows.length);
        if (length == evidence.rows.length) return;
        bytes memory rows = new bytes(length);
        for (uint256 i = 0; i < length && i < evidence.rows.length; ++i) rows[i] = evidence.rows[i];
        evidence.rows = rows;
        _expectMismatch(evidence);
    }

    function _evidence(uint256 groupIndex) private view returns (IFloodgate.Evidence memory) {
        return evidenceOf(1, _header, _groups, _paidRows, groupIndex);
    }

    function _expectRevert(IFloodgate.Evidence memory evidence, bytes memory reason) private {
        expectClaimReverts(allotmentOn(1, 50), 30, evidence, reason);
    }

    /// @dev Where `evidence` leads, written out once more, is not what its batch has left.
    function _expectMismatch(IFloodgate.Evidence memory evidence) private {
        bytes32 shown = leafOfRows(payer, evidence.rows, evidence.paidRows);
        for (uint256 i = 0; i < evidence.proof.length; ++i) {
            bytes32 neighbour = evidence.proof[i];
            shown = keccak256(shown < neighbour ? bytes.concat(shown, neighbour) : bytes.concat(neighbour, shown));
        }
        bytes32 expected = floodgate.outcomeHash(evidence.batch);
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceMismatch.selector, shown, expected));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
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
        _expectRevert(none, abi.encodeWithSelector(IFloodgate.EvidenceHeaderInvalid.selector, 0, 35));
    }

    function test_RevertWhen_TheHeaderHasAnotherLength() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.header = bytes.concat(_header, hex"00");
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceHeaderInvalid.selector, 76, 75));
        evidence.header = _cut(_header, 74);
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceHeaderInvalid.selector, 74, 75));
        evidence.header = _cut(_header, 34);
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceHeaderInvalid.selector, 34, 35));
    }

    /// @dev A step of the fold is 96 bytes: as a header it would stand for groups that nobody sees.
    function test_RevertWhen_AStepOfTheFoldPosesAsTheHeader() public {
        IFloodgate.Evidence memory evidence = _evidence(1);
        evidence.header = abi.encode(keccak256(_header), keccak256(_groups[0]), uint256(5));
        IFloodgate.GroupOutcome[] memory rest = new IFloodgate.GroupOutcome[](1);
        rest[0] = evidence.groups[1];
        (evidence.groups, evidence.groupIndex) = (rest, 0);

        uint256 payeeCount = uint8(evidence.header[33]) * 256 + uint8(evidence.header[34]);
        uint256 expected = 35 + 20 * payeeCount;
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceHeaderInvalid.selector, 96, expected));
    }

    function test_RevertWhen_TheHeaderNamesAnotherPayee() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.header[40] ^= 0x01;
        _expectMismatch(evidence);
    }

    function test_RevertWhen_TheHeaderHasAnotherVersionOrEvidenceHash() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.header[0] = 0x02;
        _expectMismatch(evidence);
        evidence = _evidence(0);
        evidence.header[1] ^= 0x80;
        _expectMismatch(evidence);
    }

    function test_RevertWhen_TheBitmapIsChanged() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.groups[0].paidRows = 4;
        _expectMismatch(evidence);
        evidence.groups[0].paidRows = 7;
        _expectMismatch(evidence);
    }

    function test_RevertWhen_AGroupIsMissingOrAddedOrMoved() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        IFloodgate.GroupOutcome memory first = evidence.groups[0];
        IFloodgate.GroupOutcome memory second = evidence.groups[1];
        evidence.groups = new IFloodgate.GroupOutcome[](1);
        evidence.groups[0] = first;
        _expectMismatch(evidence);
        evidence.groups = new IFloodgate.GroupOutcome[](3);
        (evidence.groups[0], evidence.groups[1], evidence.groups[2]) = (first, second, second);
        _expectMismatch(evidence);
        evidence.groups = new IFloodgate.GroupOutcome[](2);
        (evidence.groups[0], evidence.groups[1], evidence.groupIndex) = (second, first, 1);
        _expectMismatch(evidence);
        evidence.groups = new IFloodgate.GroupOutcome[](0);
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

    function test_RevertWhen_TheIndexIsBehindTheGroups() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.groupIndex = 2;
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceGroupUnknown.selector, 2, 2));
        evidence.groupIndex = type(uint256).max;
        _expectRevert(
            evidence,
            abi.encodeWithSelector(IFloodgate.EvidenceGroupUnknown.selector, type(uint256).max, 2)
        );
    }

    function test_RevertWhen_TheGroupIsNotTheOneOfTheIndex() public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.groupIndex = 1;
        _expectRevert(
            evidence,
            abi.encodeWithSelector(
                IFloodgate.EvidenceMismatch.selector,
                keccak256(_groups[0]),
                keccak256(_groups[1])
            )
        );
    }

    function test_RevertWhen_TheGroupIsOfAnotherPayer() public {
        _expectRevert(_evidence(1), abi.encodeWithSelector(IFloodgate.EvidenceIrrelevant.selector, payer, 1));
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
        bytes memory reason = abi.encodeWithSelector(IFloodgate.EvidenceHeaderInvalid.selector, 0, 35);
        _expectRevert(claimantEvidence(payee), reason);
        _expectRevert(claimantEvidence(stranger), reason);

        // A claim on a lane that a batch has used names a payee, and yet it is no evidence.
        IFloodgate.Allotment memory other = allotmentOn(1, 50);
        other.payee = payeeNumber(1);
        claimWith(other, 30, _evidence(0));
        _expectRevert(claimantEvidence(payeeNumber(1)), reason);
    }

    function testFuzz_RevertWhen_AnyByteOfTheHeaderOrGroupIsChanged(uint256 at, uint8 by) public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        at = bound(at, 0, evidence.header.length + evidence.group.length - 1);
        bytes1 mask = bytes1(uint8(bound(by, 1, 255)));
        if (at < evidence.header.length) {
            evidence.header[at] ^= mask;
        } else {
            evidence.group[at - evidence.header.length] ^= mask;
        }
        _expectAnyRevert(evidence);
    }

    function testFuzz_RevertWhen_TheGroupIsCut(uint256 length) public {
        IFloodgate.Evidence memory evidence = _evidence(0);
        evidence.group = _cut(_groups[0], bound(length, 0, _groups[0].length - 1));
        _expectRevert(
            evidence,
            abi.encodeWithSelector(
                IFloodgate.EvidenceMismatch.selector,
                keccak256(evidence.group),
                keccak256(_groups[0])
            )
        );
    }

    function _evidence(uint256 groupIndex) private view returns (IFloodgate.Evidence memory) {
        return evidenceOf(1, _header, _groups, _paidRows, groupIndex);
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory result) {
        result = new bytes(length);
        for (uint256 i = 0; i < length; ++i) result[i] = data[i];
    }

    function _expectRevert(IFloodgate.Evidence memory evidence, bytes memory reason) private {
        expectClaimReverts(allotmentOn(1, 50), 30, evidence, reason);
    }

    /// @dev The fold of `evidence`, written out once more, is not what batch 1 has left.
    function _expectMismatch(IFloodgate.Evidence memory evidence) private {
        bytes32 outcome = keccak256(evidence.header);
        for (uint256 i = 0; i < evidence.groups.length; ++i) {
            outcome = keccak256(abi.encode(outcome, evidence.groups[i].groupHash, evidence.groups[i].paidRows));
        }
        bytes32 expected = floodgate.outcomeHash(1);
        _expectRevert(evidence, abi.encodeWithSelector(IFloodgate.EvidenceMismatch.selector, outcome, expected));
    }

    function _expectAnyRevert(IFloodgate.Evidence memory evidence) private {
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, 30);
        vm.expectRevert();
        floodgate.claimWithEvidence(allotment, byAllotter, 30, bySession, evidence);
    }
}

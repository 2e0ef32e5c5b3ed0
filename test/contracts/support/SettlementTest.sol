// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./FloodgateTest.sol";
import {leafOf, proofOf, resolvedRows} from "./Outcome.sol";
import {IFloodgate} from "../../../contracts/interfaces/IFloodgate.sol";
import {Vm} from "./Vm.sol";

/// @notice Builders for statements and for evidence, and readers of what a batch did.
abstract contract SettlementTest is FloodgateTest {
    struct Lane {
        uint256 payeeIndex;
        uint256 lane;
        uint256 amount;
    }

    /* STATEMENTS */

    /// @notice The header of a batch of statements.
    function statementHeader(address[] memory payees) internal pure returns (bytes memory result) {
        result = header(payees);
        result[0] = 0x02;
    }

    function packLanes(Lane[] memory lanes) internal pure returns (bytes memory result) {
        for (uint256 i = 0; i < lanes.length; ++i) {
            Lane memory one = lanes[i];
            result = abi.encodePacked(result, uint16(one.payeeIndex), uint32(one.lane), uint96(one.amount));
        }
    }

    function statementDigest(
        address from,
        address[] memory payees,
        Lane[] memory lanes
    ) internal view returns (bytes32) {
        bytes memory rows;
        for (uint256 i = 0; i < lanes.length; ++i) {
            Lane memory one = lanes[i];
            rows = abi.encodePacked(rows, payees[one.payeeIndex], uint32(one.lane), uint96(one.amount));
        }
        bytes32 typeHash = keccak256("Statement(address payer,bytes32 lanesHash)");
        return toDigest(keccak256(abi.encode(typeHash, from, keccak256(rows))));
    }

    /// @notice A group of `from`, whose session key is that of `secret`.
    function statementGroupOf(
        address from,
        uint256 secret,
        address[] memory payees,
        Lane[] memory lanes
    ) internal view returns (bytes memory) {
        bytes memory signature = signCompact(secret, statementDigest(from, payees, lanes));
        return abi.encodePacked(from, vm.addr(secret), uint8(lanes.length), signature, packLanes(lanes));
    }

    /// @notice A group of `payer`, to the payees of `payeeTable`.
    function statementGroup(uint256 payeeCount, Lane[] memory lanes) internal view returns (bytes memory) {
        return statementGroupOf(payer, sessionSecret, payeeTable(payeeCount), lanes);
    }

    /// @notice A batch of one statement of `payer`.
    function statementBatch(uint256 payeeCount, Lane[] memory lanes) internal view returns (bytes memory) {
        return bytes.concat(statementHeader(payeeTable(payeeCount)), statementGroup(payeeCount, lanes));
    }

    /// @notice `count` lanes from `first` on to payees 0, 1, 2, 0, ..., 10 base units each.
    function lanesFrom(uint256 first, uint256 count) internal pure returns (Lane[] memory lanes) {
        lanes = new Lane[](count);
        for (uint256 i = 0; i < count; ++i) lanes[i] = Lane(i % 3, first + i, 10);
    }

    function oneLane(uint256 payeeIndex, uint256 lane, uint256 amount) internal pure returns (Lane[] memory lanes) {
        lanes = new Lane[](1);
        lanes[0] = Lane(payeeIndex, lane, amount);
    }

    /* WHAT A BATCH DID */

    /// @notice Settles, and tells how many rows were skipped, and the last of them.
    function settleAndSee(
        bytes memory batch
    ) internal returns (uint256 skipped, uint256 row, IFloodgate.SkipReason reason) {
        vm.recordLogs();
        settle(batch);
        bytes memory rows = skipsTold(vm.getRecordedLogs());
        skipped = rows.length / 5;
        if (skipped == 0) return (0, 0, IFloodgate.SkipReason.PAYEE);
        for (uint256 i = rows.length - 5; i < rows.length - 1; ++i) row = (row << 8) | uint8(rows[i]);
        reason = IFloodgate.SkipReason(uint8(rows[rows.length - 1]));
    }

    /// @notice The rows of the one `RowsSkipped` among the logs; empty if there is none.
    function skipsTold(Vm.Log[] memory logs) internal view returns (bytes memory rows) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(floodgate)) continue;
            if (logs[i].topics[0] != IFloodgate.RowsSkipped.selector) continue;
            assertEq(rows.length, 0, "one event for a batch");
            rows = abi.decode(logs[i].data, (bytes));
        }
    }

    /// @notice Settles a batch of `payer` of which no row pays: each is skipped for `reason`.
    function expectNothing(bytes memory batch, uint256 rows, IFloodgate.SkipReason reason) internal {
        uint256 before = balanceOf(payer);
        for (uint256 i = 0; i < rows; ++i) expectSkipped(i, reason);
        settle(batch);
        assertEq(balanceOf(payer), before, "payer");
    }

    /* BUNDLE_HASH */

    /// @notice What the group at `index` of a batch paid; `paidRows` has a bitmap for each group.
    function evidenceOf(
        uint256 batch,
        bytes memory head,
        bytes[] memory groups,
        uint256[] memory paidRows,
        uint256 index
    ) internal pure returns (IFloodgate.Evidence memory evidence) {
        bytes32[] memory leaves = new bytes32[](groups.length);
        for (uint256 i = 0; i < groups.length; ++i) leaves[i] = leafOf(head, groups[i], paidRows[i]);
        evidence.batch = batch;
        evidence.rows = resolvedRows(head, groups[index]);
        evidence.paidRows = paidRows[index];
        evidence.proof = proofOf(leaves, index);
    }

    /// @notice Evidence of a batch that is one group.
    function evidenceOf(
        uint256 batch,
        bytes memory head,
        bytes memory onlyGroup,
        uint256 paidRows
    ) internal pure returns (IFloodgate.Evidence memory) {
        bytes[] memory groups = new bytes[](1);
        uint256[] memory bitmaps = new uint256[](1);
        (groups[0], bitmaps[0]) = (onlyGroup, paidRows);
        return evidenceOf(batch, head, groups, bitmaps, 0);
    }

    function claimantEvidence(address claimant) internal pure returns (IFloodgate.Evidence memory evidence) {
        evidence.claimant = claimant;
    }

    /// @notice Claims with good signatures, as a stranger.
    function claimWith(
        IFloodgate.Allotment memory allotment,
        uint96 amount,
        IFloodgate.Evidence memory evidence
    ) internal returns (uint96) {
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, amount);
        vm.prank(stranger);
        return floodgate.claimWithEvidence(allotment, byAllotter, amount, bySession, evidence);
    }

    function expectClaimReverts(
        IFloodgate.Allotment memory allotment,
        uint96 amount,
        IFloodgate.Evidence memory evidence,
        bytes memory reason
    ) internal {
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, amount);
        vm.expectRevert(reason);
        vm.prank(stranger);
        floodgate.claimWithEvidence(allotment, byAllotter, amount, bySession, evidence);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {leafOf, rootOf} from "./support/Outcome.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice What a batch remembers from row to row: no more and no less than it should.
contract BatchMemoryTest is SettlementTest {
    /// @dev What one bitmap word costs is gone for the next, in vouchers and in statements.
    function test_SkipsWhatEarlierWordsLeaveUncovered() public {
        openPayer(100);
        uint256 state = vm.snapshotState();
        expectSkipped(1, IFloodgate.SkipReason.UNCOVERED);
        settle(batchOf(bytes.concat(row(0, 255, 60), row(0, 256, 41), row(0, 512, 40))));
        assertEq(balanceOf(payee), 100, "by vouchers");
        vm.revertToState(state);

        Lane[] memory lanes = new Lane[](3);
        (lanes[0], lanes[1], lanes[2]) = (Lane(0, 255, 60), Lane(0, 256, 41), Lane(0, 512, 40));
        expectSkipped(1, IFloodgate.SkipReason.UNCOVERED);
        settle(statementBatch(1, lanes));
        assertEq(balanceOf(payee), 100, "by a statement");
    }

    /// @dev Their credits spill into the payee's address, and are taken back before anything is
    /// hashed.
    function test_SkipsOnlyAmountsThatOverflowTogether() public {
        openPayer(100);
        Lane[] memory lanes = new Lane[](3);
        for (uint256 i = 0; i < 3; ++i) lanes[i] = Lane(0, i + 1, i < 2 ? type(uint96).max : 10);

        expectSkipped(0, IFloodgate.SkipReason.UNCOVERED);
        expectSkipped(1, IFloodgate.SkipReason.UNCOVERED);
        settle(statementBatch(1, lanes));

        assertEq(balanceOf(payee), 10, "payee");
        assertEq(balanceOf(payer), 90, "payer");
    }

    /// @dev The last row is in the bitmap word that the call itself would name, were it read as a
    /// row.
    function test_ReadsNoRowOutOfTheCall() public {
        openPayer(100);
        uint256 last = uint256(uint16(uint32(IFloodgate.settle.selector))) << 16;
        Lane[] memory lanes = lanesFrom(1, 2);
        lanes[1].lane = last;

        settle(statementBatch(3, lanes));

        assertEq(floodgate.isLaneSettled(payer, uint32(last)), true, "the last lane");
        assertEq(floodgate.isLaneSettled(payer, uint8(last)), false, "its bit in the first word");
        assertEq(balanceOf(payer), 80, "payer");
    }

    /// @dev Payees of the table whom no row pays: before, between and behind those that it pays.
    function test_TellsNoCreditWherePayeesGetNone() public {
        openPayer(100);
        bytes memory batch = batchOf(3, row(1, 1, 10));
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Credited(1, entry(payeeNumber(1), 10));
        settle(batch);
    }

    /// @dev The leaf of the second group must not know what the first one has skipped.
    function test_ForgetsWhichRowsTheGroupBeforeHasSkipped() public {
        openPayer(10_000);
        Lane[] memory lanes = lanesFrom(1, 255);
        lanes[250].amount = 0;
        bytes memory head = statementHeader(payeeTable(3));
        bytes memory first = statementGroup(3, lanes);
        bytes memory second = statementGroup(3, lanesFrom(256, 255));
        expectSkipped(250, IFloodgate.SkipReason.STALE);

        settle(bytes.concat(head, first, second));

        uint256 all = (uint256(1) << 255) - 1;
        bytes32[] memory leaves = new bytes32[](2);
        (leaves[0], leaves[1]) = (leafOf(head, first, all - (uint256(1) << 250)), leafOf(head, second, all));
        assertEq(floodgate.outcomeHash(1), rootOf(leaves), "outcome");
    }
}

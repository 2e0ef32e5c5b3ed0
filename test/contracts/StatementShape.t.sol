// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice Batches of version 2 that are refused as a whole.
contract StatementShapeTest is SettlementTest {
    function test_RevertWhen_CallerIsNotTheOperator() public {
        openPayer(100);
        bytes memory batch = statementBatch(3, lanesFrom(1, 3));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.CallerNotOperator.selector, stranger, operator));
        vm.prank(stranger);
        floodgate.settle(batch);
    }

    function test_RevertWhen_LanesDoNotAscend() public {
        openPayer(100);
        Lane[] memory lanes = lanesFrom(1, 3);
        lanes[2].lane = 2;
        bytes memory batch = statementBatch(3, lanes);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchLanesNotAscending.selector, 2));
        settle(batch);

        (lanes[0].lane, lanes[1].lane) = (2, 1);
        batch = statementBatch(3, lanes);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchLanesNotAscending.selector, 1));
        settle(batch);
    }

    /// @dev At each place of the loop, whatever payees the rows point to, and whatever they cost.
    function test_RevertWhen_AnyRowDoesNotAscend() public {
        openPayer(type(uint96).max);
        for (uint256 rows = 2; rows <= 5; ++rows) {
            for (uint256 bad = 1; bad < rows; ++bad) {
                for (uint256 payees = 0; payees < 4; ++payees) {
                    Lane[] memory lanes = lanesFrom(10, rows);
                    (lanes[bad - 1].payeeIndex, lanes[bad].payeeIndex) = (payees & 1, payees >> 1);
                    for (uint256 i = 0; i < rows; ++i) lanes[i].amount = 2 ** 40;
                    lanes[bad].lane = lanes[bad - 1].lane - (payees & 1);
                    lanes[bad].amount = 2 ** 95;
                    bytes memory batch = statementBatch(3, lanes);
                    vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchLanesNotAscending.selector, bad));
                    settle(batch);
                }
            }
        }
    }

    function test_RevertWhen_LaneZeroComesTwice() public {
        openPayer(100);
        Lane[] memory lanes = lanesFrom(0, 2);
        lanes[1].lane = 0;
        bytes memory batch = statementBatch(3, lanes);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchLanesNotAscending.selector, 1));
        settle(batch);
    }

    function test_RevertWhen_ARowPointsBehindThePayees() public {
        openPayer(100);
        bytes memory batch = bytes.concat(statementHeader(payeeTable(2)), statementGroup(3, lanesFrom(1, 3)));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeOutOfRange.selector, 2, 2, 2));
        settle(batch);
    }

    /// @dev Rows are read alone and in twos: each place has a check of its own. The statement names
    /// for the row whom the loop would pay: behind the table memory is zero.
    function test_RevertWhen_AnyRowPointsBehindThePayeesToOneThatIsSigned() public {
        openPayer(100);
        address[] memory signed = payeeTable(4);
        (signed[2], signed[3]) = (address(0), address(0));
        for (uint256 rows = 1; rows <= 4; ++rows) {
            for (uint256 bad = 0; bad < rows; ++bad) {
                for (uint256 index = 2; index < 4; ++index) {
                    Lane[] memory lanes = lanesFrom(1, rows);
                    for (uint256 i = 0; i < rows; ++i) lanes[i].payeeIndex = i == bad ? index : 1;
                    bytes memory group_ = statementGroupOf(payer, sessionSecret, signed, lanes);
                    vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeOutOfRange.selector, bad, index, 2));
                    settle(bytes.concat(statementHeader(payeeTable(2)), group_));
                }
            }
        }
    }

    function test_RevertWhen_AGroupHasNoRow() public {
        bytes memory batch = statementBatch(1, new Lane[](0));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchGroupEmpty.selector, 60));
        settle(batch);
    }

    function test_RevertWhen_SomethingFollows() public {
        openPayer(100);
        bytes memory batch = statementBatch(3, lanesFrom(1, 3));
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.BatchTruncated.selector, batch.length + 1, batch.length + 41 + 64)
        );
        settle(bytes.concat(batch, hex"00"));
    }
}

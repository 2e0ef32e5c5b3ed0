// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice A batch of another shape reverts as a whole, with an error that names what is wrong, and
/// changes nothing.
contract SettleShapeTest is SettlementTest {
    function test_RevertWhen_VersionIsUnknown() public {
        bytes memory batch = batchOf(row(0, 1, 10));
        batch[0] = 0x03;
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchVersionUnknown.selector, 3, 2));
        settle(batch);
    }

    function test_RevertWhen_ThereIsNoGroup() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchEmpty.selector));
        settle(header(payeeTable(1)));
    }

    function test_RevertWhen_AGroupHasNoRow() public {
        bytes memory batch = abi.encodePacked(header(payeeTable(1)), group(payer, sessionKey, ""));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchGroupEmpty.selector, 60));
        settle(batch);
    }

    function test_RevertWhen_PayeesDoNotAscend() public {
        address[] memory payees = payeeTable(2);
        (payees[0], payees[1]) = (payees[1], payees[0]);
        bytes memory batch = abi.encodePacked(header(payees), group(payer, sessionKey, row(0, 1, 10)));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeInvalid.selector, 1));
        settle(batch);

        payees[1] = payees[0];
        batch = abi.encodePacked(header(payees), group(payer, sessionKey, row(0, 1, 10)));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeInvalid.selector, 1));
        settle(batch);
    }

    function test_RevertWhen_APayeeIsZeroOrTheContract() public {
        address[] memory payees = payeeTable(2);
        payees[0] = address(0);
        bytes memory batch = abi.encodePacked(header(payees), group(payer, sessionKey, row(1, 1, 10)));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeInvalid.selector, 0));
        settle(batch);

        payees[0] = payeeNumber(0);
        payees[1] = address(floodgate);
        if (payees[1] < payees[0]) (payees[0], payees[1]) = (payees[1], payees[0]);
        batch = abi.encodePacked(header(payees), group(payer, sessionKey, row(1, 1, 10)));
        uint256 index = payees[1] == address(floodgate) ? 1 : 0;
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeInvalid.selector, index));
        settle(batch);
    }

    function test_RevertWhen_TheBatchIsLate() public {
        openPayer(100);
        bytes memory batch = batchOf(row(0, 1, 10));
        for (uint256 i = 0; i < 5; ++i) batch[33 + i] = bytes5(START + 9)[i];
        vm.warp(START + 10);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchExpired.selector, START + 10, START + 9));
        settle(batch);
        _assertUntouched();
        vm.warp(START + 9);
        settle(batch);
        assertEq(balanceOf(payee), 10, "in its last second");
    }

    function test_RevertWhen_TheOperatorHasCodeOrIsCalledByAContract() public {
        bytes memory batch = batchOf(row(0, 1, 10));
        bytes memory reason = abi.encodeWithSelector(IFloodgate.OperatorHasCode.selector, operator);
        vm.expectRevert(reason);
        vm.prank(operator, stranger);
        floodgate.settle(batch);
        vm.etch(operator, hex"00");
        vm.expectRevert(reason);
        vm.prank(operator, operator);
        floodgate.settle(batch);
    }

    function test_RevertWhen_ARowPointsBehindThePayees() public {
        bytes memory batch = batchOf(row(1, 1, 10));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeOutOfRange.selector, 0, 1, 1));
        settle(batch);
    }

    function test_RevertWhen_LanesDoNotAscend() public {
        openPayer(100);
        bytes memory twice = batchOf(bytes.concat(row(0, 7, 10), row(0, 7, 10)));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchLanesNotAscending.selector, 1));
        settle(twice);
    }

    function test_RevertWhen_TheRowsOfLaterGroupsPointBehindThePayees() public {
        openPayer(100);
        bytes memory first = group(payer, sessionKey, bytes.concat(row(0, 1, 10), row(0, 2, 10)));
        bytes memory second = group(payer, sessionKey, bytes.concat(row(0, 3, 10), row(2, 4, 10)));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchPayeeOutOfRange.selector, 3, 2, 2));
        settle(abi.encodePacked(header(payeeTable(2)), first, second));
        _assertUntouched();
    }

    function test_RevertWhen_LanesOfALaterGroupDoNotAscend() public {
        openPayer(100);
        bytes memory first = group(payer, sessionKey, bytes.concat(row(0, 1, 10), row(0, 2, 10)));
        bytes memory second = group(payer, sessionKey, bytes.concat(row(0, 4, 10), row(0, 3, 10)));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchLanesNotAscending.selector, 3));
        settle(abi.encodePacked(header(payeeTable(2)), first, second));
        _assertUntouched();
    }

    function test_LanesOfEachGroupAscendOnTheirOwn() public {
        openPayer(100);
        bytes memory first = group(payer, sessionKey, row(0, 4, 10));
        bytes memory second = group(payer, sessionKey, row(0, 3, 10));
        settle(abi.encodePacked(header(payeeTable(1)), first, second));
        assertEq(balanceOf(payee), 20, "payee");
    }

    function test_RevertWhen_TheNumberOfPayeesIsTooLow() public {
        openPayer(100);
        bytes memory batch = batchOf(2, row(1, 1, 10));
        batch[39] = 0x01;
        // The second payee's and the payer's addresses are read as the head of a group, and the
        // session key's first byte as its number of rows.
        vm.expectRevert(_truncatedBy(batch.length, 101, batch[100]));
        settle(batch);
        _assertUntouched();
    }

    function test_RevertWhen_TheNumberOfRowsIsAnother() public {
        openPayer(100);
        bytes memory batch = batchOf(bytes.concat(row(0, 1, 10), row(0, 2, 10)));
        batch[100] = 0x03;
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchTruncated.selector, 265, 347));
        settle(batch);
        batch[100] = 0x01;
        // What was the second row is the head of a group with as many rows as one of its bytes
        // says.
        vm.expectRevert(_truncatedBy(batch.length, 224, batch[223]));
        settle(batch);
        _assertUntouched();
    }

    /// @dev Two payees, two groups: cut anywhere but between the groups it is no batch.
    function test_RevertWhen_VouchersAreCutOffAnywhere() public {
        openPayer(100);
        bytes memory head = header(payeeTable(2));
        bytes memory first = group(payer, sessionKey, bytes.concat(row(0, 1, 10), row(1, 2, 10)));
        bytes memory second = group(payer, sessionKey, row(0, 3, 10));
        assertEq(_cutEverywhere(bytes.concat(head, first, second), 41, 82, head.length, first.length), 407, "lengths");
    }

    function test_RevertWhen_StatementsAreCutOffAnywhere() public {
        openPayer(100);
        bytes memory head = statementHeader(payeeTable(2));
        Lane[] memory two = lanesFrom(1, 2);
        bytes memory first = statementGroup(2, two);
        bytes memory second = statementGroup(2, oneLane(0, 3, 10));
        assertEq(_cutEverywhere(bytes.concat(head, first, second), 105, 18, head.length, first.length), 343, "lengths");
    }

    function testFuzz_RevertWhen_AnythingLessThanAGroupFollows(uint256 length, bool isStatement) public {
        openPayer(100);
        length = bound(length, 1, isStatement ? 104 : 40);
        bytes memory batch = isStatement ? statementBatch(3, lanesFrom(1, 3)) : batchOf(row(0, 1, 10));
        uint256 needed = batch.length + (isStatement ? 105 : 41);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BatchTruncated.selector, batch.length + length, needed));
        settle(bytes.concat(batch, new bytes(length)));
        _assertUntouched();
    }

    function testFuzz_RevertWhen_ABatchIsNoise(bytes memory noise) public {
        openPayer(100);
        if (noise.length > 0) noise[0] = bytes1(1 + uint8(noise[0]) % 2);
        vm.prank(operator, operator);
        (bool isDone, bytes memory reason) = address(floodgate).call(abi.encodeCall(IFloodgate.settle, (noise)));
        assertEq(isDone, false, "noise");
        assertEq(_isAboutTheBatch(bytes4(reason)), true, "a reason of its own, and no panic");
        _assertUntouched();
    }

    /// @dev Settles each beginning of `batch`; tells how many lengths were refused, each with the
    /// bytes it lacks.
    function _cutEverywhere(
        bytes memory batch,
        uint256 groupHead,
        uint256 rowSize,
        uint256 headerLength,
        uint256 firstLength
    ) private returns (uint256 refused) {
        uint256 secondAt = headerLength + firstLength;
        for (uint256 length = 0; length < batch.length; ++length) {
            if (length == secondAt) continue;
            uint256 needed = secondAt + groupHead + rowSize;
            if (length < secondAt + groupHead) needed = secondAt + groupHead;
            if (length < secondAt) needed = secondAt;
            if (length < headerLength + groupHead) needed = headerLength + groupHead;
            if (length < headerLength) needed = headerLength;
            if (length < 40) needed = 40;
            bytes memory reason = abi.encodeWithSelector(IFloodgate.BatchTruncated.selector, length, needed);
            if (length == headerLength) reason = abi.encodeWithSelector(IFloodgate.BatchEmpty.selector);
            bytes memory cut = new bytes(length);
            for (uint256 i = 0; i < length; ++i) cut[i] = batch[i];
            vm.expectRevert(reason);
            settle(cut);
            _assertUntouched();
            ++refused;
        }
    }

    /// @dev Rows of vouchers that begin at `rowsAt` need more bytes than there are.
    function _truncatedBy(uint256 length, uint256 rowsAt, bytes1 rows) private pure returns (bytes memory) {
        uint256 needed = rowsAt + 82 * uint256(uint8(rows));
        if (rows == 0) return abi.encodeWithSelector(IFloodgate.BatchGroupEmpty.selector, rowsAt - 41);
        return abi.encodeWithSelector(IFloodgate.BatchTruncated.selector, length, needed);
    }

    function _isAboutTheBatch(bytes4 reason) private pure returns (bool) {
        if (reason == IFloodgate.BatchTruncated.selector || reason == IFloodgate.BatchEmpty.selector) return true;
        if (reason == IFloodgate.BatchExpired.selector || reason == IFloodgate.BatchGroupEmpty.selector) return true;
        if (reason == IFloodgate.BatchPayeeInvalid.selector) return true;
        return
            reason == IFloodgate.BatchPayeeOutOfRange.selector || reason == IFloodgate.BatchLanesNotAscending.selector;
    }

    function _assertUntouched() private view {
        assertEq(balanceOf(payer), 100, "payer");
        assertEq(balanceOf(payee), 0, "payee");
        assertEq(floodgate.batchCount(), 0, "batches");
        assertEq(floodgate.isLaneSettled(payer, 1), false, "lane");
    }
}

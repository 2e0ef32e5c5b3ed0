// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {leafOf, rootOf} from "./support/Outcome.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice Batches of version 2: one signature for all rows of a group. Wrong ones:
/// StatementShape and StatementSignature.
contract StatementsTest is SettlementTest {
    /* SKIPPED ROWS */

    /// @dev Any lanes of a statement over three words may be used up, by claims or a batch: exactly
    /// the others pay.
    function testFuzz_AnyStaleLanesDropOutOfAStatement(uint256 used, uint8 first) public {
        openPayer(10_000);
        Lane[] memory lanes = new Lane[](40);
        bytes memory skips;
        uint256 stale;
        for (uint256 i = 0; i < 40; ++i) {
            lanes[i] = Lane(i % 3, uint256(first) + 13 * i, 10);
            if ((used >> i) & 1 == 0) continue;
            claim(allotmentOn(uint32(lanes[i].lane), 1), 1);
            skips = bytes.concat(skips, skip(i, IFloodgate.SkipReason.STALE));
            ++stale;
        }
        bytes memory rows = statementGroup(3, lanes);
        uint256 before = balanceOf(payer);

        vm.recordLogs();
        settle(bytes.concat(statementHeader(payeeTable(3)), rows));

        assertEq(keccak256(skipsTold(vm.getRecordedLogs())), keccak256(skips), "skips");
        assertEq(balanceOf(payer), before - 10 * (40 - stale), "payer");
        uint256 paidRows = ~used & ((1 << 40) - 1);
        assertEq(floodgate.outcomeHash(1), leafOf(statementHeader(payeeTable(3)), rows, paidRows), "outcome");
        for (uint256 i = 0; i < 40; ++i) assertEq(floodgate.isLaneSettled(payer, uint32(lanes[i].lane)), true, "lane");
    }

    /// @dev A stale lane is looked for among the rows of its bitmap word, in no row behind them.
    function test_TheLastLaneOfAWordDropsOutAlone() public {
        openPayer(1_000);
        claim(allotmentOn(255, 1), 1);

        expectSkipped(19, IFloodgate.SkipReason.STALE);
        settle(statementBatch(3, lanesFrom(236, 40)));

        assertEq(balanceOf(payer), 609, "payer");
    }

    function test_SkipsAllRowsOfASessionThatIsUnknownOrOver() public {
        fund(payer, 100);
        bytes memory batch = statementBatch(3, lanesFrom(1, 3));
        expectNothing(batch, 3, IFloodgate.SkipReason.SESSION);

        authorize(payer, sessionKey, NO_LIMIT, START + 10);
        vm.warp(START + 10 + CW + 1);
        expectNothing(batch, 3, IFloodgate.SkipReason.SESSION);
        vm.warp(START + 10 + CW);
        settle(batch);
        assertEq(balanceOf(payer), 70, "paid in the last second");
    }

    function test_SkipsOnlyThePayeeThatIsThePayer() public {
        openPayer(100);
        address[] memory payees = new address[](3);
        (payees[0], payees[1], payees[2]) = (address(1), payeeNumber(0), payer);
        bytes memory rows = statementGroupOf(payer, sessionSecret, payees, lanesFrom(1, 5));

        expectSkipped(2, IFloodgate.SkipReason.PAYEE);
        settle(bytes.concat(statementHeader(payees), rows));

        assertEq(balanceOf(payeeNumber(0)), 20, "payee");
        assertEq(balanceOf(payer), 60, "payer");
        assertEq(balanceOf(address(1)), 20, "another");
    }

    function test_SkipsOnlyWhatWasPaidBefore() public {
        openPayer(100);
        settle(batchOf(row(0, 2, 4)));
        claim(allotmentOn(3, 50), 5);
        Lane[] memory lanes = lanesFrom(1, 5);
        lanes[4].amount = 0;

        expectSkipped(1, IFloodgate.SkipReason.STALE);
        expectSkipped(2, IFloodgate.SkipReason.STALE);
        expectSkipped(4, IFloodgate.SkipReason.STALE);
        settle(statementBatch(3, lanes));
        assertEq(balanceOf(payer), 71, "payer");

        bytes memory again = statementBatch(3, lanes);
        expectNothing(again, 5, IFloodgate.SkipReason.STALE);
    }

    function test_SkipsOnlyWhatBalanceOrLimitDoesNotCover() public {
        fund(payer, 100);
        authorize(payer, sessionKey, 25, START + 1 hours);
        Lane[] memory lanes = lanesFrom(1, 4);
        lanes[3].amount = 5;

        expectSkipped(2, IFloodgate.SkipReason.UNCOVERED);
        settle(statementBatch(3, lanes));

        assertEq(balanceOf(payer), 75, "payer");
        assertEq(floodgate.sessionOf(payer, sessionKey).spent, 25, "spent");
    }

    /* MONEY AND RECORDS */

    function test_NoUnitMoreThanBalanceOrLimitIsPaid() public {
        for (uint96 i = 0; i < 4; ++i) {
            uint256 state = vm.snapshotState();
            bool isCovered = i % 2 == 0;
            uint96 least = isCovered ? 30 : 29;
            fund(payer, i < 2 ? least : 100);
            authorize(payer, sessionKey, i < 2 ? NO_LIMIT : least, START + 1 hours);
            if (!isCovered) expectSkipped(2, IFloodgate.SkipReason.UNCOVERED);
            uint256 before = balanceOf(payer);
            settle(statementBatch(3, lanesFrom(1, 3)));
            assertEq(balanceOf(payer), before - (isCovered ? 30 : 20), "payer");
            vm.revertToState(state);
        }
    }

    function test_PaysEachLaneAndTellsSumsAndTheOutcome() public {
        openPayer(100);
        bytes memory head = statementHeader(payeeTable(3));
        bytes memory rows = statementGroup(3, lanesFrom(1, 3));
        bytes32 outcome = leafOf(head, rows, 7);
        bytes32[] memory credits = new bytes32[](3);
        for (uint256 i = 0; i < 3; ++i) credits[i] = entry(payeeNumber(i), 10)[0];

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Debited(1, entry(payer, 30));
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Credited(1, credits);
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Settled(1, BUNDLE_HASH, outcome, 30, 0);
        settle(bytes.concat(head, rows));

        assertEq(floodgate.outcomeHash(1), outcome, "outcome");
        for (uint256 i = 0; i < 3; ++i) assertEq(balanceOf(payeeNumber(i)), 10, "payee");
    }

    /// @dev The group behind it begins with a payer who looks like a row of the same bitmap word:
    /// lane 261, amount 1. The loops of good statements and of others end each for itself.
    function test_ReadsNoRowOutOfTheNextGroupsHeader() public {
        address next = address(bytes20(hex"0000000001050000000000000000000000010001"));
        openPayer(100);
        fund(next, 100);
        authorize(next, sessionKey, NO_LIMIT, START + 1 hours);
        address[] memory payees = payeeTable(3);
        for (uint256 flawed = 0; flawed < 2; ++flawed) {
            Lane[] memory lanes = lanesFrom(255, 3);
            if (flawed == 1) {
                lanes = lanesFrom(258, 2);
                lanes[1].amount = 0;
                expectSkipped(1, IFloodgate.SkipReason.STALE);
            }
            bytes memory first = statementGroup(3, lanes);
            bytes memory second = statementGroupOf(next, sessionSecret, payees, lanesFrom(1 + flawed, 1));
            settle(bytes.concat(statementHeader(payees), first, second));
        }

        assertEq(floodgate.isLaneSettled(payer, 258), true, "the last lane");
        assertEq(floodgate.isLaneSettled(payer, 261), false, "no lane of the payer's");
        assertEq(balanceOf(payer), 60, "payer");
    }

    function test_TellsNoDebitWhereNoRowPays() public {
        openPayer(100);
        settle(statementBatch(3, lanesFrom(1, 3)));
        bytes memory batch = statementBatch(3, lanesFrom(1, 3));
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Debited(2, new bytes32[](0));
        settle(batch);
    }

    function test_TakesTheFeeFromEachRowAsVouchersDo() public {
        openPayer(10_000);
        setFeeNow(100);
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
        Lane[] memory lanes = new Lane[](3);
        (lanes[0], lanes[1], lanes[2]) = (Lane(0, 1, 199), Lane(0, 2, 199), Lane(1, 3, 100));

        settle(statementBatch(2, lanes));

        assertEq(balanceOf(payeeNumber(0)), 396, "two fees of 1.99");
        assertEq(balanceOf(payeeNumber(1)), 99, "a fee of 1");
        assertEq(balanceOf(feeRecipient), 3, "fees");
    }

    function test_GroupsOfManyPayersStandEachForItself() public {
        openPayer(100);
        uint256 secret = keyOf("second session");
        address second = payeeNumber(9);
        fund(second, 100);
        authorize(second, vm.addr(secret), NO_LIMIT, START + 1 hours);
        address[] memory payees = payeeTable(3);
        bytes memory good = statementGroupOf(second, secret, payees, lanesFrom(1, 2));
        bytes memory bad = statementGroupOf(payer, keyOf("thief"), payees, lanesFrom(1, 2));
        for (uint256 i = 0; i < 20; ++i) bad[20 + i] = bytes20(sessionKey)[i];
        bytes memory last = statementGroup(3, lanesFrom(2, 3));

        expectSkipped(2, IFloodgate.SkipReason.SIGNATURE);
        expectSkipped(3, IFloodgate.SkipReason.SIGNATURE);
        settle(abi.encodePacked(statementHeader(payees), good, bad, last));

        assertEq(balanceOf(second), 80, "second payer");
        assertEq(balanceOf(payer), 70, "payer");
        bytes memory head = statementHeader(payees);
        bytes32[] memory leaves = new bytes32[](3);
        (leaves[0], leaves[1], leaves[2]) = (leafOf(head, good, 3), leafOf(head, bad, 0), leafOf(head, last, 7));
        assertEq(floodgate.outcomeHash(1), rootOf(leaves), "outcome");
    }

    /// @dev What is hashed of 255 rows does not reach what is told of the first ones.
    function test_AStatementOf255LanesTellsItsFlaws() public {
        openPayer(10_000);
        Lane[] memory lanes = lanesFrom(1, 255);
        for (uint256 i = 0; i < 3; ++i) {
            lanes[i].amount = 0;
            expectSkipped(i, IFloodgate.SkipReason.STALE);
        }
        settle(statementBatch(3, lanes));
        assertEq(balanceOf(payer), 10_000 - 252 * 10, "payer");
    }

    function test_AStatementOf255LanesPaysThemAll() public {
        openPayer(10_000);
        bytes memory rows = statementGroup(3, lanesFrom(200, 255));

        (uint256 skipped, , ) = settleAndSee(bytes.concat(statementHeader(payeeTable(3)), rows));

        assertEq(skipped, 0, "skipped");
        assertEq(balanceOf(payer), 7_450, "payer");
        for (uint256 i = 0; i < 3; ++i) assertEq(balanceOf(payeeNumber(i)), 850, "payee");
        assertEq(floodgate.isLaneSettled(payer, 199), false, "before");
        assertEq(floodgate.isLaneSettled(payer, 200), true, "first");
        assertEq(floodgate.isLaneSettled(payer, 454), true, "last");
        assertEq(floodgate.isLaneSettled(payer, 455), false, "behind");
        bytes32 leaf = leafOf(statementHeader(payeeTable(3)), rows, (uint256(1) << 255) - 1);
        assertEq(floodgate.outcomeHash(1), leaf, "outcome");
    }

    function testFuzz_AStatementPaysAsItsVouchersWould(uint96[6] memory amounts, uint96 balance, uint16 feeBps) public {
        feeBps = uint16(bound(feeBps, 0, 1_000));
        openPayer(uint96(bound(balance, 1, type(uint96).max)));
        setFeeNow(feeBps);
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
        Lane[] memory lanes = new Lane[](6);
        bytes memory rows;
        for (uint256 i = 0; i < 6; ++i) {
            lanes[i] = Lane(i % 3, i + 1, amounts[i]);
            rows = bytes.concat(rows, row(i % 3, i + 1, amounts[i]));
        }
        uint256 state = vm.snapshotState();
        settle(batchOf(3, rows));
        uint256[5] memory byVouchers = _balances();
        vm.revertToState(state);

        settle(statementBatch(3, lanes));

        uint256[5] memory byStatement = _balances();
        for (uint256 i = 0; i < 5; ++i) assertEq(byStatement[i], byVouchers[i], "balance");
    }

    function _balances() private view returns (uint256[5] memory) {
        return [
            balanceOf(payer),
            balanceOf(feeRecipient),
            balanceOf(payeeNumber(0)),
            balanceOf(payeeNumber(1)),
            balanceOf(payeeNumber(2))
        ];
    }
}

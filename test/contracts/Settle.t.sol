// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {leafOf} from "./support/Outcome.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice Batches of vouchers. Batches of another shape: SettleShape; of statements: Statements.
contract SettleTest is SettlementTest {
    function test_RevertWhen_CallerIsNotTheOperator() public {
        bytes memory batch = batchOf(row(0, 1, 10));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.CallerNotOperator.selector, owner, operator));
        vm.prank(owner);
        floodgate.settle(batch);
    }

    /* SKIPPED ROWS: EACH ALONE, THE OTHERS ARE PAID */

    function test_SkipsThePayerItself() public {
        openPayer(100);
        address[] memory payees = new address[](2);
        (payees[0], payees[1]) = (payeeNumber(0), payer);
        bytes memory rows = bytes.concat(
            packRow(Row(0, 2, 20, signVoucher(sessionSecret, payer, payeeNumber(0), 2, 20))),
            packRow(Row(1, 3, 30, signVoucher(sessionSecret, payer, payer, 3, 30)))
        );

        expectSkipped(1, IFloodgate.SkipReason.PAYEE);
        settle(abi.encodePacked(header(payees), group(payer, sessionKey, rows)));

        assertEq(balanceOf(payeeNumber(0)), 20, "payee");
        assertEq(balanceOf(payer), 80, "payer");
    }

    function test_SkipsZeroAmountsAndUsedLanes() public {
        openPayer(100);
        settle(batchOf(row(0, 2, 10)));

        expectSkipped(0, IFloodgate.SkipReason.STALE);
        expectSkipped(1, IFloodgate.SkipReason.STALE);
        settle(batchOf(bytes.concat(row(0, 1, 0), row(0, 2, 50), row(0, 3, 5))));

        assertEq(balanceOf(payee), 15, "payee");
        assertEq(floodgate.isLaneSettled(payer, 1), false, "lane 1 stays free");
    }

    function test_SkipsLanesThatWereClaimed() public {
        openPayer(100);
        claim(allotmentOn(5, 50), 30);

        expectSkipped(0, IFloodgate.SkipReason.STALE);
        settle(batchOf(row(0, 5, 50)));

        assertEq(balanceOf(payee), 30, "payee");
    }

    function test_SkipsSessionsThatAreUnknownOrOver() public {
        fund(payer, 100);
        expectSkipped(0, IFloodgate.SkipReason.SESSION);
        settle(batchOf(row(0, 1, 10)));

        authorize(payer, sessionKey, NO_LIMIT, START + 10);
        vm.warp(START + 10 + CW);
        settle(batchOf(row(0, 1, 10)));
        assertEq(balanceOf(payee), 10, "paid in the last second");

        vm.warp(START + 10 + CW + 1);
        expectSkipped(0, IFloodgate.SkipReason.SESSION);
        settle(batchOf(row(0, 2, 10)));
    }

    function test_SkipsWhatBalanceOrLimitDoesNotCover() public {
        fund(payer, 100);
        authorize(payer, sessionKey, 60, START + 1 hours);

        expectSkipped(1, IFloodgate.SkipReason.UNCOVERED);
        settle(batchOf(bytes.concat(row(0, 1, 50), row(0, 2, 11), row(0, 3, 10))));

        assertEq(balanceOf(payee), 60, "payee");
        assertEq(floodgate.sessionOf(payer, sessionKey).spent, 60, "spent");

        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        expectSkipped(0, IFloodgate.SkipReason.UNCOVERED);
        settle(batchOf(row(0, 4, 41)));
    }

    /// @dev Of the whole balance, too: no unit more than that is what UNCOVERED means.
    function test_SkipsOtherSigners() public {
        openPayer(100);
        expectSkipped(0, IFloodgate.SkipReason.SIGNATURE);
        settle(batchOf(rowOf(payer, keyOf("thief"), 0, 1, 10)));
        expectSkipped(0, IFloodgate.SkipReason.SIGNATURE);
        settle(batchOf(rowOf(payer, keyOf("thief"), 0, 1, 100)));
    }

    function testFuzz_SkipsASignatureWithAnyBitChanged(uint256 bit) public {
        openPayer(100);
        bytes memory signature = signVoucher(sessionSecret, payer, payee, 1, 10);
        bit = bound(bit, 0, 511);
        signature[bit / 8] = bytes1(uint8(signature[bit / 8]) ^ uint8(1 << (bit % 8)));

        expectSkipped(0, IFloodgate.SkipReason.SIGNATURE);
        settle(batchOf(packRow(Row(0, 1, 10, signature))));

        assertEq(balanceOf(payer), 100, "payer");
    }

    function test_SkipsAKeyOfZeroWhateverTheSignature() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.revokeSession(address(0));
        bytes memory rows = packRow(Row(0, 1, 10, new bytes(64)));
        expectSkipped(0, IFloodgate.SkipReason.SESSION);
        settle(abi.encodePacked(header(payeeTable(1)), group(payer, address(0), rows)));
    }

    /// @dev r = 0 and s = 1 recover to nobody: whoever the row or the group before has named must
    /// not count.
    function test_SkipsASignatureOfNobodyBehindAGoodRowAndAGoodGroup() public {
        openPayer(1_000);
        bytes memory nobody = abi.encode(0, 1);
        bytes memory forged = packRow(Row(0, 2, 900, nobody));
        expectSkipped(1, IFloodgate.SkipReason.SIGNATURE);
        settle(batchOf(bytes.concat(row(0, 1, 10), forged)));
        assertEq(balanceOf(payer), 990, "behind a row");

        bytes memory first = group(payer, sessionKey, row(0, 3, 10));
        expectSkipped(1, IFloodgate.SkipReason.SIGNATURE);
        settle(abi.encodePacked(header(payeeTable(1)), first, group(payer, sessionKey, forged)));
        assertEq(balanceOf(payer), 980, "behind a group");
    }

    function test_ARevokedSessionPaysInBatchesToItsEndAndNoLonger() public {
        openPayer(100);
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);
        vm.warp(START + A);
        settle(batchOf(row(0, 1, 10)));
        assertEq(balanceOf(payee), 10, "in its last second");
        vm.warp(START + A + 1);
        expectSkipped(0, IFloodgate.SkipReason.SESSION);
        settle(batchOf(row(0, 2, 10)));
    }

    function test_SkipsVouchersOfAnotherChain() public {
        openPayer(100);
        bytes memory batch = batchOf(row(0, 1, 10));
        vm.chainId(1);
        expectSkipped(0, IFloodgate.SkipReason.SIGNATURE);
        settle(batch);
    }

    function test_SkipsChangedAmountsLanesAndPayees() public {
        openPayer(100);
        bytes memory signature = signVoucher(sessionSecret, payer, payee, 1, 10);
        bytes memory rows = bytes.concat(
            packRow(Row(0, 1, 11, signature)),
            packRow(Row(0, 2, 10, signature)),
            packRow(Row(1, 3, 10, signature))
        );
        for (uint256 i = 0; i < 3; ++i) expectSkipped(i, IFloodgate.SkipReason.SIGNATURE);
        settle(batchOf(2, rows));
        assertEq(balanceOf(payer), 100, "payer");
    }

    /* MONEY */

    function test_TakesTheFeeRoundedDownFromEachRow() public {
        openPayer(10_000);
        setFeeNow(100);
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);

        settle(batchOf(2, bytes.concat(row(0, 1, 199), row(0, 2, 199), row(1, 3, 100))));

        assertEq(balanceOf(payeeNumber(0)), 396, "two fees of 1.99");
        assertEq(balanceOf(payeeNumber(1)), 99, "a fee of 1");
        assertEq(balanceOf(feeRecipient), 3, "fees");
        assertEq(balanceOf(payer), 10_000 - 498, "payer");
    }

    function test_CreditsASingleUnit() public {
        openPayer(10);

        settle(batchOf(row(0, 1, 1)));

        assertEq(balanceOf(payee), 1, "payee");
        assertEq(balanceOf(feeRecipient), 0, "fee");
    }

    function test_CreditsAFeeOfASingleUnit() public {
        openPayer(10_000);
        setFeeNow(100);
        authorize(payer, sessionKey, NO_LIMIT, uint40(block.timestamp) + 1 hours);

        settle(batchOf(row(0, 1, 100)));

        assertEq(balanceOf(payee), 99, "payee");
        assertEq(balanceOf(feeRecipient), 1, "fee");
    }

    function test_EarningsPayOnlyInTheNextBatch() public {
        uint256 secret = keyOf("other");
        address other = payeeNumber(0);
        openPayer(100);
        authorize(other, vm.addr(secret), NO_LIMIT, START + 1 hours);
        bytes memory spend = group(other, vm.addr(secret), rowOf(other, secret, 1, 1, 50));
        bytes memory earn = group(payer, sessionKey, row(0, 1, 60));

        expectSkipped(1, IFloodgate.SkipReason.UNCOVERED);
        settle(abi.encodePacked(header(payeeTable(2)), earn, spend));
        settle(abi.encodePacked(header(payeeTable(2)), spend));

        assertEq(balanceOf(other), 10, "other");
        assertEq(balanceOf(payeeNumber(1)), 50, "its payee");
    }

    function test_TakesFromAPendingWithdrawal() public {
        openPayer(100);
        vm.prank(payer);
        floodgate.requestWithdrawal(90);

        settle(batchOf(row(0, 1, 30)));

        assertEq(floodgate.accountOf(payer).withdrawing, 70, "withdrawing");
        assertEq(balanceOf(payer), 70, "balance");
    }

    function test_SettlesLanesOfManyWords() public {
        openPayer(1_000);
        settle(batchOf(bytes.concat(row(0, 0, 1), row(0, 255, 2), row(0, 256, 4), row(0, type(uint32).max, 8))));
        assertEq(balanceOf(payee), 15, "payee");
        assertEq(floodgate.isLaneSettled(payer, 0), true, "0");
        assertEq(floodgate.isLaneSettled(payer, 255), true, "255");
        assertEq(floodgate.isLaneSettled(payer, 256), true, "256");
        assertEq(floodgate.isLaneSettled(payer, type(uint32).max), true, "last");
        assertEq(floodgate.isLaneSettled(payer, 1), false, "1");
    }

    function test_TwoGroupsOfOnePayerShareItsBalanceAndLanes() public {
        uint256 secret = keyOf("second device");
        openPayer(100);
        authorize(payer, vm.addr(secret), NO_LIMIT, START + 1 hours);
        bytes memory first = group(payer, sessionKey, row(0, 1, 60));
        bytes memory second = group(
            payer,
            vm.addr(secret),
            bytes.concat(rowOf(payer, secret, 0, 1, 10), rowOf(payer, secret, 0, 2, 41), rowOf(payer, secret, 0, 3, 40))
        );

        expectSkipped(1, IFloodgate.SkipReason.STALE);
        expectSkipped(2, IFloodgate.SkipReason.UNCOVERED);
        settle(abi.encodePacked(header(payeeTable(1)), first, second));

        assertEq(balanceOf(payee), 100, "payee");
    }

    /* RECORDS */

    function test_TellsSumsAndTheOutcome() public {
        openPayer(100);
        bytes memory head = header(payeeTable(1));
        bytes memory rows = group(payer, sessionKey, bytes.concat(row(0, 1, 10), row(0, 2, 0), row(0, 3, 5)));
        bytes32 outcome = leafOf(head, rows, 5);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.RowsSkipped(1, skip(1, IFloodgate.SkipReason.STALE));
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Debited(1, entry(payer, 15));
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Credited(1, entry(payee, 15));
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Settled(1, BUNDLE_HASH, outcome, 15, 0);
        settle(bytes.concat(head, rows));

        assertEq(floodgate.outcomeHash(1), outcome, "outcome");
        assertEq(floodgate.batchCount(), 1, "batches");
    }

    function test_AnEmptyOutcomeIsABatchToo() public {
        settle(batchOf(row(0, 1, 10)));
        assertEq(floodgate.batchCount(), 1, "batches");
        assertEq(floodgate.accountOf(payee).balance, 0, "payee");
    }

    function testFuzz_MovesEveryUnitExactlyOnce(uint96[8] memory amounts, uint16 feeBps) public {
        feeBps = uint16(bound(feeBps, 0, 1_000));
        openPayer(type(uint96).max / 2);
        setFeeNow(feeBps);
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
        bytes memory rows;
        for (uint256 i = 0; i < amounts.length; ++i) rows = bytes.concat(rows, row(i % 3, i, amounts[i]));

        settle(batchOf(3, rows));

        uint256 sum = balanceOf(payer) + balanceOf(feeRecipient);
        for (uint256 i = 0; i < 3; ++i) sum += balanceOf(payeeNumber(i));
        assertEq(sum, type(uint96).max / 2, "sum");
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice Claims on lanes that are used up, with evidence that holds. Evidence that does not:
/// ClaimWithForgedEvidence.
contract ClaimWithEvidenceTest is SettlementTest {
    /* REVERTS: WHAT HOLDS FOR ALL CLAIMS */

    function test_RevertWhen_TheClaimWindowIsOver() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        uint256 end = uint256(allotment.expiresAt) + CW;
        vm.warp(end);
        bytes memory reason = abi.encodeWithSelector(IFloodgate.AllotmentExpired.selector, end, end);
        expectClaimReverts(allotment, 30, evidence, reason);
    }

    function test_RevertWhen_PayeeIsZeroThePayerOrTheContract() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        allotment.payee = address(0);
        bytes memory reason = abi.encodeWithSelector(IFloodgate.PayeeInvalid.selector, address(0));
        expectClaimReverts(allotment, 30, evidence, reason);
        allotment.payee = payer;
        reason = abi.encodeWithSelector(IFloodgate.PayeeInvalid.selector, payer);
        expectClaimReverts(allotment, 30, evidence, reason);
        allotment.payee = address(floodgate);
        reason = abi.encodeWithSelector(IFloodgate.PayeeInvalid.selector, address(floodgate));
        expectClaimReverts(allotment, 30, evidence, reason);
    }

    function test_RevertWhen_AllotterIsUnknown() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        uint256 thief = keyOf("thief");
        bytes memory byThief = signCompact(thief, allotmentDigest(allotment));
        bytes memory bySession = signVoucherFor(allotment, 30);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, vm.addr(thief)));
        floodgate.claimWithEvidence(allotment, byThief, 30, bySession, evidence);
    }

    function test_RevertWhen_VoucherIsOfAnotherKeyOrMalformed() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        uint256 thief = keyOf("thief");
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory byThief = signVoucher(thief, payer, payee, 1, 30);
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.VoucherSignerInvalid.selector, vm.addr(thief), sessionKey)
        );
        floodgate.claimWithEvidence(allotment, byAllotter, 30, byThief, evidence);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
        floodgate.claimWithEvidence(allotment, byAllotter, 30, "", evidence);
    }

    /* A BATCH PAID LESS */

    function test_PaysWhatABatchOfVouchersLeftOut() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Claimed(payer, payee, 1, 20, 30, 0, allotter);
        assertEq(claimWith(allotment, 30, evidence), 20, "the difference");

        assertEq(balanceOf(payee), 30, "payee");
        assertEq(balanceOf(payer), 70, "payer");
        (uint96 recorded, bool hasClosedLane) = floodgate.paid(payer, 1, payee);
        assertEq(recorded, 30, "record");
        assertEq(hasClosedLane, false, "a batch closed it");
    }

    function test_PaysWhatABatchOfStatementsLeftOut() public {
        openPayer(100);
        bytes memory rows = statementGroup(3, lanesFrom(1, 4));
        settle(bytes.concat(statementHeader(payeeTable(3)), rows));
        IFloodgate.Allotment memory allotment = allotmentOn(2, 50);
        allotment.payee = payeeNumber(1);

        IFloodgate.Evidence memory evidence = evidenceOf(1, statementHeader(payeeTable(3)), rows, 15);
        assertEq(claimWith(allotment, 35, evidence), 25, "35 less 10");
        assertEq(balanceOf(payeeNumber(1)), 35, "payee");
    }

    function test_NoVoucherThatABatchHasPaidPaysAgain() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        vm.recordLogs();
        assertEq(claimWith(allotment, 10, evidence), 0, "the same");
        assertEq(claimWith(allotment, 5, evidence), 0, "lower");
        assertEq(vm.getRecordedLogs().length, 0, "no events");
        assertEq(paidOn(payer, 1, payee), 0, "no record");
    }

    function test_PaysUpToTheCap() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        assertEq(claimWith(allotment, 80, evidence), 40, "50 less 10");
    }

    function test_ABatchThatPaidAboveTheCapOwesNothing() public {
        openPayer(100);
        bytes memory rows = group(payer, sessionKey, row(0, 1, 60));
        settle(bytes.concat(header(payeeTable(1)), rows));
        IFloodgate.Evidence memory evidence = evidenceOf(1, header(payeeTable(1)), rows, 1);
        assertEq(claimWith(allotmentOn(1, 50), 80, evidence), 0, "nothing");
    }

    function test_CountsWhatTheBatchPaidBeforeItsFee() public {
        openPayer(10_000);
        setFeeNow(1_000);
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
        bytes memory rows = group(payer, sessionKey, row(0, 1, 1_000));
        settle(bytes.concat(header(payeeTable(1)), rows));
        assertEq(balanceOf(payee), 900, "less the fee");

        IFloodgate.Evidence memory evidence = evidenceOf(1, header(payeeTable(1)), rows, 1);
        assertEq(claimWith(allotmentOn(1, 3_000), 1_500, evidence), 500, "the difference, without a fee");
        assertEq(balanceOf(payee), 1_400, "payee");
        assertEq(balanceOf(feeRecipient), 100, "fee");
    }

    function test_IsCumulativeAndPaysNothingTwice() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        assertEq(claimWith(allotment, 30, evidence), 20, "first");
        assertEq(claimWith(allotment, 30, evidence), 0, "again");
        assertEq(claimWith(allotment, 25, evidence), 0, "lower");
        assertEq(claimWith(allotment, 40, evidence), 10, "higher");
        assertEq(balanceOf(payee), 40, "payee");
    }

    function test_OnceAClaimHasPaidNobodyLooksAtEvidence() public {
        (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence) = _settledLow();
        claimWith(allotment, 30, evidence);

        IFloodgate.Evidence memory nonsense;
        (nonsense.batch, nonsense.rows, nonsense.paidRows) = (77, hex"99", 9);
        assertEq(claimWith(allotment, 35, nonsense), 5, "with nonsense");
        assertEq(claim(allotment, 40), 5, "without evidence");
    }

    function test_OnALaneThatNobodyHasUsedItIsAClaim() public {
        openPayer(100);
        IFloodgate.Evidence memory nonsense;
        (nonsense.claimant, nonsense.batch) = (stranger, 77);
        assertEq(claimWith(allotmentOn(1, 50), 30, nonsense), 30, "paid");
        (, bool hasClosedLane) = floodgate.paid(payer, 1, payee);
        assertEq(hasClosedLane, true, "closed the lane");
    }

    function test_TheBondPaysWhatThePayerHasNot() public {
        openPayer(10);
        fundBond(100);
        bytes memory rows = group(payer, sessionKey, row(0, 1, 10));
        settle(bytes.concat(header(payeeTable(1)), rows));
        IFloodgate.Evidence memory evidence = evidenceOf(1, header(payeeTable(1)), rows, 1);

        assertEq(claimWith(allotmentOn(1, 50), 30, evidence), 20, "paid");
        assertEq(floodgate.bond().amount, 80, "bond");
    }

    function test_FindsTheRowInAnyGroupOfABatch() public {
        openPayer(1_000);
        (bytes[] memory groups, uint256[] memory paidRows) = _threeGroups();
        bytes memory head = header(payeeTable(2));
        settle(abi.encodePacked(head, groups[0], groups[1], groups[2]));

        IFloodgate.Allotment memory allotment = allotmentOn(7, 100);
        assertEq(claimWith(allotment, 90, evidenceOf(1, head, groups, paidRows, 2)), 83, "row 0 of the last group");
        allotment = allotmentOn(9, 100);
        assertEq(claimWith(allotment, 90, evidenceOf(1, head, groups, paidRows, 2)), 81, "its last row");
        allotment = allotmentOn(1, 100);
        assertEq(claimWith(allotment, 90, evidenceOf(1, head, groups, paidRows, 0)), 89, "the first group");
    }

    /* THE LANE WAS ANOTHER PAYEE'S */

    function test_ALaneGivenToTwoPayeesPaysBothInFull() public {
        (, IFloodgate.Evidence memory evidence) = _settledLow();
        IFloodgate.Allotment memory other = allotmentOn(1, 50);
        other.payee = payeeNumber(1);
        assertEq(claimWith(other, 30, evidence), 30, "the other payee: in full");
        assertEq(claimWith(allotmentOn(1, 50), 30, evidence), 20, "the first: the difference");
        assertEq(balanceOf(payer), 40, "payer");
    }

    function test_ALaneThatAClaimHasUsedPaysOthersOnTheClaimantsName() public {
        openPayer(1_000);
        claim(allotmentOn(1, 50), 10);
        IFloodgate.Allotment memory second = allotmentOn(1, 50);
        second.payee = payeeNumber(1);
        IFloodgate.Allotment memory third = allotmentOn(1, 50);
        third.payee = payeeNumber(2);

        assertEq(claimWith(second, 30, claimantEvidence(payee)), 30, "second");
        assertEq(claimWith(third, 40, claimantEvidence(payee)), 40, "third");
        assertEq(claim(allotmentOn(1, 50), 20), 10, "the first goes on");
        assertEq(claim(second, 30), 0, "never twice");
        (, bool hasClosedLane) = floodgate.paid(payer, 1, payeeNumber(1));
        assertEq(hasClosedLane, false, "the second closed nothing");
    }

    function testFuzz_AnyOrderOfClaimsEndsTheSame(uint96[4] memory amounts, uint256 order, bool isClaimed) public {
        openPayer(100_000);
        bytes memory rows = group(payer, sessionKey, row(0, 1, 100));
        IFloodgate.Evidence memory evidence = claimantEvidence(payee);
        if (isClaimed) {
            claim(allotmentOn(1, 1_000), 100);
        } else {
            settle(bytes.concat(header(payeeTable(1)), rows));
            evidence = evidenceOf(1, header(payeeTable(1)), rows, 1);
        }
        uint256[2] memory best = [uint256(100), 0];
        for (uint256 i = 0; i < 6; ++i) {
            uint256 which = (order >> (8 * i)) % 4;
            uint96 amount = uint96(bound(amounts[which], 0, 1_000));
            IFloodgate.Allotment memory allotment = allotmentOn(1, 1_000);
            allotment.payee = payeeNumber(which % 2);
            claimWith(allotment, amount, evidence);
            if (amount > best[which % 2]) best[which % 2] = amount;
        }
        assertEq(balanceOf(payeeNumber(0)), best[0], "first payee");
        assertEq(balanceOf(payeeNumber(1)), best[1], "second payee");
        assertEq(balanceOf(payer), 100_000 - best[0] - best[1], "payer");
    }

    function _settledLow()
        private
        returns (IFloodgate.Allotment memory allotment, IFloodgate.Evidence memory evidence)
    {
        openPayer(100);
        bytes memory rows = group(payer, sessionKey, row(0, 1, 10));
        settle(bytes.concat(header(payeeTable(1)), rows));
        return (allotmentOn(1, 50), evidenceOf(1, header(payeeTable(1)), rows, 1));
    }

    /// @dev Of `payer`, a second payer, `payer` again; lane 8 has the amount 0, and is skipped.
    function _threeGroups() private returns (bytes[] memory groups, uint256[] memory paidRows) {
        uint256 secret = keyOf("second session");
        address second = payeeNumber(9);
        fund(second, 100);
        authorize(second, vm.addr(secret), NO_LIMIT, START + 1 hours);
        (groups, paidRows) = (new bytes[](3), new uint256[](3));
        groups[0] = group(payer, sessionKey, row(0, 1, 1));
        groups[1] = group(second, vm.addr(secret), rowOf(second, secret, 1, 7, 5));
        groups[2] = group(payer, sessionKey, bytes.concat(row(0, 7, 7), row(0, 8, 0), row(0, 9, 9)));
        (paidRows[0], paidRows[1], paidRows[2]) = (1, 1, 5);
    }
}

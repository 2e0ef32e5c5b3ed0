// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

/// @notice Who pays a claim: the payer first, then the bond, within the allotter's budget.
contract ClaimFromBondTest is FloodgateTest {
    function test_ThePayerPaysFirstAndTheBondTheRest() public {
        openPayer(20);
        fundBond(100);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Claimed(payer, payee, 1, 30, 30, 10, allotter);
        assertEq(claim(allotmentOn(1, 50), 30), 30, "paid");

        assertEq(balanceOf(payee), 30, "payee");
        assertEq(balanceOf(payer), 0, "payer");
        assertEq(floodgate.bond().amount, 90, "bond");
        assertEq(floodgate.allotterOf(allotter).bondSpent, 10, "budget");
        assertEq(floodgate.totalBalance(), 120, "total");
    }

    function test_ABalanceThatCoversTheClaimLeavesTheBondAlone() public {
        openPayer(100);
        fundBond(100);
        claim(allotmentOn(1, 50), 30);
        assertEq(floodgate.bond().amount, 100, "bond");
        assertEq(floodgate.allotterOf(allotter).bondSpent, 0, "budget");
    }

    function test_ThePayersPendingWithdrawalComesBeforeTheBond() public {
        openPayer(20);
        fundBond(100);
        vm.prank(payer);
        floodgate.requestWithdrawal(20);
        vm.warp(START + A);

        claim(allotmentOn(1, 50), 30);

        assertEq(balanceOf(payer), 0, "payer");
        assertEq(floodgate.accountOf(payer).withdrawing, 0, "withdrawing");
        assertEq(floodgate.bond().amount, 90, "bond");
    }

    function test_AWithdrawalOfTheBondThatIsPendingPaysToo() public {
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        fundBond(100);
        vm.prank(owner);
        floodgate.requestBondWithdrawal(90);

        assertEq(claim(allotmentOn(1, 50), 30), 30, "paid");

        assertEq(floodgate.bond().amount, 70, "bond");
        assertEq(floodgate.bond().withdrawing, 70, "withdrawing");
        assertEq(floodgate.bond().withdrawableAt, START + 840, "its time stays");
    }

    function test_TheSessionsLimitSparesThePayerAndTheBondPays() public {
        fund(payer, 100);
        authorize(payer, sessionKey, 25, START + 1 hours);
        fundBond(100);

        assertEq(claim(allotmentOn(1, 50), 30), 30, "paid");

        assertEq(balanceOf(payer), 75, "payer");
        assertEq(floodgate.sessionOf(payer, sessionKey).spent, 25, "spent");
        assertEq(floodgate.bond().amount, 95, "bond");
    }

    function test_StaysWithinTheSessionsLimit() public {
        fund(payer, 100);
        authorize(payer, sessionKey, 25, START + 1 hours);
        assertEq(claim(allotmentOn(1, 50), 30), 25, "limit");
        assertEq(claim(allotmentOn(2, 50), 30), 0, "nothing left");
    }

    function test_ALimitThatRisesPaysTheRest() public {
        fund(payer, 100);
        authorize(payer, sessionKey, 25, START + 1 hours);
        claim(allotmentOn(1, 50), 30);
        authorize(payer, sessionKey, 27, START + 1 hours);
        assertEq(claim(allotmentOn(1, 50), 30), 2, "as far as it goes");
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        assertEq(claim(allotmentOn(1, 50), 30), 3, "the rest");
        assertEq(floodgate.sessionOf(payer, sessionKey).spent, 30, "counted without a limit, too");
    }

    function test_ASessionPaysToItsLastSecondAndThenTheBond() public {
        fund(payer, 100);
        fundBond(100);
        authorize(payer, sessionKey, NO_LIMIT, START + 10);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);

        vm.warp(START + 10 + CW);
        assertEq(claim(allotment, 10), 10, "alive");
        assertEq(balanceOf(payer), 90, "payer");
        vm.warp(START + 10 + CW + 1);
        assertEq(claim(allotment, 30), 20, "over");

        assertEq(balanceOf(payer), 90, "payer is spared");
        assertEq(floodgate.bond().amount, 80, "bond");
    }

    function test_ForASessionThatNobodyAuthorizedTheBondPays() public {
        fund(payer, 100);
        fundBond(100);
        assertEq(claim(allotmentOn(1, 50), 30), 30, "paid");
        assertEq(balanceOf(payer), 100, "payer");
        assertEq(floodgate.bond().amount, 70, "bond");
    }

    function test_ARevokedSessionPaysUntilTheLongestAllotmentIsOver() public {
        openPayer(100);
        fundBond(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);

        vm.warp(START + A + CW - 1);
        assertEq(claim(allotment, 30), 30, "paid");
        assertEq(floodgate.bond().amount, 100, "bond");
    }

    /// @dev An allotment that ends after the session was promised when it was over: the bond
    /// answers for that.
    function test_OfARevokedSessionOnlyAllotmentsThatItOutlivesCostThePayer() public {
        openPayer(100);
        fundBond(100);
        vm.warp(START + 10);
        IFloodgate.Allotment memory late = allotmentOn(1, 50);
        vm.warp(START + 9);
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);
        vm.warp(START + 10);
        assertEq(claim(late, 30), 30, "paid");
        assertEq(floodgate.bond().amount, 70, "by the bond");

        IFloodgate.Allotment memory good = allotmentOn(2, 50);
        good.expiresAt = START + 9 + A;
        assertEq(claim(good, 30), 30, "paid, too");
        assertEq(balanceOf(payer), 70, "by the payer");
    }

    function test_NoAllotterTakesMoreThanItsBudget() public {
        fundBond(2_000_000);
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);

        assertEq(claim(allotmentOn(1, 900_000), 900_000), 900_000, "within");
        assertEq(claim(allotmentOn(2, 900_000), 900_000), 100_000, "what is left of 1,000,000");
        assertEq(claim(allotmentOn(3, 900_000), 900_000), 0, "used up");
        assertEq(floodgate.isLaneSettled(payer, 3), false, "lane 3 stays open");
        assertEq(floodgate.allotterOf(allotter).bondSpent, 1_000_000, "spent");

        vm.prank(owner);
        floodgate.setAllotter(allotter, 1_500_000);
        assertEq(claim(allotmentOn(2, 900_000), 900_000), 0, "a raise waits");
        vm.warp(START + 2 * D);
        assertEq(claim(allotmentOn(2, 900_000), 900_000), 500_000, "raised: the rest, as far as it goes");
        assertEq(floodgate.bond().amount, 500_000, "bond");
    }

    function test_EachAllotterHasItsOwnBudget() public {
        fundBond(2_000_000);
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        claim(allotmentOn(1, 1_000_000), 1_000_000);
        uint256 secret = keyOf("second allotter");
        vm.prank(owner);
        floodgate.setAllotter(vm.addr(secret), 30);
        vm.warp(START + 2 * D);

        IFloodgate.Allotment memory allotment = allotmentOn(2, 50);
        bytes memory bySecond = signCompact(secret, allotmentDigest(allotment));
        bytes memory bySession = signVoucherFor(allotment, 50);
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Claimed(payer, payee, 2, 30, 30, 30, vm.addr(secret));
        floodgate.claim(allotment, bySecond, 50, bySession);

        assertEq(floodgate.allotterOf(vm.addr(secret)).bondSpent, 30, "second");
        assertEq(floodgate.allotterOf(allotter).bondSpent, 1_000_000, "first");
    }

    function test_ARetiredAllottersBudgetStillPays() public {
        fundBond(100);
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        vm.prank(owner);
        floodgate.retireAllotter(allotter);
        assertEq(claim(allotment, 30), 30, "paid");
        assertEq(floodgate.allotterOf(allotter).bondSpent, 30, "spent");
    }

    function test_AnEmptyBondPaysWhenItIsFilled() public {
        openPayer(20);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        assertEq(claim(allotment, 30), 20, "all there is");
        fundBond(4);
        assertEq(claim(allotment, 30), 4, "all there is now");
        fundBond(100);
        assertEq(claim(allotment, 30), 6, "the rest");
        assertEq(claim(allotment, 30), 0, "no more");
        assertEq(paidOn(payer, 1, payee), 30, "record");
        assertEq(floodgate.bond().amount, 94, "bond");
    }

    function testFuzz_PaysAllThatPayerAndBondHave(uint96 balance, uint96 limit, uint96 inBond, uint96 amount) public {
        balance = uint96(bound(balance, 1, 2_000_000));
        inBond = uint96(bound(inBond, 1, 2_000_000));
        amount = uint96(bound(amount, 0, 6_000_000));
        limit = uint96(bound(limit, 0, 3_000_000));
        fund(payer, balance);
        fundBond(inBond);
        authorize(payer, sessionKey, limit, START + 1 hours);

        uint256 paid = claim(allotmentOn(1, type(uint96).max), amount);

        uint256 fromPayer = _min(amount, _min(balance, limit));
        uint256 fromBond = _min(amount - fromPayer, _min(inBond, 1_000_000));
        assertEq(paid, fromPayer + fromBond, "paid");
        assertEq(balanceOf(payee), paid, "payee");
        assertEq(balanceOf(payer), balance - fromPayer, "payer");
        assertEq(floodgate.bond().amount, inBond - fromBond, "bond");
        assertEq(floodgate.sessionOf(payer, sessionKey).spent, fromPayer, "session");
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}

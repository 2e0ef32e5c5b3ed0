// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

contract WithdrawTest is ExitTest {
    function test_RevertWhen_TheDelayIsNotOver() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        vm.warp(START + D - 1);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalNotReady.selector, START + D - 1, START + D));
        vm.prank(payer);
        floodgate.withdraw(payer);
    }

    function test_RevertWhen_NothingWasRequested() public {
        fund(payer, 100);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, payer));
        vm.prank(payer);
        floodgate.withdraw(payer);
    }

    function test_RevertWhen_ItGoesToZeroOrTheContract() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        vm.warp(START + D);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(0)));
        vm.prank(payer);
        floodgate.withdraw(address(0));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(floodgate)));
        vm.prank(payer);
        floodgate.withdraw(address(floodgate));
    }

    function test_RevertWhen_SomeoneElsePaysOutAnUnsignedRequest() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        vm.warp(START + D);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientUnknown.selector, payer));
        vm.prank(stranger);
        floodgate.withdrawFor(payer);
    }

    function test_RevertWhen_ASignedRequestIsNotDue() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        floodgate.requestWithdrawalFor(withdrawal, signWithdrawal(withdrawal));
        vm.warp(START + D - 1);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalNotReady.selector, START + D - 1, START + D));
        floodgate.withdrawFor(payer);
    }

    function test_RevertWhen_SettlementsHaveTakenAllOfIt() public {
        openPayer(100);
        vm.prank(payer);
        floodgate.requestWithdrawal(100);
        settle(batchOf(row(0, 1, 100)));
        vm.warp(START + D);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, payer));
        vm.prank(payer);
        floodgate.withdraw(payer);
    }

    function test_TheAccountItselfSendsASignedRequestElsewhere() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        floodgate.requestWithdrawalFor(withdrawal, signWithdrawal(withdrawal));
        assertEq(floodgate.withdrawalRecipient(payer), payee, "recipient");
        vm.warp(START + D);
        vm.prank(payer);
        floodgate.withdraw(stranger);
        assertEq(dollar.balanceOf(stranger), 60, "tokens");
        assertEq(floodgate.withdrawalRecipient(payer), address(0), "recipient is gone");
    }

    function testFuzz_NothingLeavesBeforeItsTime(uint96 balance, uint96 asked, uint40 wait) public {
        balance = uint96(bound(balance, 1, type(uint96).max));
        asked = uint96(bound(asked, 1, balance));
        wait = uint40(bound(wait, 0, 2 * D));
        fund(payer, balance);
        vm.prank(payer);
        floodgate.requestWithdrawal(asked);
        vm.warp(START + wait);
        if (wait < D) {
            vm.expectRevert(
                abi.encodeWithSelector(IFloodgate.WithdrawalNotReady.selector, START + wait, START + D)
            );
        }
        vm.prank(payer);
        floodgate.withdraw(payee);
        assertEq(dollar.balanceOf(payee), wait < D ? 0 : asked, "tokens");
        assertEq(balanceOf(payer), balance - dollar.balanceOf(payee), "balance");
    }

    function test_PaysWhomTheAccountNames() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        vm.warp(START + D);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Withdrawn(payer, payee, 60);
        vm.prank(payer);
        assertEq(floodgate.withdraw(payee), 60, "amount");

        assertEq(dollar.balanceOf(payee), 60, "tokens");
        assertEq(balanceOf(payer), 40, "balance");
        assertEq(floodgate.accountOf(payer).withdrawableAt, 0, "nothing is pending");
        assertEq(floodgate.totalBalance(), 40, "total");
    }

    function test_AnyonePaysOutASignedRequestToItsRecipientOnce() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory signature = signWithdrawal(withdrawal);
        vm.prank(stranger);
        floodgate.requestWithdrawalFor(withdrawal, signature);
        vm.warp(START + D);

        vm.prank(stranger);
        floodgate.withdrawFor(payer);
        assertEq(dollar.balanceOf(payee), 60, "tokens");

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientUnknown.selector, payer));
        floodgate.withdrawFor(payer);
    }

    function test_ASettlementInTheDelayComesFirst() public {
        openPayer(100);
        vm.prank(payer);
        floodgate.requestWithdrawal(100);
        vm.warp(START + D - 1);
        settle(batchOf(row(0, 1, 30)));
        vm.warp(START + D);
        vm.prank(payer);
        assertEq(floodgate.withdraw(payer), 70, "what is left");
        assertEq(balanceOf(payer), 0, "balance");
    }

    function test_ADebitLeavesTheRequest() public {
        openPayer(100);
        vm.prank(payer);
        floodgate.requestWithdrawal(80);
        settle(batchOf(row(0, 1, 50)));
        assertEq(floodgate.accountOf(payer).withdrawing, 50, "no more than there is");

        fund(payer, 100);
        assertEq(floodgate.accountOf(payer).withdrawing, 80, "as asked");
        vm.warp(START + D);
        vm.prank(payer);
        assertEq(floodgate.withdraw(payer), 80, "amount");
        assertEq(balanceOf(payer), 70, "balance");
    }
}

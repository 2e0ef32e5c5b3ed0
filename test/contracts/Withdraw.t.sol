// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

contract WithdrawTest is FloodgateTest {
    /* REQUESTS */

    function test_RevertWhen_MoreThanTheBalanceIsRequested() public {
        fund(payer, 100);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalExceedsBalance.selector, 101, 100));
        vm.prank(payer);
        floodgate.requestWithdrawal(101);
    }

    function test_RevertWhen_TheDeadlineHasPassed() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = _withdrawal(60, 0);
        bytes memory signature = signWallet(walletKey, withdrawalDigest(withdrawal));
        vm.warp(withdrawal.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.DeadlinePassed.selector, withdrawal.deadline + 1, withdrawal.deadline)
        );
        floodgate.requestWithdrawalFor(withdrawal, signature);
    }

    function test_RevertWhen_AnyFieldIsChangedOrSomeoneElseSigned() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory signed = _withdrawal(60, 0);
        bytes memory signature = signWallet(walletKey, withdrawalDigest(signed));
        bytes memory reason = abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer);

        IFloodgate.Withdrawal memory changed = _withdrawal(61, 0);
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(changed, signature);
        changed = _withdrawal(60, 0);
        changed.to = stranger;
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(changed, signature);
        changed = _withdrawal(60, 0);
        changed.deadline += 1;
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(changed, signature);

        bytes memory byThief = signWallet(keyOf("thief"), withdrawalDigest(signed));
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(signed, byThief);
    }

    function test_RevertWhen_ASignedRequestComesTwice() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = _withdrawal(60, 0);
        bytes memory signature = signWallet(walletKey, withdrawalDigest(withdrawal));
        floodgate.requestWithdrawalFor(withdrawal, signature);

        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, payer, 1));
        floodgate.requestWithdrawalFor(withdrawal, signature);
    }

    function test_RevertWhen_TheAccountHasSpokenSince() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = _withdrawal(60, 0);
        bytes memory signature = signWallet(walletKey, withdrawalDigest(withdrawal));
        vm.prank(payer);
        floodgate.requestWithdrawal(0);

        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, payer, 1));
        floodgate.requestWithdrawalFor(withdrawal, signature);
    }

    function test_RevertWhen_TheRecipientIsZeroOrTheContract() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = _withdrawal(60, 0);
        withdrawal.to = address(0);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(0)));
        floodgate.requestWithdrawalFor(withdrawal, "");
        withdrawal.to = address(floodgate);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(floodgate)));
        floodgate.requestWithdrawalFor(withdrawal, "");
    }

    function test_EachRequestReplacesTheOneBeforeAndRestartsTheClock() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        vm.warp(START + 10);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.WithdrawalRequested(payer, address(0), 80, START + 10 + D);
        vm.prank(payer);
        floodgate.requestWithdrawal(80);

        assertEq(floodgate.accountOf(payer).withdrawing, 80, "withdrawing");
    }

    function test_ZeroCancels() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        vm.prank(payer);
        floodgate.requestWithdrawal(0);
        vm.warp(START + D);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, payer));
        vm.prank(payer);
        floodgate.withdraw(payer);
    }

    /* PAYMENT */

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
        assertEq(floodgate.totalBalance(), 40, "total");
    }

    function test_AnyonePaysOutASignedRequestToItsRecipientOnce() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = _withdrawal(60, 0);
        bytes memory signature = signWallet(walletKey, withdrawalDigest(withdrawal));
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

    function _withdrawal(uint96 amount, uint256 nonce) private view returns (IFloodgate.Withdrawal memory) {
        return IFloodgate.Withdrawal(payer, payee, amount, START + 600, nonce);
    }
}

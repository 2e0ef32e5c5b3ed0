// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

contract RequestWithdrawalTest is ExitTest {
    function test_RevertWhen_MoreThanTheBalanceIsRequested() public {
        fund(payer, 100);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalExceedsBalance.selector, 101, 100));
        vm.prank(payer);
        floodgate.requestWithdrawal(101);
    }

    function test_RevertWhen_MoreThanTheBalanceIsSignedFor() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(101);
        bytes memory signature = signWithdrawal(withdrawal);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalExceedsBalance.selector, 101, 100));
        floodgate.requestWithdrawalFor(withdrawal, signature);
    }

    function test_RevertWhen_TheDeadlineHasPassed() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory signature = signWithdrawal(withdrawal);
        vm.warp(withdrawal.deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.DeadlinePassed.selector, withdrawal.deadline + 1, withdrawal.deadline)
        );
        floodgate.requestWithdrawalFor(withdrawal, signature);
    }

    function test_RevertWhen_AnyFieldIsChangedOrSomeoneElseSigned() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory signed = withdrawalOf(60);
        bytes memory signature = signWithdrawal(signed);
        bytes memory reason = abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer);

        IFloodgate.Withdrawal memory changed = withdrawalOf(61);
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(changed, signature);
        changed = withdrawalOf(60);
        changed.to = stranger;
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(changed, signature);
        changed = withdrawalOf(60);
        changed.deadline += 1;
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(changed, signature);

        bytes memory byThief = signWallet(keyOf("thief"), withdrawalDigest(signed));
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(signed, byThief);
    }

    function test_RevertWhen_ASignedRequestComesTwice() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory signature = signWithdrawal(withdrawal);
        floodgate.requestWithdrawalFor(withdrawal, signature);

        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, payer, 1));
        floodgate.requestWithdrawalFor(withdrawal, signature);
    }

    function test_RevertWhen_TheAccountHasSpokenSince() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory signature = signWithdrawal(withdrawal);
        vm.prank(payer);
        floodgate.requestWithdrawal(0);

        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, payer, 1));
        floodgate.requestWithdrawalFor(withdrawal, signature);
    }

    function test_RevertWhen_TheRecipientIsZeroOrTheContract() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
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

    function test_ItsOwnRequestClearsTheRecipientOfASignedOne() public {
        fund(payer, 100);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        floodgate.requestWithdrawalFor(withdrawal, signWithdrawal(withdrawal));
        vm.prank(payer);
        floodgate.requestWithdrawal(50);
        vm.warp(START + D);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientUnknown.selector, payer));
        floodgate.withdrawFor(payer);
    }

    function test_ASignedZeroCancels() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(0);
        bytes memory signature = signWithdrawal(withdrawal);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.WithdrawalRequested(payer, address(0), 0, 0);
        floodgate.requestWithdrawalFor(withdrawal, signature);

        assertEq(floodgate.accountOf(payer).withdrawing, 0, "withdrawing");
        assertEq(floodgate.withdrawalRecipient(payer), address(0), "recipient");
    }
}

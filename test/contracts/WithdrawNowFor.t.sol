// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

contract WithdrawNowForTest is ExitTest {
    function setUp() public override {
        super.setUp();
        fund(payer, 100);
    }

    function test_RevertWhen_TheWithdrawalsDeadlineHasPassed() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory byWallet = signInstant(withdrawal);
        vm.warp(START + 601);
        bytes memory byAllotter = signRelease(releaseOf(60));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.DeadlinePassed.selector, START + 601, START + 600));
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 700, byAllotter);
    }

    function test_RevertWhen_TheReleasesDeadlineHasPassed() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory byWallet = signInstant(withdrawal);
        bytes memory byAllotter = signRelease(releaseOf(60));
        vm.warp(START + 61);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.DeadlinePassed.selector, START + 61, START + 60));
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, byAllotter);
    }

    function test_RevertWhen_TheWalletDidNotSign() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory byThief = signWallet(keyOf("thief"), instantDigest(withdrawal));
        bytes memory byAllotter = signRelease(releaseOf(60));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.withdrawNowFor(withdrawal, byThief, START + 60, byAllotter);
    }

    function test_RevertWhen_TheReleaseIsOfAnotherAmount() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory byWallet = signInstant(withdrawal);
        bytes memory byAllotter = signRelease(releaseOf(61));
        address signer = signerOf(releaseOf(60), byAllotter);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, signer));
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, byAllotter);
        assertEq(floodgate.nonces(payer), 0, "the nonce is not spent");
    }

    function test_RevertWhen_TheAmountIsZeroOrTheRecipientInvalid() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(0);
        bytes memory byWallet = signInstant(withdrawal);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, "");

        withdrawal = withdrawalOf(60);
        withdrawal.to = address(floodgate);
        byWallet = signInstant(withdrawal);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(floodgate)));
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, "");
    }

    /// @dev Else anyone could make a pending exit smaller with it, and start its delay anew.
    function test_ASignatureForAnInstantExitIsGoodForNothingElse() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(30);
        bytes memory instant = signInstant(withdrawal);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.requestWithdrawalFor(withdrawal, instant);

        bytes memory delayed = signWithdrawal(withdrawal);
        bytes memory byAllotter = signRelease(releaseOf(30));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.withdrawNowFor(withdrawal, delayed, START + 60, byAllotter);
    }

    function test_RevertWhen_TheWithdrawalWasUsedInEitherWay() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(30);
        bytes memory byWallet = signInstant(withdrawal);
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, signRelease(releaseOf(30)));

        bytes memory reason = abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, payer, 1);
        bytes memory next = signRelease(releaseOf(30));
        vm.expectRevert(reason);
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, next);
        byWallet = signWithdrawal(withdrawal);
        vm.expectRevert(reason);
        floodgate.requestWithdrawalFor(withdrawal, byWallet);

        withdrawal = withdrawalOf(30);
        byWallet = signWithdrawal(withdrawal);
        floodgate.requestWithdrawalFor(withdrawal, byWallet);
        byWallet = signInstant(withdrawal);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, payer, 2));
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, next);
    }

    function test_AnyoneMayRelayIt() public {
        IFloodgate.Withdrawal memory withdrawal = withdrawalOf(60);
        bytes memory byWallet = signInstant(withdrawal);
        bytes memory byAllotter = signRelease(releaseOf(60));

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Released(payer, payee, 60, 0, allotter);
        vm.prank(stranger);
        floodgate.withdrawNowFor(withdrawal, byWallet, START + 60, byAllotter);

        assertEq(dollar.balanceOf(payee), 60, "tokens");
        assertEq(floodgate.nonces(payer), 1, "nonce");
        assertEq(floodgate.accountOf(payer).releaseNonce, 1, "releaseNonce");
    }
}

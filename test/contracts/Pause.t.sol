// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice A pause stops customers' deposits; every way out, settlement and claims go on.
contract PauseTest is SettlementTest, ExitTest {
    function setUp() public override {
        super.setUp();
        openPayer(100);
        fundBond(100);
        vm.prank(owner);
        floodgate.pauseDeposits();
    }

    function test_RevertWhen_CallerIsNotTheOwner() public {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, operator);
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.pauseDeposits();
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.unpauseDeposits();
    }

    function test_RevertWhen_ItIsPausedOrUnpausedTwice() public {
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        vm.prank(owner);
        floodgate.pauseDeposits();
        vm.prank(owner);
        floodgate.unpauseDeposits();
        vm.expectRevert(abi.encodeWithSelector(Pausable.ExpectedPause.selector));
        vm.prank(owner);
        floodgate.unpauseDeposits();
    }

    function test_RevertWhen_ACustomerDeposits() public {
        dollar.mint(address(this), 10);
        dollar.approve(address(floodgate), 10);
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        floodgate.depositFor(payer, 10, 0);
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        floodgate.depositForMany(new IFloodgate.Deposit[](0));
    }

    function test_RevertWhen_ACustomerDepositsInAMulticall() public {
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(IFloodgate.depositFor, (payer, 10, 0));
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        floodgate.multicall(calls);
    }

    function test_DepositsGoOnAfterIt() public {
        vm.prank(owner);
        floodgate.unpauseDeposits();
        fund(payer, 10);
        assertEq(balanceOf(payer), 110, "balance");
    }

    function test_SettlementOfVouchersAndStatementsGoesOn() public {
        settle(batchOf(row(0, 1, 10)));
        settle(statementBatch(1, oneLane(0, 2, 20)));
        assertEq(balanceOf(payee), 30, "payee");
    }

    function test_ClaimsGoOn() public {
        assertEq(claim(allotmentOn(1, 50), 30), 30, "claim");
        IFloodgate.Allotment memory other = allotmentOn(1, 500);
        other.payee = payeeNumber(1);
        assertEq(claimWith(other, 120, claimantEvidence(payee)), 120, "evidence and bond");
    }

    function test_SessionsGoOn() public {
        authorize(payer, stranger, 5, START + 10);
        vm.prank(payer);
        floodgate.revokeSession(stranger);
        IFloodgate.SessionAuthorization memory signed = IFloodgate.SessionAuthorization(payer, payee, 7, START + 10);
        floodgate.authorizeSessionFor(signed, signWallet(walletKey, authorizationDigest(signed)));
        assertEq(floodgate.sessionOf(payer, payee).limit, 7, "limit");
    }

    function test_WithdrawalsGoOn() public {
        vm.prank(payer);
        floodgate.requestWithdrawal(30);
        vm.warp(START + D);
        vm.prank(payer);
        floodgate.withdraw(payee);
        IFloodgate.Withdrawal memory signed = withdrawalOf(20);
        floodgate.requestWithdrawalFor(signed, signWithdrawal(signed));
        vm.warp(START + 2 * D);
        floodgate.withdrawFor(payer);
        assertEq(dollar.balanceOf(payee), 50, "tokens");
    }

    function test_InstantExitsGoOn() public {
        Release memory release = releaseOf(30);
        withdrawNow(release, signRelease(release));
        IFloodgate.Withdrawal memory signed = withdrawalOf(20);
        bytes memory byAllotter = signRelease(releaseOf(20));
        floodgate.withdrawNowFor(signed, signInstant(signed), START + 60, byAllotter);
        assertEq(dollar.balanceOf(payee), 50, "tokens");
    }

    function test_TheBondGoesOn() public {
        fundBond(5);
        vm.prank(owner);
        floodgate.requestBondWithdrawal(105);
        vm.warp(START + 2 * D);
        vm.prank(owner);
        assertEq(floodgate.withdrawBond(owner), 105, "amount");
    }
}

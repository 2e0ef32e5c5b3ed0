// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {newFloodgate} from "./support/Deployer.sol";
import {Floodgate} from "../../contracts/Floodgate.sol";
import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {FalseToken, FeeToken, ReentrantToken, SilentToken} from "./support/Tokens.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract DepositForTest is FloodgateTest {
    function test_RevertWhen_AccountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AccountInvalid.selector, address(0)));
        floodgate.depositFor(address(0), 1, 0);
    }

    function test_RevertWhen_AccountIsTheContract() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AccountInvalid.selector, address(floodgate)));
        floodgate.depositFor(address(floodgate), 1, 0);
    }

    function test_RevertWhen_AmountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        floodgate.depositFor(payer, 0, 0);
    }

    function test_RevertWhen_AllowanceIsMissing() public {
        dollar.mint(address(this), 1);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(floodgate), 0, 1)
        );
        floodgate.depositFor(payer, 1, 0);
    }

    function test_RevertWhen_TotalWouldExceedUint96() public {
        fund(payer, type(uint96).max);
        dollar.mint(address(this), 1);
        dollar.approve(address(floodgate), 1);

        uint256 total = uint256(type(uint96).max) + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.TotalBalanceTooLarge.selector, total, uint256(type(uint96).max))
        );
        floodgate.depositFor(payee, 1, 0);
    }

    function test_RevertWhen_TokenTakesAFee() public {
        FeeToken token = new FeeToken();
        Floodgate other = _deployFor(IERC20(address(token)));
        token.mint(address(this), 100);
        token.approve(address(other), 100);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.TokenAmountMismatch.selector, 99, 100));
        other.depositFor(payer, 100, 0);
    }

    function test_RevertWhen_TokenReturnsFalse() public {
        FalseToken token = new FalseToken();
        Floodgate other = _deployFor(IERC20(address(token)));

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        other.depositFor(payer, 100, 0);
    }

    function test_RevertWhen_TokenCallsBack() public {
        ReentrantToken token = new ReentrantToken();
        Floodgate other = _deployFor(IERC20(address(token)));
        token.mint(address(this), 100);
        token.approve(address(other), 100);
        token.callBack(address(other), abi.encodeCall(IFloodgate.depositFor, (payer, 1, 0)));

        vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        other.depositFor(payer, 100, 0);
    }

    function test_AcceptsATokenThatReturnsNothing() public {
        SilentToken token = new SilentToken();
        Floodgate other = _deployFor(IERC20(address(token)));
        token.mint(address(this), 100);

        other.depositFor(payer, 100, 0);

        assertEq(other.accountOf(payer).balance, 100, "balance");
    }

    function test_TellsWhoPaidForWhom() public {
        dollar.mint(address(this), 7);
        dollar.approve(address(floodgate), 7);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Deposited(payer, address(this), 7, "id");
        floodgate.depositFor(payer, 7, "id");
    }

    function test_ADepositWithAnIdCountsOnce() public {
        dollar.mint(address(this), 100);
        dollar.approve(address(floodgate), 100);
        floodgate.depositFor(payer, 7, "id");
        assertEq(floodgate.isDepositIdUsed(address(this), "id"), true, "used");
        assertEq(floodgate.isDepositIdUsed(payer, "id"), false, "by another");

        vm.recordLogs();
        floodgate.depositFor(payer, 7, "id");
        floodgate.depositFor(payee, 9, "id");
        assertEq(vm.getRecordedLogs().length, 0, "no events");
        assertEq(balanceOf(payer), 7, "once");
        assertEq(balanceOf(payee), 0, "not for another account, either");
        assertEq(dollar.balanceOf(address(this)), 93, "wallet");

        floodgate.depositFor(payer, 7, "other");
        assertEq(balanceOf(payer), 14, "another id counts");
    }

    function test_TheIdsOfOthersAreTheirs() public {
        fund(payee, 1);
        dollar.mint(stranger, 10);
        vm.prank(stranger);
        dollar.approve(address(floodgate), 10);
        vm.prank(stranger);
        floodgate.depositFor(payer, 10, "id");
        dollar.mint(address(this), 7);
        dollar.approve(address(floodgate), 7);
        floodgate.depositFor(payer, 7, "id");
        assertEq(balanceOf(payer), 17, "both");
    }

    function test_ManyDepositsCountEachOnceInOneTransfer() public {
        dollar.mint(address(this), 100);
        dollar.approve(address(floodgate), 100);
        floodgate.depositFor(payer, 7, "a");
        IFloodgate.Deposit[] memory deposits = new IFloodgate.Deposit[](4);
        deposits[0] = IFloodgate.Deposit(payer, 7, "a");
        deposits[1] = IFloodgate.Deposit(payee, 5, "b");
        deposits[2] = IFloodgate.Deposit(payer, 3, "b");
        deposits[3] = IFloodgate.Deposit(payer, 2, 0);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Deposited(payee, address(this), 5, "b");
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Deposited(payer, address(this), 2, 0);
        floodgate.depositForMany(deposits);

        assertEq(balanceOf(payer), 9, "payer");
        assertEq(balanceOf(payee), 5, "payee");
        assertEq(dollar.balanceOf(address(this)), 86, "wallet");
        assertEq(floodgate.totalBalance(), 14, "total");
    }

    function test_ManyKnownDepositsMoveNothing() public {
        floodgate.depositForMany(new IFloodgate.Deposit[](0));
        fund(payer, 1);
        assertEq(floodgate.totalBalance(), 1, "total");
    }

    function test_RevertWhen_OneOfManyIsInvalid() public {
        IFloodgate.Deposit[] memory deposits = new IFloodgate.Deposit[](2);
        deposits[0] = IFloodgate.Deposit(payer, 7, "a");
        deposits[1] = IFloodgate.Deposit(payee, 0, "b");
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        floodgate.depositForMany(deposits);
    }

    function test_LeavesAPendingWithdrawalAsItIs() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);

        fund(payer, 50);

        IFloodgate.Account memory account = floodgate.accountOf(payer);
        assertEq(account.balance, 150, "balance");
        assertEq(account.withdrawing, 60, "withdrawing");
        assertEq(account.withdrawableAt, START + D, "withdrawableAt");
    }

    function test_DonationsBelongToNobody() public {
        dollar.mint(address(floodgate), 1_000);

        fund(payer, 5);

        assertEq(balanceOf(payer), 5, "balance");
        assertEq(floodgate.totalBalance(), 5, "totalBalance");
    }

    function testFuzz_CreditsExactlyWhatArrives(uint96 first, uint96 second) public {
        first = uint96(bound(first, 1, type(uint96).max / 2));
        second = uint96(bound(second, 1, type(uint96).max / 2));

        fund(payer, first);
        fund(payer, second);

        assertEq(balanceOf(payer), uint256(first) + second, "balance");
        assertEq(floodgate.totalBalance(), uint256(first) + second, "totalBalance");
        assertEq(dollar.balanceOf(address(floodgate)), uint256(first) + second, "tokens");
    }

    function _deployFor(IERC20 token) private returns (Floodgate) {
        return newFloodgate(configFor(token));
    }
}

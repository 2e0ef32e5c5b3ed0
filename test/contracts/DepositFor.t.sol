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
        floodgate.depositFor(address(0), 1);
    }

    function test_RevertWhen_AccountIsTheContract() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AccountInvalid.selector, address(floodgate)));
        floodgate.depositFor(address(floodgate), 1);
    }

    function test_RevertWhen_AmountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        floodgate.depositFor(payer, 0);
    }

    function test_RevertWhen_AllowanceIsMissing() public {
        dollar.mint(address(this), 1);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(floodgate), 0, 1)
        );
        floodgate.depositFor(payer, 1);
    }

    function test_RevertWhen_TotalWouldExceedUint96() public {
        fund(payer, type(uint96).max);
        dollar.mint(address(this), 1);
        dollar.approve(address(floodgate), 1);

        uint256 total = uint256(type(uint96).max) + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.TotalBalanceTooLarge.selector, total, uint256(type(uint96).max))
        );
        floodgate.depositFor(payee, 1);
    }

    function test_RevertWhen_TokenTakesAFee() public {
        FeeToken token = new FeeToken();
        Floodgate other = _deployFor(IERC20(address(token)));
        token.mint(address(this), 100);
        token.approve(address(other), 100);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.TokenAmountMismatch.selector, 99, 100));
        other.depositFor(payer, 100);
    }

    function test_RevertWhen_TokenReturnsFalse() public {
        FalseToken token = new FalseToken();
        Floodgate other = _deployFor(IERC20(address(token)));

        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        other.depositFor(payer, 100);
    }

    function test_RevertWhen_TokenCallsBack() public {
        ReentrantToken token = new ReentrantToken();
        Floodgate other = _deployFor(IERC20(address(token)));
        token.mint(address(this), 100);
        token.approve(address(other), 100);
        token.callBack(address(other), abi.encodeCall(IFloodgate.depositFor, (payer, 1)));

        vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        other.depositFor(payer, 100);
    }

    function test_AcceptsATokenThatReturnsNothing() public {
        SilentToken token = new SilentToken();
        Floodgate other = _deployFor(IERC20(address(token)));
        token.mint(address(this), 100);

        other.depositFor(payer, 100);

        assertEq(other.accountOf(payer).balance, 100, "balance");
    }

    function test_TellsWhoPaidForWhom() public {
        dollar.mint(address(this), 7);
        dollar.approve(address(floodgate), 7);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Deposited(payer, address(this), 7);
        floodgate.depositFor(payer, 7);
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

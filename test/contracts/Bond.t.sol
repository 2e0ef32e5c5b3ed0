// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

contract BondTest is FloodgateTest {
    /* DEPOSITS */

    function test_RevertWhen_AnyoneButTheOwnerTouchesTheBond() public {
        fundBond(100);
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, operator);
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.depositBond(1);
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.requestBondWithdrawal(1);
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.withdrawBond(operator);
    }

    function test_RevertWhen_NothingIsDeposited() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        vm.prank(owner);
        floodgate.depositBond(0);
    }

    function test_RevertWhen_TheAllowanceIsMissing() public {
        dollar.mint(owner, 100);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(floodgate), 0, 100)
        );
        vm.prank(owner);
        floodgate.depositBond(100);
    }

    function test_RevertWhen_BalancesAndBondWouldExceedUint96() public {
        fund(payer, type(uint96).max - 5);
        uint256 total = uint256(type(uint96).max) + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.TotalBalanceTooLarge.selector, total, uint256(type(uint96).max))
        );
        vm.prank(owner);
        floodgate.depositBond(6);
    }

    function test_ADepositCountsInTheTotalAndIsNobodysBalance() public {
        fund(payer, 7);
        fundBond(100);
        dollar.mint(owner, 20);
        vm.prank(owner);
        dollar.approve(address(floodgate), 20);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.BondDeposited(owner, 20);
        vm.prank(owner);
        floodgate.depositBond(20);

        _assertBond(120, 0, 0);
        assertEq(floodgate.totalBalance(), 127, "total");
        assertEq(dollar.balanceOf(address(floodgate)), 127, "tokens");
        assertEq(balanceOf(owner), 0, "owner's account");
    }

    /* REQUESTS */

    function test_RevertWhen_MoreThanTheBondIsRequested() public {
        fundBond(100);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalExceedsBalance.selector, 101, 100));
        vm.prank(owner);
        floodgate.requestBondWithdrawal(101);
    }

    function test_TheDelayIsTwiceThatOfCustomers() public view {
        assertEq(floodgate.bondDelay(), 840, "bond");
        assertEq(floodgate.withdrawalDelay(), 420, "customers");
    }

    function test_EachRequestReplacesTheOneBeforeAndRestartsTheClock() public {
        fundBond(100);
        _request(60);
        _assertBond(100, 60, START + 840);
        vm.warp(START + 10);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.BondWithdrawalRequested(80, START + 850);
        _request(80);

        _assertBond(100, 80, START + 850);
    }

    function test_ZeroCancels() public {
        fundBond(100);
        _request(60);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.BondWithdrawalRequested(0, 0);
        _request(0);

        _assertBond(100, 0, 0);
        vm.warp(START + 840);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, address(floodgate)));
        vm.prank(owner);
        floodgate.withdrawBond(owner);
    }

    /* WITHDRAWALS */

    function test_RevertWhen_NothingWasRequested() public {
        fundBond(100);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, address(floodgate)));
        vm.prank(owner);
        floodgate.withdrawBond(owner);
    }

    function test_RevertWhen_TheDelayIsNotOver() public {
        fundBond(100);
        _request(60);
        vm.warp(START + 839);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalNotReady.selector, START + 839, START + 840));
        vm.prank(owner);
        floodgate.withdrawBond(owner);
    }

    function test_RevertWhen_ItGoesToZeroOrTheContract() public {
        fundBond(100);
        _request(60);
        vm.warp(START + 840);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(0)));
        vm.prank(owner);
        floodgate.withdrawBond(address(0));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(floodgate)));
        vm.prank(owner);
        floodgate.withdrawBond(address(floodgate));
    }

    function test_PaysWhatWasRequestedOnce() public {
        fund(payer, 7);
        fundBond(100);
        _request(60);
        vm.warp(START + 840);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.BondWithdrawn(stranger, 60);
        vm.prank(owner);
        assertEq(floodgate.withdrawBond(stranger), 60, "amount");

        assertEq(dollar.balanceOf(stranger), 60, "tokens");
        _assertBond(40, 0, 0);
        assertEq(floodgate.totalBalance(), 47, "total");
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, address(floodgate)));
        vm.prank(owner);
        floodgate.withdrawBond(stranger);
    }

    function test_ADepositLeavesARequestAsItIs() public {
        fundBond(100);
        _request(60);
        vm.warp(START + 10);
        fundBond(5);
        _assertBond(105, 60, START + 840);
    }

    /// @dev The bond of the moment at which an allotment was signed outlives every claim on that
    /// allotment.
    function test_AUnitThatAClaimTakesDoesNotLeave() public {
        fundBond(100);
        vm.prank(owner);
        floodgate.requestBondWithdrawal(100);
        claim(allotmentOn(1, 1), 1);
        assertEq(floodgate.bond().withdrawing, 99, "withdrawing");
        vm.warp(timeNow() + 2 * D);
        vm.prank(owner);
        assertEq(floodgate.withdrawBond(owner), 99, "withdrawn");
    }

    function test_NoClaimComesTooLateForABondThatIsLeaving() public {
        fundBond(100);
        _request(100);
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);

        vm.warp(uint256(allotment.expiresAt) + CW - 1);
        assertEq(claim(allotment, 50), 50, "last second");
        _assertBond(50, 50, START + 840);
        vm.warp(START + 840);
        vm.prank(owner);
        assertEq(floodgate.withdrawBond(owner), 50, "what the claim has left");
    }

    function testFuzz_EveryUnitOfTheBondIsWithClaimantsOwnerOrContract(
        uint96 amount,
        uint96 asked,
        uint96 promised
    ) public {
        amount = uint96(bound(amount, 1, BOND_BUDGET));
        asked = uint96(bound(asked, 1, amount));
        promised = uint96(bound(promised, 1, amount));
        fundBond(amount);
        _request(asked);
        assertEq(claim(allotmentOn(1, promised), promised), promised, "claimed");
        uint256 left = amount - promised;
        uint256 leaving = asked < left ? asked : left;
        vm.warp(START + 840);
        if (leaving > 0) {
            vm.prank(owner);
            assertEq(floodgate.withdrawBond(stranger), leaving, "withdrawn");
        }
        assertEq(floodgate.bond().amount, left - leaving, "bond");
        assertEq(floodgate.totalBalance(), uint256(amount) - leaving, "total");
        assertEq(dollar.balanceOf(address(floodgate)), uint256(amount) - leaving, "tokens");
    }

    function _request(uint96 amount) private {
        vm.prank(owner);
        floodgate.requestBondWithdrawal(amount);
    }

    function _assertBond(uint256 amount, uint256 withdrawing, uint256 withdrawableAt) private view {
        IFloodgate.Bond memory bond = floodgate.bond();
        assertEq(bond.amount, amount, "amount");
        assertEq(bond.withdrawing, withdrawing, "withdrawing");
        assertEq(bond.withdrawableAt, withdrawableAt, "withdrawableAt");
    }
}

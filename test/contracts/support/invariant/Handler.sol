// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Claims} from "./Claims.sol";
import {Deposits} from "./Deposits.sol";
import {Exits} from "./Exits.sol";
import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Rule} from "./Rule.sol";
import {Sessions} from "./Sessions.sol";

/// @notice Four people, an operator, an owner and their relayers, who make any call in any order;
/// and what must hold.
contract Handler is Deposits, Sessions, Claims, Exits, Rule {
    /// @notice All balances and the bond are what came in less what left, and the tokens are there.
    function assertConserved() external view {
        uint256 sum = floodgate.accountOf(feeRecipient).balance + floodgate.bond().amount;
        for (uint256 i = 0; i < PAYEES; ++i) sum += floodgate.accountOf(payeeAt(i)).balance;
        assertEq(floodgate.totalBalance(), sum, "totalBalance");
        assertEq(sum, inflow - outflow, "flow");
        assertEq(dollar.balanceOf(address(floodgate)), sum + donated, "tokens");
    }

    /// @notice A lane pays a payee at most the greatest signature, by claims at most up to the cap,
    /// and stays used.
    function assertNothingOverpaid() external view {
        for (uint256 i = 0; i < payments.length; ++i) {
            Paid storage payment = payments[i];
            Pledge storage pledge = pledges[payment.payer][payment.lane][payment.payee];
            assertLe(pledge.paid, pledge.signed, "greatest signature");
            if (pledge.claimed > 0) assertLe(pledge.paid, pledge.cap, "cap");
            assertEq(floodgate.isLaneSettled(payment.payer, payment.lane), true, "used for good");
        }
    }

    /// @notice Nobody has asked back more than there is, and no allotter has cost more than its
    /// budget.
    function assertWithinBounds() external view {
        for (uint256 who = 0; who < PEOPLE; ++who) {
            IFloodgate.Account memory account = floodgate.accountOf(people[who]);
            assertLe(account.withdrawing, account.balance, "withdrawing");
        }
        for (uint256 i = 0; i < ALLOTTERS; ++i) {
            IFloodgate.Allotter memory state = floodgate.allotterOf(allotters[i]);
            assertLe(state.bondSpent, state.bondBudget, "budget");
        }
        assertLe(floodgate.bond().withdrawing, floodgate.bond().amount, "bond");
    }

    /// @notice Everybody asks everything back and, after the delay, gets it.
    function assertEverybodyCanLeave() external {
        for (uint256 i = 0; i < PAYEES; ++i) _askAll(payeeAt(i));
        _askAll(feeRecipient);
        uint96 amount = floodgate.bond().amount;
        vm.prank(owner);
        floodgate.requestBondWithdrawal(amount);
        vm.warp(block.timestamp + D);
        for (uint256 i = 0; i < PAYEES; ++i) _takeAll(payeeAt(i));
        _takeAll(feeRecipient);
        assertEq(floodgate.totalBalance(), floodgate.bond().amount, "only the bond stays");
    }

    function _askAll(address account) private {
        uint96 balance = uint96(balanceOf(account));
        vm.prank(account);
        floodgate.requestWithdrawal(balance);
    }

    function _takeAll(address account) private {
        uint256 balance = balanceOf(account);
        uint256 before = dollar.balanceOf(account);
        if (balance == 0) return;
        vm.prank(account);
        floodgate.withdraw(account);
        assertEq(dollar.balanceOf(account), before + balance, "everything");
    }
}

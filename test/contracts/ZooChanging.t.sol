// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ChangingToken, FeeToken, RebasingToken} from "./support/Tokens.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {ZooTest} from "./support/zoo/ZooTest.sol";

contract ZooFeeTest is ZooTest {
    function makeToken() internal override returns (address) {
        FeeToken made = new FeeToken();
        made.setBroken(false);
        return address(made);
    }

    function test_RevertGiven_DepositsWouldPayAFee() public {
        FeeToken(address(token)).setBroken(true);
        bytes memory reason = abi.encodeWithSelector(IFloodgate.TokenAmountMismatch.selector, 9, 10);
        for (uint256 i = 0; i < FIRST_EXIT; ++i) assertRefuses(Entry(i), reason);
    }

    function test_RecipientsOfExitsPayTheirFeesThemselves() public {
        FeeToken(address(token)).setBroken(true);
        for (uint256 i = FIRST_EXIT; i < ENTRIES; ++i) assertMoves(Entry(i), 1);
        assertPaysInside();
        assertAllLeave();
        assertEq(holdings(), floodgate.bond().amount, "tokens of the others");
    }
}

contract ZooRebasingTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new RebasingToken());
    }

    function test_WhatGrowsBelongsToNobody() public {
        RebasingToken(address(token)).rebase(2_000);
        assertEq(holdings(), 800, "tokens");
        assertMovesAll();
        assertPaysInside();
        assertAllLeave();
    }

    function test_RevertGiven_BalancesHaveShrunkBelowWhatAnExitNeeds() public {
        RebasingToken(address(token)).rebase(25);
        assertEq(holdings(), 10, "tokens");
        assertEq(isSolvent(), false, "the audit says so");
        // 40 units are 1,600 shares by now.
        bytes memory reason = abi.encodeWithSelector(
            IERC20Errors.ERC20InsufficientBalance.selector,
            address(floodgate),
            400,
            1_600
        );
        assertRefuses(Entry.Withdraw, reason);
        assertRefuses(Entry.WithdrawFor, reason);
        assertRefuses(Entry.WithdrawBond, reason);
        assertPaysInside();
    }

    function test_AfterGrowingBackEverybodyLeaves() public {
        RebasingToken(address(token)).rebase(25);
        RebasingToken(address(token)).rebase(1_000);
        assertEq(isSolvent(), true, "solvent");
        assertAllLeave();
    }
}

contract ZooChangingTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new ChangingToken());
    }

    function test_RevertGiven_MoreArrivesThanWasSent() public {
        ChangingToken(address(token)).setDrift(1);
        _assertDepositsRefuse(11);
    }

    function test_RevertGiven_LessArrivesThanWasSent() public {
        ChangingToken(address(token)).setDrift(-1);
        _assertDepositsRefuse(9);
    }

    function test_RevertGiven_TheBalanceFallsDuringADeposit() public {
        ChangingToken(address(token)).setDrift(-50);
        _assertDepositsRefuse(0);
    }

    function test_RevertGiven_TheIssuerHasSeizedTheTokens() public {
        ChangingToken(address(token)).seize(address(floodgate), 395);
        assertEq(isSolvent(), false, "the audit says so");
        for (uint256 i = FIRST_EXIT; i < ENTRIES; ++i) {
            assertRefuses(
                Entry(i),
                abi.encodeWithSelector(
                    IERC20Errors.ERC20InsufficientBalance.selector,
                    address(floodgate),
                    5,
                    amountOf(Entry(i))
                )
            );
        }
        assertPaysInside();
    }

    function test_ATollOnSendersShowsAsInsolvency() public {
        ChangingToken(address(token)).setToll(1);
        assertEq(isSolvent(), true, "before");
        (bool isDone, ) = tryCall(Entry.Withdraw);
        assertEq(isDone, true, "the first to leave is paid");
        assertEq(holdings(), 359, "tokens");
        assertEq(floodgate.totalBalance(), 360, "total");
        assertEq(isSolvent(), false, "the audit says so");
    }

    function test_OnceTheGapIsFilledEverybodyLeaves() public {
        ChangingToken(address(token)).seize(address(floodgate), 395);
        ChangingToken(address(token)).mint(address(floodgate), 395);
        assertEq(isSolvent(), true, "solvent");
        assertMovesAll();
        assertAllLeave();
    }

    function _assertDepositsRefuse(uint256 received) private {
        bytes memory reason = abi.encodeWithSelector(IFloodgate.TokenAmountMismatch.selector, received, 10);
        for (uint256 i = 0; i < FIRST_EXIT; ++i) assertRefuses(Entry(i), reason);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DecimalsToken, HugeToken, SilentToken} from "./support/Tokens.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {ZooTest} from "./support/zoo/ZooTest.sol";

contract ZooSilentTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new SilentToken());
    }

    function test_RevertWhen_TheDepositorHasTooLittle() public {
        bytes memory deposit = abi.encodeCall(IFloodgate.depositFor, (payer, 1_001, 0));
        (bool isDone, ) = address(floodgate).call(deposit);
        assertEq(isDone, false, "refused");
        assertEq(balanceOf(payer), 100, "balance");
    }
}

contract ZooZeroDecimalsTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new DecimalsToken(0));
    }
}

contract ZooThirtyDecimalsTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new DecimalsToken(30));
    }

    function test_RevertWhen_AWholeTokenIsMoreThanAnAmountCanCount() public {
        bytes memory deposit = abi.encodeWithSelector(IFloodgate.depositFor.selector, payer, 10 ** 30, 0);
        (bool isDone, ) = address(floodgate).call(deposit);
        assertEq(isDone, false, "refused");
    }

    function test_HoldsUpToTwoToThe96thMinusOne() public {
        uint96 rest = type(uint96).max - floodgate.totalBalance();
        DecimalsToken(address(token)).mint(address(this), rest);
        token.approve(address(floodgate), type(uint256).max);
        floodgate.depositFor(victim, rest, 0);
        assertEq(balanceOf(victim), 100 + uint256(rest), "balance");

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.TotalBalanceTooLarge.selector, 1 << 96, (1 << 96) - 1));
        floodgate.depositFor(victim, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.TotalBalanceTooLarge.selector, 1 << 96, (1 << 96) - 1));
        vm.prank(owner);
        floodgate.depositBond(1);
        assertAllLeave();
    }
}

contract ZooHugeSupplyTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new HugeToken());
    }

    function test_ADonationOfAllThatExistsChangesNothing() public {
        HugeToken(address(token)).fill(address(floodgate));
        assertMovesAll();
        assertAllLeave();
    }
}

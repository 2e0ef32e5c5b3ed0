// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Keys that sign for the authority: unknown, then current, then retired, never back;
/// budgets only rise.
contract AllottersTest is FloodgateTest {
    uint256 private immutable _secret = keyOf("second allotter");

    function test_RevertWhen_CallerIsNotTheOwner() public {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, allotter);
        vm.expectRevert(reason);
        vm.prank(allotter);
        floodgate.setAllotter(stranger, 1);
        vm.expectRevert(reason);
        vm.prank(allotter);
        floodgate.retireAllotter(allotter);
    }

    function test_RevertWhen_TheKeyIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AddressZero.selector));
        vm.prank(owner);
        floodgate.setAllotter(address(0), 1);
    }

    function test_RevertWhen_TheBudgetFalls() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.BondBudgetTooLow.selector, 999_999, 1_000_000));
        vm.prank(owner);
        floodgate.setAllotter(allotter, 999_999);
    }

    function test_RevertWhen_ARetiredKeyComesBack() public {
        vm.warp(START + 1);
        _retire(allotter);
        vm.warp(START + 2);
        bytes memory reason = abi.encodeWithSelector(IFloodgate.AllotterIsRetired.selector, allotter, START + 1);
        vm.expectRevert(reason);
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET);
        vm.expectRevert(reason);
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET + 1);
    }

    function test_RevertWhen_AnUnknownKeyRetires() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, stranger));
        vm.prank(owner);
        floodgate.retireAllotter(stranger);
    }

    function test_TheFirstKeyIsThatOfTheConstructor() public view {
        _assertAllotter(allotter, BOND_BUDGET, 0, true);
        _assertAllotter(stranger, 0, 0, false);
    }

    function test_AnotherKeySignsBesidesTheFirst() public {
        openPayer(100);
        vm.expectEmit(address(floodgate));
        emit IFloodgate.AllotterSet(vm.addr(_secret), 7, START + 2 * D);
        vm.prank(owner);
        floodgate.setAllotter(vm.addr(_secret), 7);

        _assertAllotter(vm.addr(_secret), 0, 0, true);
        assertEq(claim(allotmentOn(1, 50), 10), 10, "the first");
        assertEq(_claimBySecond(allotmentOn(2, 50)), 10, "the second");
        vm.warp(START + 2 * D - 1);
        _assertAllotter(vm.addr(_secret), 0, 0, true);
        vm.warp(START + 2 * D);
        _assertAllotter(vm.addr(_secret), 7, 0, true);
    }

    function test_ABudgetRises() public {
        vm.expectEmit(address(floodgate));
        emit IFloodgate.AllotterSet(allotter, BOND_BUDGET + 1, START + 2 * D);
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET + 1);
        _assertAllotter(allotter, BOND_BUDGET, 0, true);
        vm.warp(START + 2 * D);
        _assertAllotter(allotter, BOND_BUDGET + 1, 0, true);
    }

    function test_ARaiseBeforeTheLastOneCountsStartsTheDelayAnew() public {
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET + 1);
        vm.warp(START + D);
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET + 2);
        vm.warp(START + 3 * D - 1);
        _assertAllotter(allotter, BOND_BUDGET, 0, true);
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.BondBudgetTooLow.selector, BOND_BUDGET + 1, BOND_BUDGET + 2)
        );
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET + 1);
        vm.warp(START + 3 * D);
        _assertAllotter(allotter, BOND_BUDGET + 2, 0, true);
    }

    function test_RevertWhen_AnAllotmentEndsLaterThanAnySignedByNow() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        allotment.expiresAt = START + A + 1;
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, 10);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotmentTooLong.selector, START + A + 1, START + A));
        floodgate.claim(allotment, byAllotter, 10, bySession);
        vm.warp(START + 1);
        floodgate.claim(allotment, byAllotter, 10, bySession);
        assertEq(balanceOf(payee), 10, "a second later it is good");
    }

    function test_TheSameAgainHasNoEffect() public {
        vm.recordLogs();
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET);
        assertEq(vm.getRecordedLogs().length, 0, "events");
    }

    function test_AKeyWithoutBudgetIsCurrentToo() public {
        openPayer(10);
        fundBond(100);
        vm.prank(owner);
        floodgate.setAllotter(vm.addr(_secret), 0);
        _assertAllotter(vm.addr(_secret), 0, 0, true);
        assertEq(_claimBySecond(allotmentOn(1, 50)), 10, "from the payer");
        assertEq(floodgate.bond().amount, 100, "nothing from the bond");
    }

    function test_RetirementIsForGoodAndOnce() public {
        vm.expectEmit(address(floodgate));
        emit IFloodgate.AllotterRetired(allotter, START);
        _retire(allotter);
        _assertAllotter(allotter, BOND_BUDGET, START, false);

        vm.warp(START + 50);
        vm.recordLogs();
        _retire(allotter);
        assertEq(vm.getRecordedLogs().length, 0, "events");
        _assertAllotter(allotter, BOND_BUDGET, START, false);
    }

    function test_WhatARetiredKeyHasSignedPaysToTheEndOfItsWindow() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        _retire(allotter);
        vm.warp(START + A + CW - 1);
        assertEq(claim(allotment, 10), 10, "last second");
    }

    function testFuzz_OfARetiredKeyOnlyWhatItMayHaveSignedBeforeCounts(uint40 expiresAt, uint40 retiredAfter) public {
        openPayer(100);
        retiredAfter = uint40(bound(retiredAfter, 0, 1 hours));
        vm.warp(START + retiredAfter);
        _retire(allotter);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        uint256 limit = uint256(START) + retiredAfter + A;
        allotment.expiresAt = uint40(bound(expiresAt, limit - A, limit + 1 hours));
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, 10);
        if (allotment.expiresAt > limit) {
            vm.expectRevert(
                abi.encodeWithSelector(IFloodgate.AllotmentTooLong.selector, allotment.expiresAt, limit)
            );
        }
        floodgate.claim(allotment, byAllotter, 10, bySession);
        assertEq(balanceOf(payee), allotment.expiresAt > limit ? 0 : 10, "payee");
    }

    function _retire(address key) private {
        vm.prank(owner);
        floodgate.retireAllotter(key);
    }

    function _claimBySecond(IFloodgate.Allotment memory allotment) private returns (uint256) {
        bytes memory bySession = signVoucherFor(allotment, 10);
        return floodgate.claim(allotment, signCompact(_secret, allotmentDigest(allotment)), 10, bySession);
    }

    function _assertAllotter(address key, uint256 budget, uint256 retiredAt, bool isCurrent) private view {
        IFloodgate.Allotter memory state = floodgate.allotterOf(key);
        assertEq(state.bondBudget, budget, "bondBudget");
        assertEq(state.bondSpent, 0, "bondSpent");
        assertEq(state.retiredAt, retiredAt, "retiredAt");
        assertEq(state.isCurrent, isCurrent, "isCurrent");
    }
}

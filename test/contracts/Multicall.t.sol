// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Many calls in one transaction: each is the caller's own, and all or none happen.
contract MulticallTest is ExitTest {
    function test_RevertWhen_OneCallFailsAndNothingOfTheOthersStays() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes[] memory calls = new bytes[](2);
        calls[0] = _claimCall(allotment, 30);
        allotment.payee = payeeNumber(1);
        calls[1] = _claimCall(allotment, 30);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.LaneSettled.selector, payer, 1));
        floodgate.multicall(calls);
        assertEq(balanceOf(payer), 100, "payer");
    }

    function test_RevertWhen_ACallIsNotTheCallers() public {
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(IFloodgate.setOperator, (stranger));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        floodgate.multicall(calls);

        calls[0] = abi.encodeCall(IFloodgate.settle, (batchOf(row(0, 1, 10))));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.CallerNotOperator.selector, stranger, operator));
        vm.prank(stranger);
        floodgate.multicall(calls);
    }

    function test_RevertWhen_MoneyOfTheChainIsSent() public {
        assertLe(1, address(this).balance, "there is something to send");
        bytes[] memory calls = new bytes[](0);
        (bool success, ) = address(floodgate).call{value: 1}(abi.encodeCall(floodgate.multicall, (calls)));
        assertEq(success, false, "not payable");
    }

    function test_APayeeClaimsManyLanesAtOnce() public {
        openPayer(100);
        bytes[] memory calls = new bytes[](3);
        for (uint32 i = 0; i < 3; ++i) calls[i] = _claimCall(allotmentOn(i, 50), 10 + i);

        bytes[] memory results = floodgate.multicall(calls);

        for (uint256 i = 0; i < 3; ++i) assertEq(abi.decode(results[i], (uint256)), 10 + i, "paidNow");
        assertEq(balanceOf(payee), 33, "payee");
    }

    function test_ADepositASessionAndARequestAreOneTransaction() public {
        dollar.mint(payer, 100);
        vm.prank(payer);
        dollar.approve(address(floodgate), 100);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IFloodgate.depositFor, (payer, 100, 0));
        calls[1] = abi.encodeCall(IFloodgate.authorizeSession, (sessionKey, 60, START + 10));
        calls[2] = abi.encodeCall(IFloodgate.requestWithdrawal, (40));

        vm.prank(payer);
        floodgate.multicall(calls);

        assertEq(balanceOf(payer), 100, "balance");
        assertEq(floodgate.sessionOf(payer, sessionKey).limit, 60, "limit");
        assertEq(floodgate.accountOf(payer).withdrawing, 40, "withdrawing");
    }

    function test_AClaimAndAnExitAreOneTransaction() public {
        openPayer(100);
        bytes[] memory calls = new bytes[](2);
        calls[0] = _claimCall(allotmentOn(1, 50), 30);
        Release memory release = Release(payee, stranger, 30, 0, START + 60);
        bytes memory byAllotter = signRelease(release);
        calls[1] = abi.encodeCall(IFloodgate.withdrawNow, (stranger, 30, START + 60, byAllotter));

        vm.prank(payee);
        floodgate.multicall(calls);

        assertEq(dollar.balanceOf(stranger), 30, "tokens");
    }

    function test_ASecondWithdrawalInOneTransactionFindsNothing() public {
        fund(payer, 100);
        vm.prank(payer);
        floodgate.requestWithdrawal(60);
        vm.warp(START + D);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IFloodgate.withdraw, (payer));
        calls[1] = calls[0];

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, payer));
        vm.prank(payer);
        floodgate.multicall(calls);
        assertEq(dollar.balanceOf(payer), 0, "tokens");
    }

    function _claimCall(IFloodgate.Allotment memory allotment, uint96 amount) private view returns (bytes memory) {
        bytes memory bySession = signVoucherFor(allotment, amount);
        return abi.encodeCall(IFloodgate.claim, (allotment, signAllotment(allotment), amount, bySession));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice Claims in one call: what holds pays, what does not is told and changes nothing.
contract ClaimManyTest is SettlementTest {
    function test_RevertWhen_AnEntryIsNoClaim() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = _claimOn(1, 10);
        calls[1] = abi.encodeCall(IFloodgate.requestWithdrawal, (1));
        bytes4 selector = IFloodgate.requestWithdrawal.selector;
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NotAClaim.selector, 1, selector));
        floodgate.claimMany(calls);
        calls[1] = "";
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NotAClaim.selector, 1, bytes4(0)));
        floodgate.claimMany(calls);
    }

    function test_PaysWhatHoldsAndTellsOfTheRest() public {
        openPayer(100);
        settle(batchOf(row(0, 2, 4)));
        bytes[] memory calls = new bytes[](4);
        calls[0] = _claimOn(1, 10);
        calls[1] = _claimOn(2, 10);
        calls[2] = hex"00";
        calls[2] = _withEvidence(2, 10);
        calls[3] = _claimOn(3, 5);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.ClaimSkipped(1, abi.encodeWithSelector(IFloodgate.LaneSettled.selector, payer, 2));
        vm.prank(stranger);
        assertEq(floodgate.claimMany(calls), 21, "10, then 6 of lane 2, then 5");
        assertEq(balanceOf(payee), 25, "payee");
        assertEq(balanceOf(payer), 75, "payer");
    }

    function test_NothingAtAllPaysNothing() public {
        assertEq(floodgate.claimMany(new bytes[](0)), 0, "paid");
    }

    function _claimOn(uint32 lane, uint96 amount) private view returns (bytes memory) {
        IFloodgate.Allotment memory allotment = allotmentOn(lane, 50);
        bytes memory bySession = signVoucherFor(allotment, amount);
        return abi.encodeCall(IFloodgate.claim, (allotment, signAllotment(allotment), amount, bySession));
    }

    function _withEvidence(uint32 lane, uint96 amount) private view returns (bytes memory) {
        IFloodgate.Allotment memory allotment = allotmentOn(lane, 50);
        bytes memory bySession = signVoucherFor(allotment, amount);
        bytes memory rows = group(payer, sessionKey, row(0, lane, 4));
        IFloodgate.Evidence memory evidence = evidenceOf(1, header(payeeTable(1)), rows, 1);
        return
            abi.encodeCall(
                IFloodgate.claimWithEvidence,
                (allotment, signAllotment(allotment), amount, bySession, evidence)
            );
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Operator, fee and ownership. Its other powers: Allotters, Bond, Pause.
contract OwnerTest is FloodgateTest {
    function test_RevertWhen_CallerIsNotTheOwner() public {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, operator);
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.setOperator(stranger);
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.setFee(1);
        vm.expectRevert(reason);
        vm.prank(operator);
        floodgate.setFeeRecipient(stranger);
    }

    function test_RevertWhen_AddressIsZero() public {
        bytes memory reason = abi.encodeWithSelector(IFloodgate.AddressZero.selector);
        vm.expectRevert(reason);
        vm.prank(owner);
        floodgate.setOperator(address(0));
    }

    function test_RevertWhen_NobodyCouldUseTheFees() public {
        address[2] memory recipients = [address(0), address(floodgate)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IFloodgate.AccountInvalid.selector, recipients[i]));
            vm.prank(owner);
            floodgate.setFeeRecipient(recipients[i]);
        }
    }

    function test_RevertWhen_TheOwnerWouldGiveUpOwnership() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.OwnerRequired.selector));
        vm.prank(owner);
        floodgate.renounceOwnership();
    }

    function test_RevertWhen_TheFeeIsTooHigh() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.FeeTooHigh.selector, 1_001, 1_000));
        vm.prank(owner);
        floodgate.setFee(1_001);
    }

    function test_ANewOperatorSettlesAndTheOldOneDoesNot() public {
        openPayer(100);
        vm.expectEmit(address(floodgate));
        emit IFloodgate.OperatorSet(stranger);
        vm.prank(owner);
        floodgate.setOperator(stranger);

        bytes memory batch = batchOf(row(0, 1, 10));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.CallerNotOperator.selector, operator, stranger));
        settle(batch);
        vm.prank(stranger, stranger);
        floodgate.settle(batch);
        assertEq(balanceOf(payee), 10, "payee");
    }

    function test_AFeeChangesOnlyAfterTheDelay() public {
        openPayer(10_000);
        vm.expectEmit(address(floodgate));
        emit IFloodgate.FeeSet(500, START + D);
        vm.prank(owner);
        floodgate.setFee(500);
        assertEq(floodgate.feeBps(), 0, "before");

        vm.warp(START + D - 1);
        settle(batchOf(row(0, 1, 100)));
        assertEq(balanceOf(feeRecipient), 0, "no fee yet");

        vm.warp(START + D);
        assertEq(floodgate.feeBps(), 500, "after");
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
        settle(batchOf(row(0, 2, 100)));
        assertEq(balanceOf(feeRecipient), 5, "fee");
    }

    function test_AFeeThatWasNeverInEffectIsReplaced() public {
        vm.prank(owner);
        floodgate.setFee(500);
        vm.warp(START + 10);
        vm.prank(owner);
        floodgate.setFee(200);
        assertEq(floodgate.feeBps(), 0, "the old one stays");
        vm.warp(START + 10 + D);
        assertEq(floodgate.feeBps(), 200, "the last one counts");
    }

    function test_FeesGoToTheRecipientOfThatTime() public {
        openPayer(1_000);
        setFeeNow(1_000);
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
        settle(batchOf(row(0, 1, 100)));
        vm.prank(owner);
        floodgate.setFeeRecipient(stranger);
        settle(batchOf(row(0, 2, 100)));
        assertEq(balanceOf(feeRecipient), 10, "first");
        assertEq(balanceOf(stranger), 10, "second");
    }

    function test_TellsTheFeeThatIsToCome() public {
        vm.prank(owner);
        floodgate.setFee(500);
        (uint16 newFeeBps, uint40 effectiveAt) = floodgate.pendingFee();
        assertEq(newFeeBps, 500, "fee");
        assertEq(effectiveAt, START + D, "time");
    }

    function test_AFeeThatIsInEffectStaysWhileTheNextOneWaits() public {
        setFeeNow(500);
        vm.prank(owner);
        floodgate.setFee(1_000);
        assertEq(floodgate.feeBps(), 500, "waits");
        vm.warp(START + 2 * D);
        assertEq(floodgate.feeBps(), 1_000, "the ceiling itself is allowed");
    }

    function test_ANewFeeRecipientIsTold() public {
        vm.expectEmit(address(floodgate));
        emit IFloodgate.FeeRecipientSet(stranger);
        vm.prank(owner);
        floodgate.setFeeRecipient(stranger);
        assertEq(floodgate.feeRecipient(), stranger, "recipient");
    }

    function test_RevertWhen_AnyoneElseTakesTheOwnership() public {
        vm.prank(owner);
        floodgate.transferOwnership(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, operator));
        vm.prank(operator);
        floodgate.acceptOwnership();
    }

    function test_OwnershipNeedsTheNewOwnersWord() public {
        vm.prank(owner);
        floodgate.transferOwnership(stranger);
        assertEq(floodgate.owner(), owner, "still");
        vm.prank(stranger);
        floodgate.acceptOwnership();
        assertEq(floodgate.owner(), stranger, "now");
    }

    function test_TheOwnerHasNoWayToCustomersMoney() public {
        openPayer(100);
        vm.prank(owner);
        floodgate.setOperator(owner);
        bytes memory batch = batchOf(rowOf(payer, keyOf("owner's own"), 0, 1, 100));
        vm.prank(owner, owner);
        floodgate.settle(batch);
        assertEq(balanceOf(payer), 100, "payer");
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

contract ClaimTest is FloodgateTest {
    function test_RevertWhen_TheClaimWindowIsOver() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        uint256 end = uint256(allotment.expiresAt) + CW;
        vm.warp(end - 1);
        assertEq(claim(allotment, 10), 10, "in the last second");

        vm.warp(end);
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, 20);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotmentExpired.selector, end, end));
        floodgate.claim(allotment, byAllotter, 20, bySession);
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotmentExpired.selector, end + 1, end));
        floodgate.claim(allotment, byAllotter, 20, bySession);
    }

    function test_RevertWhen_PayeeIsZeroOrThePayer() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        allotment.payee = address(0);
        _expectRevert(allotment, 10, abi.encodeWithSelector(IFloodgate.PayeeInvalid.selector, address(0)));
        allotment.payee = payer;
        _expectRevert(allotment, 10, abi.encodeWithSelector(IFloodgate.PayeeInvalid.selector, payer));
    }

    function test_RevertWhen_AllotterIsUnknown() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        uint256 thief = keyOf("thief");
        bytes memory byThief = signCompact(thief, allotmentDigest(allotment));
        bytes memory bySession = signVoucherFor(allotment, 10);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, vm.addr(thief)));
        floodgate.claim(allotment, byThief, 10, bySession);
    }

    function test_RevertWhen_AnyFieldOfTheAllotmentIsChanged() public {
        openPayer(100);
        IFloodgate.Allotment memory signed = allotmentOn(1, 50);
        bytes memory byAllotter = signAllotment(signed);
        for (uint256 field = 0; field < 10; ++field) {
            IFloodgate.Allotment memory changed = allotmentOn(1, 50);
            if (field == 0) changed.cap = 51;
            if (field == 1) changed.expiresAt -= 1;
            if (field == 2) changed.payeeKey = stranger;
            if (field == 3) changed.pricePerGiB += 1;
            if (field == 4) changed.credit += 1;
            if (field == 5) changed.infoHash = bytes20(uint160(1));
            if (field == 6) changed.lane = 2;
            if (field == 7) changed.payer = stranger;
            if (field == 8) changed.payee = stranger;
            if (field == 9) changed.sessionKey = stranger;
            bytes memory bySession = signVoucherFor(changed, 10);
            // Of another digest the signature is some other key's.
            _expectUnknownSigner(changed, byAllotter);
            floodgate.claim(changed, byAllotter, 10, bySession);
        }
    }

    function test_RevertWhen_ARetiredAllotterCouldHaveSignedItLater() public {
        openPayer(100);
        vm.prank(owner);
        floodgate.retireAllotter(allotter);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        assertEq(claim(allotment, 10), 10, "signed before");

        allotment = allotmentOn(2, 50);
        allotment.expiresAt = START + A + 1;
        bytes memory reason = abi.encodeWithSelector(
            IFloodgate.AllotmentTooLong.selector,
            allotment.expiresAt,
            uint256(START) + A
        );
        _expectRevert(allotment, 10, reason);
    }

    function test_RevertWhen_SignaturesAreMalformed() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, 10);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
        floodgate.claim(allotment, bytes.concat(byAllotter, hex"00"), 10, bySession);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
        floodgate.claim(allotment, byAllotter, 10, "");
    }

    function test_RevertWhen_VoucherIsOfAnotherKey() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        uint256 thief = keyOf("thief");
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory byThief = signVoucher(thief, payer, payee, 1, 10);
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.VoucherSignerInvalid.selector, vm.addr(thief), sessionKey)
        );
        floodgate.claim(allotment, byAllotter, 10, byThief);
    }

    /// @dev No signature of key 0 exists, and what nobody signed must not pass for one.
    function test_RevertWhen_TheSessionKeyIsZeroAndNobodySigned() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        allotment.sessionKey = address(0);
        bytes memory byAllotter = signAllotment(allotment);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
        floodgate.claim(allotment, byAllotter, 10, new bytes(64));
    }

    function test_RevertWhen_NobodySignedTheAllotment() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes memory bySession = signVoucherFor(allotment, 10);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
        floodgate.claim(allotment, new bytes(64), 10, bySession);
    }

    function test_RevertWhen_TheLaneWasSettled() public {
        openPayer(100);
        settle(batchOf(row(0, 1, 10)));
        bytes memory reason = abi.encodeWithSelector(IFloodgate.LaneSettled.selector, payer, 1);
        _expectRevert(allotmentOn(1, 50), 20, reason);
    }

    function test_RevertWhen_AnotherPayeeClaimsTheSameLane() public {
        openPayer(100);
        claim(allotmentOn(1, 50), 10);
        IFloodgate.Allotment memory other = allotmentOn(1, 50);
        other.payee = payeeNumber(3);
        _expectRevert(other, 20, abi.encodeWithSelector(IFloodgate.LaneSettled.selector, payer, 1));
    }

    function test_RevertWhen_ChainIsAnother() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, 10);
        vm.chainId(1);
        _expectUnknownSigner(allotment, byAllotter);
        floodgate.claim(allotment, byAllotter, 10, bySession);
    }

    function test_PaysWhatIsPromisedAndTellsIt() public {
        openPayer(100);
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Claimed(payer, payee, 1, 30, 30, 0, allotter);
        assertEq(claim(allotmentOn(1, 50), 30), 30, "paid");
        assertEq(balanceOf(payee), 30, "payee");
        assertEq(balanceOf(payer), 70, "payer");
    }

    function test_IsCumulative() public {
        openPayer(100);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        assertEq(claim(allotment, 30), 30, "first");
        assertEq(claim(allotment, 30), 0, "again");
        assertEq(claim(allotment, 20), 0, "lower");
        assertEq(claim(allotment, 45), 15, "higher");
        assertEq(claim(allotment, 80), 5, "up to the cap");
        assertEq(balanceOf(payee), 50, "payee");
        (uint96 recorded, bool hasClosedLane) = floodgate.paid(payer, 1, payee);
        assertEq(recorded, 50, "record");
        assertEq(hasClosedLane, true, "by a claim");
    }

    function test_PaysWhatTheBalanceHasAndTheRestLater() public {
        openPayer(20);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        assertEq(claim(allotment, 30), 20, "all there is");
        fund(payer, 100);
        assertEq(claim(allotment, 30), 10, "the rest");
    }

    function test_AnEmptyBalanceLeavesTheLaneOpen() public {
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        assertEq(claim(allotmentOn(1, 50), 30), 0, "nothing");
        assertEq(floodgate.isLaneSettled(payer, 1), false, "open");
        fund(payer, 100);
        settle(batchOf(row(0, 1, 30)));
        assertEq(balanceOf(payee), 30, "settled after all");
    }

    function test_TakesFromAPendingWithdrawal() public {
        openPayer(100);
        vm.prank(payer);
        floodgate.requestWithdrawal(100);
        assertEq(claim(allotmentOn(1, 50), 30), 30, "paid");
        assertEq(floodgate.accountOf(payer).withdrawing, 70, "withdrawing");
    }

    function test_TakesNoFee() public {
        openPayer(100);
        setFeeNow(1_000);
        authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
        claim(allotmentOn(1, 50), 30);
        assertEq(balanceOf(payee), 30, "payee");
        assertEq(balanceOf(feeRecipient), 0, "fees");
    }

    function testFuzz_NeverPaysMoreThanVoucherCapBalanceAndLimit(
        uint96 balance,
        uint96 limit,
        uint96 cap,
        uint96[4] memory amounts
    ) public {
        balance = uint96(bound(balance, 1, type(uint96).max));
        fund(payer, balance);
        authorize(payer, sessionKey, limit, START + 1 hours);
        IFloodgate.Allotment memory allotment = allotmentOn(1, cap);
        uint256 greatest = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            if (amounts[i] > greatest) greatest = amounts[i];
            claim(allotment, amounts[i]);
        }
        uint256 paid = balanceOf(payee);
        assertLe(paid, greatest, "voucher");
        assertLe(paid, cap, "cap");
        assertLe(paid, limit, "limit");
        assertEq(paid + balanceOf(payer), balance, "conservation");
    }

    function _expectUnknownSigner(IFloodgate.Allotment memory allotment, bytes memory byAllotter) private {
        address signer = recoverCompact(allotmentDigest(allotment), byAllotter);
        assertEq(signer != allotter, true, "another signer");
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, signer));
    }

    function _expectRevert(IFloodgate.Allotment memory allotment, uint96 amount, bytes memory reason) private {
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, amount);
        vm.expectRevert(reason);
        vm.prank(stranger);
        floodgate.claim(allotment, byAllotter, amount, bySession);
    }
}

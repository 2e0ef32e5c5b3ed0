// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

contract WithdrawNowTest is ExitTest {
    function setUp() public override {
        super.setUp();
        fund(payer, 100);
    }

    function test_RevertWhen_TheDeadlineHasPassed() public {
        Release memory release = releaseOf(60);
        bytes memory signature = signRelease(release);
        vm.warp(START + 61);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.DeadlinePassed.selector, START + 61, START + 60));
        withdrawNow(release, signature);
    }

    function test_RevertWhen_AmountIsZero() public {
        Release memory release = releaseOf(0);
        bytes memory signature = signRelease(release);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        withdrawNow(release, signature);
    }

    function test_RevertWhen_ItGoesToZeroOrTheContract() public {
        Release memory release = releaseOf(60);
        release.to = address(0);
        bytes memory signature = signRelease(release);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(0)));
        withdrawNow(release, signature);
        release.to = address(floodgate);
        signature = signRelease(release);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.RecipientInvalid.selector, address(floodgate)));
        withdrawNow(release, signature);
    }

    function test_RevertWhen_TheSignatureIsMalformed() public {
        Release memory release = releaseOf(60);
        bytes memory signature = signRelease(release);
        bytes memory reason = abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector);
        vm.expectRevert(reason);
        withdrawNow(release, "");
        vm.expectRevert(reason);
        withdrawNow(release, new bytes(64));
        vm.expectRevert(reason);
        withdrawNow(release, bytes.concat(signature, hex"1b"));
    }

    function test_RevertWhen_TheSignerIsNoAllotter() public {
        Release memory release = releaseOf(60);
        bytes memory byWallet = signCompact(walletKey, releaseDigest(release));
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, payer));
        withdrawNow(release, byWallet);
    }

    function test_RevertWhen_TheAllotterIsRetired() public {
        Release memory release = releaseOf(60);
        bytes memory signature = signRelease(release);
        vm.prank(owner);
        floodgate.retireAllotter(allotter);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, allotter));
        withdrawNow(release, signature);
    }

    function test_RevertWhen_AnyFieldIsChanged() public {
        Release memory signed = releaseOf(60);
        fund(stranger, 100);
        bytes memory signature = signRelease(signed);
        for (uint256 field = 0; field < 5; ++field) {
            Release memory changed = releaseOf(60);
            if (field == 0) changed.account = stranger;
            if (field == 1) changed.to = stranger;
            if (field == 2) changed.amount = 61;
            if (field == 3) changed.deadline += 1;
            if (field == 4) changed.nonce += 1;
            _expectSomeoneElse(changed, field == 4 ? signRelease(changed) : signature);
        }
    }

    function test_RevertWhen_TheChainIsAnother() public {
        Release memory release = releaseOf(60);
        bytes memory signature = signRelease(release);
        vm.chainId(1);
        _expectSomeoneElse(release, signature);
    }

    function test_RevertWhen_AReleaseComesTwice() public {
        Release memory release = releaseOf(40);
        bytes memory signature = signRelease(release);
        withdrawNow(release, signature);
        _expectSomeoneElse(release, signature);
        assertEq(dollar.balanceOf(payee), 40, "once");
    }

    function test_RevertWhen_AnotherReleaseWasUsedFirst() public {
        Release memory first = releaseOf(40);
        Release memory second = releaseOf(50);
        bytes memory bySecond = signRelease(second);
        withdrawNow(first, signRelease(first));
        _expectSomeoneElse(second, bySecond);
    }

    function test_RevertWhen_AmountExceedsTheBalance() public {
        Release memory release = releaseOf(101);
        bytes memory signature = signRelease(release);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.WithdrawalExceedsBalance.selector, 101, 100));
        withdrawNow(release, signature);
    }

    function test_PaysAtOnceWithoutADelay() public {
        Release memory release = releaseOf(60);
        bytes memory signature = signRelease(release);
        vm.warp(START + 60);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.Released(payer, payee, 60, 0, allotter);
        withdrawNow(release, signature);

        assertEq(dollar.balanceOf(payee), 60, "tokens");
        assertEq(balanceOf(payer), 40, "balance");
        assertEq(floodgate.totalBalance(), 40, "total");
        assertEq(floodgate.accountOf(payer).releaseNonce, 1, "releaseNonce");
    }

    function test_ReleasesCountUp() public {
        for (uint24 nonce = 0; nonce < 3; ++nonce) {
            Release memory release = releaseOf(30);
            assertEq(release.nonce, nonce, "nonce");
            withdrawNow(release, signRelease(release));
        }
        assertEq(dollar.balanceOf(payee), 90, "tokens");
    }

    function test_APendingWithdrawalGoesOnWithWhatIsLeft() public {
        vm.prank(payer);
        floodgate.requestWithdrawal(70);

        Release memory release = releaseOf(20);
        withdrawNow(release, signRelease(release));
        assertEq(floodgate.accountOf(payer).withdrawing, 70, "80 are left");
        release = releaseOf(20);
        withdrawNow(release, signRelease(release));
        assertEq(floodgate.accountOf(payer).withdrawing, 60, "60 are left");
        assertEq(floodgate.accountOf(payer).withdrawableAt, START + D, "its time stays");

        vm.warp(START + D);
        vm.prank(payer);
        assertEq(floodgate.withdraw(payer), 60, "the rest");
    }

    function test_TakesTheWholeBalanceOfAPendingWithdrawal() public {
        vm.prank(payer);
        floodgate.requestWithdrawal(100);
        Release memory release = releaseOf(100);
        withdrawNow(release, signRelease(release));
        assertEq(floodgate.accountOf(payer).withdrawing, 0, "withdrawing");
        vm.warp(START + D);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, payer));
        vm.prank(payer);
        floodgate.withdraw(payer);
    }

    function testFuzz_ReleasesAndAWithdrawalTakeOutTheBalanceOnce(uint96 balance, uint96[3] memory parts) public {
        balance = uint96(bound(balance, 1, type(uint96).max - 100));
        fund(payer, balance);
        uint256 left = uint256(balance) + 100;
        vm.prank(payer);
        floodgate.requestWithdrawal(uint96(left));
        for (uint256 i = 0; i < parts.length && left > 0; ++i) {
            Release memory release = releaseOf(uint96(bound(parts[i], 1, left)));
            withdrawNow(release, signRelease(release));
            left -= release.amount;
            assertEq(floodgate.accountOf(payer).withdrawing, left, "withdrawing");
        }
        vm.warp(START + D);
        if (left > 0) {
            vm.prank(payer);
            floodgate.withdraw(payee);
        }
        assertEq(dollar.balanceOf(payee), uint256(balance) + 100, "tokens");
        assertEq(floodgate.totalBalance(), 0, "total");
    }

    /// @dev A digest that was not signed recovers to some key that is no allotter.
    function _expectSomeoneElse(Release memory release, bytes memory signature) private {
        Release memory actual = release;
        actual.nonce = floodgate.accountOf(release.account).releaseNonce;
        address signer = signerOf(actual, signature);
        assertEq(signer != allotter, true, "another signer");
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, signer));
        withdrawNow(release, signature);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AuthorizedToken, MockPermit2} from "./support/SignedTokens.sol";
import {Depositor} from "../../contracts/periphery/Depositor.sol";
import {DepositorTest} from "./support/DepositorTest.sol";
import {IDepositor} from "../../contracts/interfaces/IDepositor.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrantToken} from "./support/Tokens.sol";
import {newFloodgate} from "./support/Deployer.sol";
import {Floodgate} from "../../contracts/Floodgate.sol";

/// @dev A wallet with code that approves what it was told to.
contract SigningWallet {
    bytes32 private immutable _digest;

    constructor(bytes32 digest) {
        _digest = digest;
    }

    function approve(IERC20 token, address spender) external {
        token.approve(spender, type(uint256).max);
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == _digest ? this.isValidSignature.selector : bytes4(0);
    }
}

contract DepositorTests is DepositorTest {
    /* ERC-2612 */

    function test_RevertWhen_PermitIsWrongAndAllowanceIsMissing() public {
        dollar.mint(payer, 100);
        IDepositor.Signature memory wrong = IDepositor.Signature(27, bytes32(uint256(1)), bytes32(uint256(2)));

        vm.expectRevert(abi.encodeWithSelector(IDepositor.AllowanceTooSmall.selector, 0, 100));
        vm.prank(payer);
        depositor.depositWithPermit(payer, 100, "1", DEADLINE, wrong);
    }

    function test_RevertWhen_PermitIsOfSomeoneElse() public {
        dollar.mint(payer, 100);
        IDepositor.Signature memory signature = permitFor(100);

        vm.expectRevert(abi.encodeWithSelector(IDepositor.AllowanceTooSmall.selector, 0, 100));
        vm.prank(stranger);
        depositor.depositWithPermit(stranger, 100, "1", DEADLINE, signature);
    }

    function test_RevertWhen_AmountIsZero() public {
        IDepositor.Signature memory signature = permitFor(0);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        vm.prank(payer);
        depositor.depositWithPermit(payer, 0, "1", DEADLINE, signature);
    }

    function test_RevertWhen_DepositsArePaused() public {
        dollar.mint(payer, 100);
        IDepositor.Signature memory signature = permitFor(100);
        vm.prank(owner);
        floodgate.pauseDeposits();

        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        vm.prank(payer);
        depositor.depositWithPermit(payer, 100, "1", DEADLINE, signature);
    }

    function test_APermitNeedsNoTransactionBefore() public {
        dollar.mint(payer, 100);
        IDepositor.Signature memory signature = permitFor(100);

        bytes32 id = idOf("ERC-2612", payee, 100, "1");
        vm.expectEmit(address(depositor));
        emit IDepositor.DepositedFrom(payer, payee, 100, id);
        vm.expectEmit(address(floodgate));
        emit IFloodgate.Deposited(payee, address(depositor), 100, id);
        vm.prank(payer);
        depositor.depositWithPermit(payee, 100, "1", DEADLINE, signature);

        assertEq(balanceOf(payee), 100, "balance");
        assertEq(dollar.balanceOf(payer), 0, "wallet");
        assertEmpty();
    }

    function test_APermitWorksWhenSomeoneHasSentItFirst() public {
        dollar.mint(payer, 100);
        IDepositor.Signature memory signature = permitFor(100);
        dollar.permit(payer, address(depositor), 100, DEADLINE, signature.v, signature.r, signature.s);

        vm.prank(payer);
        depositor.depositWithPermit(payer, 100, "1", DEADLINE, signature);

        assertEq(balanceOf(payer), 100, "balance");
    }

    function test_NobodyElseUsesAnAllowance() public {
        dollar.mint(payer, 100);
        vm.prank(payer);
        dollar.approve(address(depositor), 100);
        IDepositor.Signature memory none;

        vm.expectRevert(abi.encodeWithSelector(IDepositor.AllowanceTooSmall.selector, 0, 100));
        vm.prank(stranger);
        depositor.depositWithPermit(stranger, 100, "1", DEADLINE, none);
    }

    function test_APermittedDepositCountsOncePerNumber() public {
        dollar.mint(payer, 300);
        vm.prank(payer);
        dollar.approve(address(depositor), 300);
        IDepositor.Signature memory none;
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(payer);
            depositor.depositWithPermit(payer, 100, bytes32(i / 2), DEADLINE, none);
        }
        assertEq(balanceOf(payer), 200, "two numbers");
        assertEq(dollar.balanceOf(payer), 100, "wallet");
        assertEmpty();
    }

    function test_RevertWhen_TheTokenCallsBack() public {
        ReentrantToken token = new ReentrantToken();
        Floodgate other = newFloodgate(configFor(IERC20(address(token))));
        Depositor depositorOfIt = new Depositor(other, permit2);
        IDepositor.Signature memory none;
        token.mint(address(this), 100);
        token.approve(address(depositorOfIt), 100);
        bytes memory call = abi.encodeCall(IDepositor.depositWithPermit, (payer, 50, "1", DEADLINE, none));
        token.callBack(address(depositorOfIt), call);

        vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        depositorOfIt.depositWithPermit(payer, 50, "1", DEADLINE, none);
    }

    /* EIP-3009 */

    function test_AnyoneRelaysAnAuthorization() public {
        authorized.mint(payer, 100);
        IDepositor.Signature memory signature = authorizationFor(payee, 100, "salt");

        bytes32 id = idOf("EIP-3009", payee, 100, otherDepositor.authorizationNonce(payee, "salt"));
        vm.expectEmit(address(otherDepositor));
        emit IDepositor.DepositedFrom(payer, payee, 100, id);
        vm.prank(stranger);
        otherDepositor.depositWithAuthorization(payer, payee, 100, START - 1, DEADLINE, "salt", signature);

        assertEq(otherFloodgate.accountOf(payee).balance, 100, "balance");
        assertEq(authorized.balanceOf(payer), 0, "wallet");
        assertEq(otherFloodgate.isDepositIdUsed(address(otherDepositor), id), true, "id");
        assertEmpty();
    }

    function test_AnAuthorizationCountsOnce() public {
        authorized.mint(payer, 200);
        IDepositor.Signature memory signature = authorizationFor(payee, 100, "salt");
        for (uint256 i = 0; i < 2; ++i) {
            otherDepositor.depositWithAuthorization(payer, payee, 100, START - 1, DEADLINE, "salt", signature);
        }
        assertEq(otherFloodgate.accountOf(payee).balance, 100, "balance");
        assertEq(authorized.balanceOf(payer), 100, "wallet");
    }

    /// @dev Another account, salt or amount is another message, which nobody has signed.
    function testFuzz_NobodyRedirectsAnAuthorization(address account, bytes32 salt, uint96 amount) public {
        vm.assume(account != payee || salt != "salt" || amount != 100);
        authorized.mint(payer, type(uint96).max);
        IDepositor.Signature memory signature = authorizationFor(payee, 100, "salt");

        vm.prank(stranger);
        (bool isDone, bytes memory reason) = address(otherDepositor).call(
            abi.encodeCall(
                IDepositor.depositWithAuthorization,
                (payer, account, amount, START - 1, DEADLINE, salt, signature)
            )
        );
        assertEq(isDone, false, "redirected");
        assertEq(bytes32(bytes4(reason)), bytes32(AuthorizedToken.SignerInvalid.selector), "signed by nobody");
    }

    function test_RevertWhen_TheAuthorizationIsUsedPastTheDepositor() public {
        authorized.mint(payer, 100);
        IDepositor.Signature memory signature = authorizationFor(payee, 100, "salt");
        bytes32 nonce = otherDepositor.authorizationNonce(payee, "salt");

        address to = address(otherDepositor);
        vm.expectRevert(abi.encodeWithSelector(AuthorizedToken.CallerNotPayee.selector, stranger, to));
        vm.prank(stranger);
        authorized.receiveWithAuthorization(
            payer,
            to,
            100,
            START - 1,
            DEADLINE,
            nonce,
            signature.v,
            signature.r,
            signature.s
        );
    }

    function test_RevertWhen_TheAuthorizationIsLate() public {
        authorized.mint(payer, 100);
        IDepositor.Signature memory signature = authorizationFor(payee, 100, "salt");
        vm.warp(DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(AuthorizedToken.NotInTime.selector, DEADLINE));
        otherDepositor.depositWithAuthorization(payer, payee, 100, START - 1, DEADLINE, "salt", signature);
    }

    /* PERMIT2 */

    function test_AnyoneRelaysAPermit2() public {
        openForPermit2(100);
        bytes memory signature = signWallet(walletKey, permit2Digest(payee, 100, 7));

        bytes32 id = idOf("Permit2", payee, 100, bytes32(uint256(7)));
        vm.expectEmit(address(depositor));
        emit IDepositor.DepositedFrom(payer, payee, 100, id);
        vm.prank(stranger);
        depositor.depositWithPermit2(payer, payee, 100, 7, DEADLINE, signature);

        assertEq(balanceOf(payee), 100, "balance");
        assertEq(dollar.balanceOf(payer), 0, "wallet");
        assertEmpty();
    }

    function test_APermit2CountsOnce() public {
        openForPermit2(200);
        bytes memory signature = signWallet(walletKey, permit2Digest(payee, 100, 7));
        for (uint256 i = 0; i < 2; ++i) depositor.depositWithPermit2(payer, payee, 100, 7, DEADLINE, signature);
        assertEq(balanceOf(payee), 100, "balance");
        assertEq(dollar.balanceOf(payer), 100, "wallet");
    }

    function testFuzz_NobodyRedirectsAPermit2(address account, uint256 nonce, uint96 amount) public {
        vm.assume(account != payee || nonce != 7 || amount != 100);
        openForPermit2(type(uint96).max);
        bytes memory signature = signWallet(walletKey, permit2Digest(payee, 100, 7));

        vm.expectRevert(abi.encodeWithSelector(MockPermit2.InvalidSigner.selector));
        vm.prank(stranger);
        depositor.depositWithPermit2(payer, account, amount, nonce, DEADLINE, signature);
    }

    function test_RevertWhen_AnotherSpenderUsesThePermit2() public {
        openForPermit2(100);
        bytes memory signature = signWallet(walletKey, permit2Digest(payee, 100, 7));
        Depositor other = new Depositor(floodgate, permit2);
        vm.expectRevert(abi.encodeWithSelector(MockPermit2.InvalidSigner.selector));
        other.depositWithPermit2(payer, payee, 100, 7, DEADLINE, signature);
    }

    function test_RevertWhen_ThePermit2IsLate() public {
        openForPermit2(100);
        bytes memory signature = signWallet(walletKey, permit2Digest(payee, 100, 7));
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(MockPermit2.SignatureExpired.selector, DEADLINE));
        depositor.depositWithPermit2(payer, payee, 100, 7, DEADLINE, signature);
    }

    function test_RevertWhen_APermit2NonceIsUsedForAnotherDeposit() public {
        openForPermit2(200);
        depositor.depositWithPermit2(payer, payee, 100, 7, DEADLINE, signWallet(walletKey, permit2Digest(payee, 100, 7)));
        bytes memory second = signWallet(walletKey, permit2Digest(payer, 100, 7));
        vm.expectRevert(abi.encodeWithSelector(MockPermit2.InvalidNonce.selector));
        depositor.depositWithPermit2(payer, payer, 100, 7, DEADLINE, second);
    }

    function test_AWalletWithCodePaysByPermit2() public {
        SigningWallet wallet = new SigningWallet(permit2Digest(payee, 100, 7));
        wallet.approve(dollar, address(permit2));
        dollar.mint(address(wallet), 100);
        depositor.depositWithPermit2(address(wallet), payee, 100, 7, DEADLINE, "");
        assertEq(balanceOf(payee), 100, "balance");
    }

    /* ALL */

    function test_TheSameNumbersOfTwoKindsAreTwoDeposits() public {
        openForPermit2(200);
        bytes memory signature = signWallet(walletKey, permit2Digest(payee, 100, 7));
        depositor.depositWithPermit2(payer, payee, 100, 7, DEADLINE, signature);
        IDepositor.Signature memory permit = permitFor(100);
        vm.prank(payer);
        depositor.depositWithPermit(payee, 100, bytes32(uint256(7)), DEADLINE, permit);
        assertEq(balanceOf(payee), 200, "both");
    }

    function test_KnowsItsFloodgateAndItsPermit2() public view {
        assertEq(address(depositor.floodgate()), address(floodgate), "floodgate");
        assertEq(address(depositor.permit2()), address(permit2), "permit2");
    }
}

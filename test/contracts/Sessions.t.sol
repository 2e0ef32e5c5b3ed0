// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

/// @notice A wallet with code that accepts exactly one digest.
contract OneDigestWallet is IERC1271 {
    bytes32 private immutable _digest;

    constructor(bytes32 digest) {
        _digest = digest;
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        return hash == _digest ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

contract SessionsTest is FloodgateTest {
    uint40 private constant END = START + 1 hours;

    function test_RevertWhen_KeyIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AddressZero.selector));
        authorize(payer, address(0), 1, END);
    }

    function test_RevertWhen_KeyIsRevoked() public {
        authorize(payer, sessionKey, 100, END);
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SessionIsRevoked.selector, payer, sessionKey));
        authorize(payer, sessionKey, NO_LIMIT, END + 1 hours);
    }

    function test_RevertWhen_SignatureIsOfAnotherWallet() public {
        IFloodgate.SessionAuthorization memory authorization = _authorization(100, END);
        bytes memory signature = signWallet(keyOf("thief"), authorizationDigest(authorization));

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.authorizeSessionFor(authorization, signature);
    }

    function test_RevertWhen_AnyFieldIsChanged() public {
        IFloodgate.SessionAuthorization memory signed = _authorization(100, END);
        bytes memory signature = signWallet(walletKey, authorizationDigest(signed));

        IFloodgate.SessionAuthorization memory changed = _authorization(101, END);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.authorizeSessionFor(changed, signature);

        changed = _authorization(100, END + 1);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.authorizeSessionFor(changed, signature);

        changed = _authorization(100, END);
        changed.sessionKey = stranger;
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.authorizeSessionFor(changed, signature);

        changed = _authorization(100, END);
        changed.account = stranger;
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, stranger));
        floodgate.authorizeSessionFor(changed, signature);
    }

    function test_RevertWhen_ChainIsAnother() public {
        IFloodgate.SessionAuthorization memory authorization = _authorization(100, END);
        bytes memory signature = signWallet(walletKey, authorizationDigest(authorization));

        vm.chainId(1);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, payer));
        floodgate.authorizeSessionFor(authorization, signature);
    }

    function test_RevertWhen_WalletWithCodeRefuses() public {
        address wallet = address(new OneDigestWallet(bytes32(0)));
        IFloodgate.SessionAuthorization memory authorization = _authorization(100, END);
        authorization.account = wallet;

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureInvalid.selector, wallet));
        floodgate.authorizeSessionFor(authorization, "");
    }

    function test_AWalletWithCodeMayAuthorize() public {
        // The address is part of the digest, so it must be known before.
        address wallet = address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), hex"05")))));
        vm.setNonceUnsafe(address(this), 5);
        IFloodgate.SessionAuthorization memory authorization = _authorization(100, END);
        authorization.account = wallet;
        assertEq(address(new OneDigestWallet(authorizationDigest(authorization))), wallet, "address");

        floodgate.authorizeSessionFor(authorization, "");

        assertEq(floodgate.sessionOf(wallet, sessionKey).limit, 100, "limit");
    }

    function test_AnyoneMayRelay() public {
        IFloodgate.SessionAuthorization memory authorization = _authorization(100, END);
        bytes memory signature = signWallet(walletKey, authorizationDigest(authorization));

        vm.expectEmit(address(floodgate));
        emit IFloodgate.SessionAuthorized(payer, sessionKey, 100, END);
        vm.prank(stranger);
        floodgate.authorizeSessionFor(authorization, signature);
    }

    function test_LimitAndEndOnlyRise() public {
        authorize(payer, sessionKey, 100, END);
        authorize(payer, sessionKey, 50, END - 1);
        _assertSession(100, END);
        authorize(payer, sessionKey, 50, END + 5);
        _assertSession(100, END + 5);
        authorize(payer, sessionKey, 200, END - 5);
        _assertSession(200, END + 5);
        authorize(payer, sessionKey, 200, END + 6);
        _assertSession(200, END + 6);
        authorize(payer, sessionKey, 201, END + 6);
        _assertSession(201, END + 6);
    }

    function test_AnOldAuthorizationChangesNothing() public {
        IFloodgate.SessionAuthorization memory old = _authorization(100, END);
        bytes memory signature = signWallet(walletKey, authorizationDigest(old));
        floodgate.authorizeSessionFor(old, signature);
        authorize(payer, sessionKey, 300, END + 10);

        vm.recordLogs();
        floodgate.authorizeSessionFor(old, signature);

        assertEq(vm.getRecordedLogs().length, 0, "events");
        _assertSession(300, END + 10);
    }

    function test_RevocationLeavesOneAllotmentsLife() public {
        authorize(payer, sessionKey, 100, END);

        vm.expectEmit(address(floodgate));
        emit IFloodgate.SessionRevoked(payer, sessionKey, START + A);
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);

        _assertSession(100, START + A);
        assertEq(floodgate.sessionOf(payer, sessionKey).revoked, true, "revoked");
    }

    function test_RevocationNeverProlongs() public {
        authorize(payer, sessionKey, 100, START + 5);
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);
        _assertSession(100, START + 5);

        vm.warp(START + 1);
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);
        _assertSession(100, START + 5);
    }

    function test_AKeyMayBeRevokedBeforeItIsAuthorized() public {
        vm.prank(payer);
        floodgate.revokeSession(sessionKey);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.SessionIsRevoked.selector, payer, sessionKey));
        authorize(payer, sessionKey, 1, END);
    }

    /* THE LIMIT: WHAT THE ACCOUNT SPENDS FROM THE FIRST AUTHORIZATION ON */

    function test_SpendingBeforeDoesNotCount() public {
        openPayer(100);
        settle(batchOf(row(0, 1, 30)));
        address second = vm.addr(keyOf("second"));
        authorize(payer, second, 40, END);
        assertEq(floodgate.sessionOf(payer, second).spent, 0, "spent");
        _settleBy("second", 2, 40);
        assertEq(balanceOf(payer), 30, "all of the limit");
        assertEq(floodgate.sessionOf(payer, second).spent, 40, "spent");
    }

    function test_WhatOtherSessionsSpendCounts() public {
        openPayer(100);
        authorize(payer, vm.addr(keyOf("second")), 40, END);
        settle(batchOf(row(0, 1, 30)));

        expectSkipped(0, IFloodgate.SkipReason.UNCOVERED);
        _settleBy("second", 2, 11);
        _settleBy("second", 3, 10);
        assertEq(balanceOf(payer), 60, "10 were left");
        settle(batchOf(row(0, 4, 25)));
        expectSkipped(0, IFloodgate.SkipReason.UNCOVERED);
        _settleBy("second", 5, 1);
        assertEq(floodgate.sessionOf(payer, vm.addr(keyOf("second"))).spent, 65, "more than the limit");
    }

    function test_TheSameAuthorizationAgainRenewsNothing() public {
        openPayer(100);
        authorize(payer, vm.addr(keyOf("second")), 40, END);
        _settleBy("second", 1, 40);
        authorize(payer, vm.addr(keyOf("second")), 40, END);
        authorize(payer, vm.addr(keyOf("second")), 41, END + 1);

        expectSkipped(0, IFloodgate.SkipReason.UNCOVERED);
        _settleBy("second", 2, 2);
        _settleBy("second", 3, 1);
        assertEq(balanceOf(payer), 59, "one more");
    }

    function test_ALimitWithoutAnEndCountsSpendingToo() public {
        openPayer(100);
        address second = vm.addr(keyOf("second"));
        authorize(payer, second, 40, 0);
        settle(batchOf(row(0, 1, 30)));
        assertEq(floodgate.sessionOf(payer, second).spent, 30, "spent");
    }

    function test_ALimitThatIsRaisedFromZeroRenewsNothing() public {
        openPayer(100);
        authorize(payer, vm.addr(keyOf("second")), 0, END);
        settle(batchOf(row(0, 1, 30)));
        authorize(payer, vm.addr(keyOf("second")), 40, END);

        expectSkipped(0, IFloodgate.SkipReason.UNCOVERED);
        _settleBy("second", 2, 11);
        _settleBy("second", 3, 10);
        assertEq(balanceOf(payer), 60, "10 were left");
    }

    function test_WithdrawalsAreNotSpent() public {
        openPayer(100);
        authorize(payer, vm.addr(keyOf("second")), 40, END);
        vm.prank(payer);
        floodgate.requestWithdrawal(50);
        vm.warp(START + D);
        vm.prank(payer);
        floodgate.withdraw(payer);
        assertEq(floodgate.sessionOf(payer, vm.addr(keyOf("second"))).spent, 0, "spent");
    }

    function _settleBy(string memory name, uint256 lane, uint256 amount) private {
        bytes memory rows = group(payer, vm.addr(keyOf(name)), rowOf(payer, keyOf(name), 0, lane, amount));
        settle(abi.encodePacked(header(payeeTable(1)), rows));
    }

    function _authorization(
        uint96 limit,
        uint40 expiresAt
    ) private view returns (IFloodgate.SessionAuthorization memory) {
        return IFloodgate.SessionAuthorization(payer, sessionKey, limit, expiresAt);
    }

    function _assertSession(uint96 limit, uint40 expiresAt) private view {
        IFloodgate.Session memory session = floodgate.sessionOf(payer, sessionKey);
        assertEq(session.limit, limit, "limit");
        assertEq(session.expiresAt, expiresAt, "expiresAt");
    }

    function test_ASessionWithoutALimitOfItsOwnCountsAsOthersDo() public {
        openPayer(100);
        address second = vm.addr(keyOf("second"));
        authorize(payer, second, 0, START + 1 hours);
        settle(batchOf(row(0, 1, 40)));

        assertEq(floodgate.sessionOf(payer, second).limit, 0, "limit");
        assertEq(floodgate.sessionOf(payer, second).spent, 40, "spent");
    }
}

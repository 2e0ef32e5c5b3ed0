// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BlockingToken, FalseToken, PausableToken, RevertingToken} from "./support/Tokens.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ZooTest} from "./support/zoo/ZooTest.sol";

contract ZooFalseTest is ZooTest {
    function makeToken() internal override returns (address) {
        FalseToken made = new FalseToken();
        made.setBroken(false);
        return address(made);
    }

    function test_RevertGiven_TheTokenReturnsFalse() public {
        FalseToken(address(token)).setBroken(true);
        assertRefusesAll(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        assertPaysInside();

        FalseToken(address(token)).setBroken(false);
        assertAllLeave();
    }
}

contract ZooRevertingTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new RevertingToken());
    }

    function test_RevertGiven_TheTokenReverts() public {
        RevertingToken(address(token)).setBroken(true);
        for (uint256 i = 0; i < ENTRIES; ++i) assertRefuses(Entry(i), _reason(Entry(i)));
        assertPaysInside();

        RevertingToken(address(token)).setBroken(false);
        assertAllLeave();
    }

    function _reason(Entry entry) private view returns (bytes memory) {
        (address from, ) = callOf(entry);
        bool isExit = uint256(entry) >= FIRST_EXIT;
        address to = isExit ? payee : address(floodgate);
        if (isExit) from = address(floodgate);
        return abi.encodeWithSelector(RevertingToken.Refused.selector, from, to, amountOf(entry));
    }
}

contract ZooPausableTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new PausableToken());
    }

    function test_RevertGiven_TheIssuerHasPaused() public {
        PausableToken(address(token)).setPaused(true);
        assertRefusesAll(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        assertPaysInside();

        PausableToken(address(token)).setPaused(false);
        assertAllLeave();
    }
}

contract ZooBlockingTest is ZooTest {
    function makeToken() internal override returns (address) {
        return address(new BlockingToken());
    }

    function test_RevertGiven_TheContractIsFrozen() public {
        _setBlocked(address(floodgate), true);
        assertRefusesAll(abi.encodeWithSelector(BlockingToken.Blocked.selector, address(floodgate)));
        assertPaysInside();

        _setBlocked(address(floodgate), false);
        assertAllLeave();
    }

    function test_RevertGiven_TheRecipientIsFrozen() public {
        _setBlocked(payee, true);
        bytes memory reason = abi.encodeWithSelector(BlockingToken.Blocked.selector, payee);
        for (uint256 i = FIRST_EXIT; i < ENTRIES; ++i) assertRefuses(Entry(i), reason);
    }

    function test_RevertGiven_TheDepositorIsFrozen() public {
        _setBlocked(address(this), true);
        bytes memory reason = abi.encodeWithSelector(BlockingToken.Blocked.selector, address(this));
        assertRefuses(Entry.DepositFor, reason);
        assertRefuses(Entry.DepositForMany, reason);
        assertAllLeave();
    }

    function test_AFrozenRecipientCostsNobodyAnything() public {
        _setBlocked(payee, true);
        vm.prank(payer);
        assertEq(floodgate.withdraw(victim), 40, "to another recipient");
        vm.prank(signer);
        assertEq(floodgate.withdraw(victim), 40, "a signed request, too");
        assertAllLeave();
    }

    function _setBlocked(address holder, bool isBlocked) private {
        BlockingToken(address(token)).setBlocked(holder, isBlocked);
    }
}

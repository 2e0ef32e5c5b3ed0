// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Handler as Everything} from "./support/invariant/Handler.sol";
import {TestBase} from "./support/TestBase.sol";

/// @dev Here, because only contracts of test files are found by what the runner calls at random.
contract Handler is Everything {}

/// @notice README.md states the invariants. After every call the handler compares all accounts with its model, too.
contract InvariantsTest is TestBase {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private _handler;

    function setUp() public {
        _handler = new Handler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[16] memory all = [
            _handler.deposit.selector,
            _handler.donate.selector,
            _handler.pause.selector,
            _handler.authorizeSession.selector,
            _handler.revokeSession.selector,
            _handler.settleBatch.selector,
            _handler.settleAgain.selector,
            _handler.claimLane.selector,
            _handler.requestWithdrawal.selector,
            _handler.withdraw.selector,
            _handler.withdrawUnsigned.selector,
            _handler.withdrawNow.selector,
            _handler.depositBond.selector,
            _handler.withdrawBond.selector,
            _handler.rotateAllotters.selector,
            _handler.changeFee.selector
        ];
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), new bytes4[](all.length + 1));
        for (uint256 i = 0; i < all.length; ++i) targets[0].selectors[i] = all[i];
        targets[0].selectors[all.length] = _handler.wait.selector;
    }

    function invariant_MoneyIsConservedAndNobodyIsOverpaid() external view {
        _handler.assertConserved();
        _handler.assertNothingOverpaid();
        _handler.assertWithinBounds();
    }

    function invariant_NoExitIsBlocked() external {
        _handler.assertEverybodyCanLeave();
    }
}

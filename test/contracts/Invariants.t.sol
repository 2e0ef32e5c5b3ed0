// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Campaign} from "./support/invariant/Campaign.sol";
import {Handler as Everything} from "./support/invariant/Handler.sol";

/// @dev Here, because only contracts of test files are found by what the runner calls at random.
contract Handler is Everything {}

/// @notice README.md states the invariants. After every call the handler compares all accounts with
/// its model, too.
contract InvariantsTest is Campaign {
    function setUp() public {
        Handler made = new Handler();
        handler = made;
        actions = [
            made.deposit.selector,
            made.donate.selector,
            made.pause.selector,
            made.authorizeSession.selector,
            made.revokeSession.selector,
            made.settleBatch.selector,
            made.settleAgain.selector,
            made.claimLane.selector,
            made.requestWithdrawal.selector,
            made.withdraw.selector,
            made.withdrawUnsigned.selector,
            made.withdrawNow.selector,
            made.depositBond.selector,
            made.withdrawBond.selector,
            made.rotateAllotters.selector,
            made.changeFee.selector,
            made.wait.selector
        ];
    }

    function invariant_MoneyIsConservedAndNobodyIsOverpaid() external view {
        Handler(address(handler)).assertConserved();
        Handler(address(handler)).assertNothingOverpaid();
        Handler(address(handler)).assertWithinBounds();
    }

    function invariant_NoExitIsBlocked() external {
        Handler(address(handler)).assertEverybodyCanLeave();
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Cast} from "./Cast.sol";
import {TestBase} from "../TestBase.sol";

/// @notice Tells the runner which actions of a handler to call at random.
abstract contract Campaign is TestBase {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Cast internal handler;
    bytes4[] internal actions;

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), actions);
    }

    /// @dev The runner passes over a handler that it does not know, and finds nothing.
    function afterInvariant() external view {
        vm.assertGe(handler.actionCount(), 1, "actions");
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title OwnerTimelock
/// @notice An owner of Floodgate whose every act is announced on-chain `delay` seconds before it is
/// done, so that customers and payees can leave first.
/// @dev One address proposes, cancels and executes. Nobody else has a role, and only the timelock
/// itself, after the delay, changes roles or the delay.
contract OwnerTimelock is TimelockController {
    constructor(
        uint256 delay,
        address person
    ) TimelockController(delay, _listOf(person), _listOf(person), address(0)) {}

    function _listOf(address person) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = person;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Model} from "./Model.sol";

/// @notice Deposits, donations and the pause.
abstract contract Deposits is Model {
    bool internal isPaused;

    function deposit(uint256 seed) external action(seed) {
        address account = people[draw(0, PEOPLE - 1)];
        uint96 amount = uint96(draw(0, 1e6));
        dollar.mint(stranger, amount);
        vm.prank(stranger);
        dollar.approve(address(floodgate), amount);
        bool isDone = tryAs(stranger, _depositCall(account, amount, oneIn(3)));
        assertEq(isDone, !isPaused && amount > 0, "deposit");
        if (!isDone) return;
        inflow += amount;
        credit(account, amount);
    }

    function donate(uint256 seed) external action(seed) {
        uint256 amount = draw(0, 1e5);
        dollar.mint(address(floodgate), amount);
        donated += amount;
    }

    function pause(uint256 seed) external action(seed) {
        // Mostly open: while it is paused, little happens.
        isPaused = !isPaused && oneIn(4);
        if (isPaused) tryAs(owner, abi.encodeCall(IFloodgate.pauseDeposits, ()));
        else tryAs(owner, abi.encodeCall(IFloodgate.unpauseDeposits, ()));
    }

    function _depositCall(address account, uint96 amount, bool hasPermit) private pure returns (bytes memory) {
        if (!hasPermit) return abi.encodeCall(IFloodgate.depositFor, (account, amount));
        // A permit that fails leaves the allowance to pay.
        return
            abi.encodeCall(
                IFloodgate.depositWithPermit,
                (account, amount, type(uint256).max, 27, bytes32(uint256(1)), bytes32(uint256(2)))
            );
    }
}

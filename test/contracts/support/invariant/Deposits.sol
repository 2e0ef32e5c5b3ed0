// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Model} from "./Model.sol";

/// @notice Deposits, donations and the pause.
abstract contract Deposits is Model {
    bool internal isPaused;
    mapping(bytes32 id => bool) private _usedIds;

    function deposit(uint256 seed) external action(seed) {
        address account = people[draw(0, PEOPLE - 1)];
        uint96 amount = oneIn(20) ? _nearLimit() : uint96(draw(0, 1e6));
        dollar.mint(stranger, amount);
        vm.prank(stranger);
        dollar.approve(address(floodgate), amount);
        bytes32 id = oneIn(2) ? bytes32(draw(1, 3)) : bytes32(0);
        bool isKnown = _usedIds[id];
        bool isGood = !isPaused && ((amount > 0 && hasRoom(amount)) || isKnown);
        bool isDone = tryAs(stranger, _depositCall(account, amount, id));
        assertEq(isDone, isGood, "deposit");
        if (!isDone || isKnown) return;
        if (id != 0) _usedIds[id] = true;
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

    /// @dev All balances together just reach 2^96 - 1, or just not.
    function _nearLimit() private returns (uint96) {
        uint256 room = type(uint96).max - floodgate.totalBalance() + draw(0, 1);
        return room > type(uint96).max ? type(uint96).max : uint96(room);
    }

    /// @dev One deposit, by the one function or the other.
    function _depositCall(address account, uint96 amount, bytes32 id) private returns (bytes memory) {
        if (oneIn(2)) return abi.encodeCall(IFloodgate.depositFor, (account, amount, id));
        IFloodgate.Deposit[] memory deposits = new IFloodgate.Deposit[](1);
        deposits[0] = IFloodgate.Deposit(account, amount, id);
        return abi.encodeCall(IFloodgate.depositForMany, (deposits));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Settlements} from "./Settlements.sol";

/// @notice What the owner does: bond, allotters, fee. And time passes.
abstract contract Rule is Settlements {
    uint256 private _oldFee;
    uint256 private _newFee;
    uint256 private _feeAt;

    function depositBond(uint256 seed) external action(seed) {
        uint96 amount = uint96(draw(1, 2e5));
        dollar.mint(owner, amount);
        vm.prank(owner);
        dollar.approve(address(floodgate), amount);
        bool isGood = hasRoom(amount);
        bool isDone = tryAs(owner, abi.encodeCall(IFloodgate.depositBond, (amount)));
        assertEq(isDone, isGood, "depositBond");
        if (!isDone) return;
        inflow += amount;
        bond.balance += amount;
    }

    function withdrawBond(uint256 seed) external action(seed) {
        if (oneIn(2)) return _requestBond(uint96(draw(0, (bond.balance * 5) / 4)));
        bool isDone = tryAs(owner, abi.encodeCall(IFloodgate.withdrawBond, (stranger)));
        assertEq(isDone, isDue(bond, 2 * D), "withdrawBond");
        if (isDone) leave(bond);
    }

    function rotateAllotters(uint256 seed) external action(seed) {
        address key = allotters[draw(1, ALLOTTERS - 1)];
        Signer storage signer = signers[key];
        if (oneIn(6)) return _retire(key, signer);
        uint96 budget = uint96(draw(0, 4e5));
        bool isDone = tryAs(owner, abi.encodeCall(IFloodgate.setAllotter, (key, budget)));
        assertEq(isDone, signer.retiredAt == 0 && budget >= signer.nextBudget, "setAllotter");
        if (!isDone || (signer.isCurrent && budget == signer.nextBudget)) return;
        (signer.isCurrent, signer.budget) = (true, budgetOf(signer));
        (signer.nextBudget, signer.effectiveAt) = (budget, block.timestamp + 2 * D);
    }

    function changeFee(uint256 seed) external action(seed) {
        if (oneIn(3)) return _nameFeeTaker();
        uint16 feeBps = uint16(draw(0, 1_100));
        bool isDone = tryAs(owner, abi.encodeCall(IFloodgate.setFee, (feeBps)));
        assertEq(isDone, feeBps <= 1_000, "setFee");
        if (isDone) (_oldFee, _newFee, _feeAt) = (currentFee(), feeBps, block.timestamp + D);
    }

    function wait(uint256 seed) external action(seed) {
        vm.warp(block.timestamp + (oneIn(2) ? draw(1, A) : draw(1, D)));
    }

    function currentFee() internal view override returns (uint256) {
        return block.timestamp < _feeAt ? _oldFee : _newFee;
    }

    function _requestBond(uint96 amount) private {
        bool isDone = tryAs(owner, abi.encodeCall(IFloodgate.requestBondWithdrawal, (amount)));
        assertEq(isDone, amount <= bond.balance, "requestBondWithdrawal");
        if (isDone) ask(bond, amount);
    }

    function _retire(address key, Signer storage signer) private {
        bool isDone = tryAs(owner, abi.encodeCall(IFloodgate.retireAllotter, (key)));
        assertEq(isDone, signer.isCurrent || signer.retiredAt != 0, "retireAllotter");
        if (signer.isCurrent) (signer.isCurrent, signer.retiredAt) = (false, block.timestamp);
    }

    function _nameFeeTaker() private {
        feeTaker = oneIn(2) ? feeRecipient : people[draw(0, PEOPLE - 1)];
        tryAs(owner, abi.encodeCall(IFloodgate.setFeeRecipient, (feeTaker)));
    }
}

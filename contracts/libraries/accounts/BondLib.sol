// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title BondLib
/// @notice The authority's own money, which answers for allotments that their payers cannot pay.
library BondLib {
    /// @notice Adds to the bond.
    function add(IFloodgate.Bond storage self, uint96 amount) internal {
        self.amount += amount;
    }

    /// @notice Takes up to `amount` for a claim, a pending withdrawal included.
    /// @return taken base units
    function take(IFloodgate.Bond storage self, uint256 amount) internal returns (uint96 taken) {
        taken = uint96(Math.min(amount, self.amount));
        self.amount -= taken;
        if (self.withdrawing > self.amount) self.withdrawing = self.amount;
    }

    /// @notice Asks back `amount`, in place of what was asked back before; 0 cancels.
    function request(IFloodgate.Bond storage self, uint96 amount, uint40 withdrawableAt) internal {
        if (amount > self.amount) revert IFloodgate.WithdrawalExceedsBalance(amount, self.amount);

        self.withdrawing = amount;
        self.withdrawableAt = withdrawableAt;
    }

    /// @notice Takes out what was asked back and claims have left of it.
    /// @return amount base units
    function withdraw(IFloodgate.Bond storage self) internal returns (uint96 amount) {
        amount = self.withdrawing;
        if (amount == 0) revert IFloodgate.NothingToWithdraw(address(this));
        if (block.timestamp < self.withdrawableAt) {
            revert IFloodgate.WithdrawalNotReady(block.timestamp, self.withdrawableAt);
        }

        self.amount -= amount;
        self.withdrawing = 0;
        self.withdrawableAt = 0;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title AllotterLib
/// @notice Keys of the authority that sign allotments: unknown, then current, then retired, never
/// back.
library AllotterLib {
    /// @notice Makes `key` current at once; what it may cost the bond rises at `effectiveAt`. The
    /// same again: no effect.
    function set(
        mapping(address key => IFloodgate.Allotter) storage self,
        address key,
        uint96 bondBudget,
        uint40 effectiveAt
    ) internal {
        IFloodgate.Allotter storage allotter = self[key];
        if (key == address(0)) revert IFloodgate.AddressZero();
        // A key that comes back would bring back all that was signed with it meanwhile.
        if (allotter.retiredAt != 0) revert IFloodgate.AllotterIsRetired(key, allotter.retiredAt);
        // Payees count on the budget that their allotments were signed under.
        if (bondBudget < allotter.nextBudget) {
            revert IFloodgate.BondBudgetTooLow(bondBudget, allotter.nextBudget);
        }
        if (allotter.isCurrent && bondBudget == allotter.nextBudget) return;

        allotter.isCurrent = true;
        allotter.bondBudget = budgetOf(allotter);
        allotter.nextBudget = bondBudget;
        allotter.effectiveAt = effectiveAt;
        emit IFloodgate.AllotterSet(key, bondBudget, effectiveAt);
    }

    /// @notice Ends a current key for good; again: no effect.
    function retire(mapping(address key => IFloodgate.Allotter) storage self, address key) internal {
        IFloodgate.Allotter storage allotter = self[key];
        if (allotter.retiredAt != 0) return;
        if (!allotter.isCurrent) revert IFloodgate.AllotterUnknown(key);

        allotter.isCurrent = false;
        allotter.retiredAt = uint40(block.timestamp);
        emit IFloodgate.AllotterRetired(key, uint40(block.timestamp));
    }

    /// @notice Counts `amount` against the budget.
    function spend(IFloodgate.Allotter storage self, uint96 amount) internal {
        self.bondSpent += amount;
    }

    /// @notice The part of `amount` that the budget leaves, base units.
    function withinBudget(IFloodgate.Allotter storage self, uint256 amount) internal view returns (uint256) {
        return Math.min(amount, budgetOf(self) - self.bondSpent);
    }

    /// @notice What claims on the key's allotments may take from the bond in all by now, base
    /// units.
    function budgetOf(IFloodgate.Allotter storage self) internal view returns (uint96) {
        return block.timestamp < self.effectiveAt ? self.bondBudget : self.nextBudget;
    }

    /// @notice Checks that `key` may have signed an allotment that ends at `expiresAt`.
    /// @param allotmentPeriod longest life of an allotment, seconds
    function check(
        mapping(address key => IFloodgate.Allotter) storage self,
        address key,
        uint256 expiresAt,
        uint256 allotmentPeriod
    ) internal view {
        IFloodgate.Allotter storage allotter = self[key];
        uint256 lastSignedAt = allotter.isCurrent ? block.timestamp : allotter.retiredAt;
        if (lastSignedAt == 0) revert IFloodgate.AllotterUnknown(key);
        uint256 limit = lastSignedAt + allotmentPeriod;
        if (expiresAt > limit) revert IFloodgate.AllotmentTooLong(expiresAt, limit);
    }

    /// @notice Checks that `key` signs for the authority now.
    function checkCurrent(mapping(address key => IFloodgate.Allotter) storage self, address key) internal view {
        if (!self[key].isCurrent) revert IFloodgate.AllotterUnknown(key);
    }
}

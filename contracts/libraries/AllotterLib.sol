// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../interfaces/IFloodgate.sol";

/// @title AllotterLib
/// @notice Keys of the authority that sign allotments: unknown, then current, then retired, never back.
library AllotterLib {
    /// @notice Makes `key` current, or retires it; the same state again has no effect.
    function set(mapping(address key => IFloodgate.Allotter) storage self, address key, bool isCurrent) internal {
        IFloodgate.Allotter storage allotter = self[key];
        if (allotter.isCurrent == isCurrent) return;
        if (key == address(0)) revert IFloodgate.AddressZero();
        // A key that comes back would bring back all that was signed with it meanwhile.
        if (allotter.retiredAt != 0) revert IFloodgate.AllotterIsRetired(key, allotter.retiredAt);

        allotter.isCurrent = isCurrent;
        if (!isCurrent) allotter.retiredAt = uint40(block.timestamp);
        emit IFloodgate.AllotterSet(key, isCurrent);
    }

    /// @notice Checks that `key` may have signed an allotment that ends at `expiresAt`.
    /// @param allotmentPeriod longest life of an allotment, seconds
    function check(
        mapping(address key => IFloodgate.Allotter) storage self,
        address key,
        uint256 expiresAt,
        uint256 allotmentPeriod
    ) internal view {
        IFloodgate.Allotter memory allotter = self[key];
        if (allotter.isCurrent) return;
        if (allotter.retiredAt == 0) revert IFloodgate.AllotterUnknown(key);
        uint256 limit = allotter.retiredAt + allotmentPeriod;
        if (expiresAt > limit) revert IFloodgate.AllotmentTooLong(expiresAt, limit);
    }
}

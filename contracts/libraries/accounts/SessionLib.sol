// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title SessionLib
/// @notice How much one peer of an account may spend, and until when. Only revocation lowers
/// anything.
library SessionLib {
    uint96 private constant NO_LIMIT = type(uint96).max;

    /// @notice Raises limit and end, each on its own.
    /// @return isRaised whether anything has changed
    function raise(
        IFloodgate.Session storage self,
        uint96 limit,
        uint40 expiresAt
    ) internal returns (bool isRaised) {
        if (limit <= self.limit && expiresAt <= self.expiresAt) return false;

        self.limit = uint96(Math.max(limit, self.limit));
        self.expiresAt = uint40(Math.max(expiresAt, self.expiresAt));
        return true;
    }

    /// @notice Ends the session for good at `latest`, or at its own end if that is earlier.
    /// @return expiresAt its end now
    function revoke(IFloodgate.Session storage self, uint256 latest) internal returns (uint40 expiresAt) {
        expiresAt = uint40(Math.min(self.expiresAt, latest));
        self.expiresAt = expiresAt;
        self.revoked = true;
    }

    /// @notice Counts `amount` against the limit.
    function spend(IFloodgate.Session storage self, uint96 amount) internal {
        if (self.limit != NO_LIMIT) self.spent += amount;
    }

    /// @notice What the limit leaves, base units.
    function remaining(IFloodgate.Session storage self) internal view returns (uint96) {
        uint96 limit = self.limit;
        return limit == NO_LIMIT ? NO_LIMIT : limit - self.spent;
    }

    /// @notice Last second in which batches pay what was promised.
    /// @dev A session that was never authorized ended at 0, so a claim period after 1970. A revoked
    /// one pays nothing in a batch after its end: signatures alone do not show that they are older.
    /// Claims show an allotment.
    /// @param claimPeriod seconds
    function settleableUntil(IFloodgate.Session storage self, uint256 claimPeriod) internal view returns (uint256) {
        return self.revoked ? self.expiresAt : self.expiresAt + claimPeriod;
    }

    /// @notice Whether a claim on an allotment that ends at `allotmentEnd` may take the payer's
    /// money.
    /// @param claimPeriod seconds
    function paysClaim(
        IFloodgate.Session storage self,
        uint256 allotmentEnd,
        uint256 claimPeriod
    ) internal view returns (bool) {
        uint256 expiresAt = self.expiresAt;
        return block.timestamp <= expiresAt + claimPeriod && (!self.revoked || allotmentEnd <= expiresAt);
    }
}

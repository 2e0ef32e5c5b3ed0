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

    /// @notice Last second in which what was promised is paid.
    /// @dev A session that was never authorized ended at 0, so CW after 1970.
    /// @param claimPeriod seconds
    function aliveUntil(IFloodgate.Session storage self, uint256 claimPeriod) internal view returns (uint256) {
        return self.expiresAt + claimPeriod;
    }
}

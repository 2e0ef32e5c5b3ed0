// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title SessionLib
/// @notice How much an account may spend while one of its keys still signs, and until when. Only
/// revocation lowers anything.
library SessionLib {
    /// @notice One slot, which settlement only reads: spending is counted in the account's.
    /// @param limit base units; 2^96-1 means no limit
    /// @param spentBefore what the account had spent when the session was first authorized
    /// @param expiresAt end of the session
    /// @param revoked whether the wallet has ended it for good
    struct Terms {
        uint96 limit;
        uint112 spentBefore;
        uint40 expiresAt;
        bool revoked;
    }

    uint96 private constant NO_LIMIT = type(uint96).max;

    /// @notice Raises limit and end, each on its own.
    /// @param spent of the account so far
    /// @return isRaised whether anything has changed
    function raise(
        Terms storage self,
        uint96 limit,
        uint40 expiresAt,
        uint112 spent
    ) internal returns (bool isRaised) {
        (uint96 limitBefore, uint40 endBefore) = (self.limit, self.expiresAt);
        if (limit <= limitBefore && expiresAt <= endBefore) return false;

        // Once: the same authorization, relayed again, must not renew what was spent.
        if (limitBefore == 0 && endBefore == 0) self.spentBefore = spent;
        self.limit = uint96(Math.max(limit, limitBefore));
        self.expiresAt = uint40(Math.max(expiresAt, endBefore));
        return true;
    }

    /// @notice Ends the session for good at `latest`, or at its own end if that is earlier.
    /// @return expiresAt its end now
    function revoke(Terms storage self, uint256 latest) internal returns (uint40 expiresAt) {
        expiresAt = uint40(Math.min(self.expiresAt, latest));
        self.expiresAt = expiresAt;
        self.revoked = true;
    }

    /// @notice What the limit leaves, base units.
    /// @param spent of the account so far
    function remaining(Terms storage self, uint256 spent) internal view returns (uint256) {
        uint256 limit = self.limit;
        return limit == NO_LIMIT ? limit : Math.saturatingSub(limit, spent - self.spentBefore);
    }

    /// @notice What batches may take of the account by the session's signatures, base units.
    /// @dev A session that was never authorized ended at 0, so a claim period after 1970. A revoked
    /// one pays nothing in a batch after its end: signatures alone do not show that they are older.
    /// Claims show an allotment.
    /// @param funds the account's slot, as AccountLib reads it
    /// @param claimPeriod seconds
    /// @return isAlive whether batches are still paid; if not, `amount` is 0
    function coverage(
        Terms storage self,
        uint256 funds,
        uint256 claimPeriod
    ) internal view returns (bool isAlive, uint256 amount) {
        uint256 grace = self.revoked ? 0 : claimPeriod;
        unchecked {
            if (block.timestamp > self.expiresAt + grace) return (false, 0);
        }
        return (true, Math.min(uint96(funds), remaining(self, uint112(funds >> 96))));
    }

    /// @notice Whether a claim on an allotment that ends at `allotmentEnd` may take the payer's
    /// money.
    /// @param claimPeriod seconds
    function paysClaim(
        Terms storage self,
        uint256 allotmentEnd,
        uint256 claimPeriod
    ) internal view returns (bool) {
        uint256 expiresAt = self.expiresAt;
        return block.timestamp <= expiresAt + claimPeriod && (!self.revoked || allotmentEnd <= expiresAt);
    }

    /// @notice The session as others see it.
    /// @param spent of the account so far
    function toSession(
        Terms storage self,
        uint256 spent
    ) internal view returns (IFloodgate.Session memory session) {
        session.limit = self.limit;
        session.expiresAt = self.expiresAt;
        session.revoked = self.revoked;
        if (session.limit == 0 && session.expiresAt == 0) return session;
        session.spent = uint96(Math.min(spent - self.spentBefore, NO_LIMIT));
    }
}

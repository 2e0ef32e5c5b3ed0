/// @notice SessionLib: any calls in any order, on one session.
contract SessionSpec is Parts {
    uint256 private lastLimit;
    uint256 private endOfRevoked;

    /// @dev As `_authorizeSession` calls it.
    function raise(uint96 limit, uint40 expiresAt) external {
        require(!session.revoked);
        session_raise(limit, expiresAt);
        assert(session.limit >= lastLimit); // PROVE a limit never falls
        lastLimit = session.limit;
    }

    /// @dev As `revokeSession` calls it.
    function revoke(uint40 latest) external {
        if (session.revoked) return;
        uint256 before = session.expiresAt;
        session_revoke(latest);
        assert(session.expiresAt <= before); // PROVE revocation lengthens nothing
        endOfRevoked = session.expiresAt;
    }

    /// @dev No caller spends more than remains: see `_takeFromPayer` and `coverage`.
    function spend(uint96 amount) external {
        require(amount <= session_remaining());
        session_spend(amount);
    }

    function check() external view {
        assert(session.spent <= session.limit); // PROVE spent <= limit
        assert(session_remaining() <= session.limit); // PROVE what remains is within the limit
        assert(!session.revoked || session.expiresAt == endOfRevoked); // PROVE a revoked session never lives again
    }
}

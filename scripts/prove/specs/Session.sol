/// @notice SessionLib: any calls in any order, on one session of an account that spends by others
/// as well.
contract SessionSpec is Parts {
    uint256 private lastLimit;
    uint256 private endOfRevoked;
    /// @dev By the account, and by this session.
    uint112 private spent;
    uint112 private ownSpent;

    /// @dev As `_authorizeSession` calls it.
    function raise(uint96 limit, uint40 expiresAt) external {
        require(!session.revoked);
        uint112 before = session.spentBefore;
        bool isFirst = session.limit == 0 && session.expiresAt == 0;
        session_raise(limit, expiresAt, spent);
        assert(session.limit >= lastLimit); // PROVE a limit never falls
        assert(isFirst || session.spentBefore == before); // PROVE no authorization renews what was spent
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

    /// @dev No caller spends more than remains: see `_takeFromPayer` and `coverage`. A session that
    /// was never authorized pays neither batches nor claims.
    function spend(uint96 amount) external {
        require(session.limit != 0 || session.expiresAt != 0);
        require(amount <= session_remaining(spent) && amount <= type(uint112).max - spent);
        spent += amount;
        ownSpent += amount;
    }

    function spendByAnother(uint96 amount) external {
        require(amount <= type(uint112).max - spent);
        spent += amount;
    }

    /// @dev As `_takeFromPayer` asks.
    function claim(uint40 allotmentEnd, uint40 claimPeriod) external view {
        bool pays = session_paysClaim(allotmentEnd, claimPeriod);
        assert(!pays || !session.revoked || allotmentEnd <= endOfRevoked); // PROVE a revoked session pays older promises only
    }

    function check() external view {
        assert(session.limit == NO_LIMIT || ownSpent <= session.limit); // PROVE a session spends at most its limit
        assert(session.spentBefore <= spent); // PROVE the count never falls behind a session's begin
        assert(session_remaining(spent) <= session.limit); // PROVE what remains is within the limit
        assert(!session.revoked || session.expiresAt == endOfRevoked); // PROVE a revoked session never lives again
    }
}

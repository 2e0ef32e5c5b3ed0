/// @notice AllotterLib: any calls in any order, on one key, while time goes on.
contract AllotterSpec is Parts {
    uint40 private constant DELAY = 840;

    uint256 private time;
    uint256 private lastBudget;
    bool private wasRetired;

    modifier later() {
        require(block.timestamp >= time && block.timestamp > 0);
        time = block.timestamp;
        _;
    }

    function set(address who, uint96 budget, uint40 effectiveAt) external later {
        require(effectiveAt == block.timestamp + DELAY);
        uint96 before = theKey_budgetOf();
        theKey_set(who, budget, effectiveAt);
        assert(theKey_budgetOf() == before); // PROVE no budget rises at once
        assert(!wasRetired); // PROVE a retired key never comes back
    }

    function retire(address who) external later {
        require(block.timestamp < 2 ** 40);
        theKey_retire(who);
        wasRetired = true;
    }

    /// @dev As `_takeFromBond` calls it, whatever the bond has.
    function spend(uint96 missing, uint96 amount) external later {
        require(amount <= theKey_withinBudget(missing));
        theKey_spend(amount);
        assert(theKey.bondSpent <= theKey_budgetOf()); // PROVE a key costs the bond at most its budget
    }

    function checkKey(address who, uint256 expiresAt, uint40 period) external later {
        theKey_check(who, expiresAt, period);
        assert(expiresAt <= block.timestamp + period); // PROVE no allotment ends later than one period from now
    }

    function check() external later {
        assert(theKey.bondBudget <= theKey.nextBudget); // PROVE a budget never falls
        assert(theKey_budgetOf() >= lastBudget); // PROVE what a key may cost never falls
        lastBudget = theKey_budgetOf();
        assert(theKey.bondSpent <= theKey_budgetOf()); // PROVE spent <= budget
    }
}

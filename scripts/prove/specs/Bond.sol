/// @notice BondLib: any calls in any order.
contract BondSpec is Parts {
    uint40 private constant DELAY = 840;

    uint256 private requestedAt;
    uint256 private requested;

    function add(uint96 amount) external {
        require(amount <= type(uint96).max - bond.amount);
        bond_add(amount);
    }

    function take(uint96 amount) external {
        uint96 before = bond.amount;
        uint96 taken = bond_take(amount);
        assert(taken <= amount && taken <= before); // PROVE a claim takes at most the bond
        assert(bond.amount == before - taken); // PROVE the bond pays what is taken
    }

    function request(uint96 amount, uint40 time) external {
        require(time == block.timestamp && time < 2 ** 39);
        bond_request(amount, amount == 0 ? 0 : time + DELAY);
        requestedAt = time;
        requested = amount;
    }

    function withdraw() external {
        uint96 amount = bond_withdraw();
        assert(block.timestamp >= requestedAt + DELAY); // PROVE the bond does not leave before its time
        assert(amount <= requested); // PROVE no more of the bond leaves than was asked back
    }

    function check() external view {
        assert(bond.withdrawing <= bond.amount); // PROVE withdrawing <= bond
    }
}

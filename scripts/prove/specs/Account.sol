/// @notice AccountLib: any calls in any order, on one account.
contract AccountSpec is Parts {
    uint40 private constant DELAY = 420;

    /// @dev When what is asked back was asked back.
    uint256 private requestedAt;
    uint256 private requested;

    function credit(uint96 amount) external {
        require(amount <= type(uint96).max - customer.balance);
        customer.balance += amount;
    }

    /// @dev No caller debits more than the balance: see `_takeFromPayer` and `coverage`.
    function debit(uint96 amount) external {
        require(amount <= customer.balance);
        customer_debit(amount);
    }

    function request(uint96 amount, uint40 time) external {
        require(time == block.timestamp && time < 2 ** 39);
        customer_request(amount, amount == 0 ? 0 : time + DELAY);
        requestedAt = time;
        requested = amount;
    }

    function withdraw() external {
        uint96 before = customer.balance;
        uint96 amount = customer_withdraw(msg.sender);
        assert(block.timestamp >= requestedAt + DELAY); // PROVE no exit before its time
        assert(amount <= requested); // PROVE an exit takes no more than was asked back
        assert(customer.balance == before - amount); // PROVE an exit debits what it takes
    }

    function release(uint96 amount) external {
        uint256 nonce = customer.releaseNonce;
        customer_release(amount);
        assert(customer.releaseNonce == nonce + 1); // TRY a release counts once
    }

    function check() external view {
        assert(customer.withdrawing <= customer.balance); // PROVE withdrawing <= balance
    }
}

/// @notice AccountLib: any calls in any order, on one account.
contract AccountSpec is Parts {
    uint40 private constant DELAY = 420;

    /// @dev When what is asked back was asked back.
    uint256 private requestedAt;
    uint256 private requested;

    function credit(uint96 amount) external {
        require(amount <= type(uint96).max - funds.balance);
        funds.balance += amount;
    }

    /// @dev `debitRead` is assembly: this is what it does. No caller debits more than the balance:
    /// see `_takeFromPayer` and `coverage`.
    function debit(uint96 amount) external {
        require(amount <= funds.balance && amount <= type(uint112).max - funds.spent);
        funds.balance -= amount;
        funds.spent += amount;
    }

    function request(uint96 amount, uint40 time, address recipient) external {
        require(time == block.timestamp && time < 2 ** 39);
        asked_request(amount, amount == 0 ? 0 : time + DELAY, recipient, funds.balance);
        requestedAt = time;
        requested = amount;
    }

    function withdraw() external {
        uint96 before = funds.balance;
        uint112 spent = funds.spent;
        uint96 amount = asked_withdraw(msg.sender);
        assert(block.timestamp >= requestedAt + DELAY); // PROVE no exit before its time
        assert(amount <= requested); // PROVE an exit takes no more than was asked back
        assert(funds.balance == before - amount); // PROVE an exit debits what it takes
        assert(funds.spent == spent); // PROVE an exit is no spending
        assert(asked.amount == 0); // PROVE an exit is paid once
        assert(asked.recipient == address(0)); // PROVE a recipient is of one exit
    }

    function release(uint96 amount) external {
        uint256 nonce = funds.releaseNonce;
        uint96 before = funds.balance;
        funds_release(amount);
        assert(funds.balance == before - amount); // PROVE a release debits what it takes
        assert(funds.releaseNonce == nonce + 1); // TRY a release counts once
    }

    function check() external view {
        assert(asked.amount == 0 || asked.withdrawableAt == requestedAt + DELAY); // PROVE nothing restarts a request
        assert(asked.amount == 0 || asked.amount == requested); // PROVE nothing lowers a request
    }
}

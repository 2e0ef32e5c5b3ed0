// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";

/// @title AccountLib
/// @notice A customer's balance, and the part of it that was asked back. `withdrawing` never
/// exceeds `balance`.
library AccountLib {
    /// @notice Takes `amount` from the balance; what was asked back shrinks only as far as it must.
    function debit(IFloodgate.Account storage self, uint96 amount) internal {
        (uint96 balance, uint96 withdrawing) = (self.balance - amount, self.withdrawing);
        self.balance = balance;
        if (withdrawing > balance) self.withdrawing = balance;
    }

    /// @notice Asks back `amount`, in place of what was asked back before; 0 cancels.
    function request(IFloodgate.Account storage self, uint96 amount, uint40 withdrawableAt) internal {
        if (amount > self.balance) revert IFloodgate.WithdrawalExceedsBalance(amount, self.balance);

        self.withdrawing = amount;
        self.withdrawableAt = withdrawableAt;
    }

    /// @notice Takes out what was asked back and debits have left of it.
    /// @return amount base units
    function withdraw(IFloodgate.Account storage self, address account) internal returns (uint96 amount) {
        amount = self.withdrawing;
        if (amount == 0) revert IFloodgate.NothingToWithdraw(account);
        if (block.timestamp < self.withdrawableAt) {
            revert IFloodgate.WithdrawalNotReady(block.timestamp, self.withdrawableAt);
        }

        self.balance -= amount;
        self.withdrawing = 0;
        self.withdrawableAt = 0;
    }

    /// @notice Takes out `amount` at once, and makes the release that allowed it stale.
    function release(IFloodgate.Account storage self, uint96 amount) internal {
        if (amount > self.balance) revert IFloodgate.WithdrawalExceedsBalance(amount, self.balance);

        ++self.releaseNonce;
        debit(self, amount);
    }
}

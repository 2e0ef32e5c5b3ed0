// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title AccountLib
/// @notice A customer's money, and the part of it that was asked back.
/// @dev Settlement and claims read and write the first slot only.
library AccountLib {
    /// @notice What batches and claims move. One slot.
    /// @param balance base units that are the account's, those in withdrawal included
    /// @param spent base units that batches and claims have ever taken. Far from its end: the
    /// contract never holds 2^96 base units, and each of them would have to be spent 2^16 times
    /// @param releaseNonce how often money has left at once
    struct Funds {
        uint96 balance;
        uint112 spent;
        uint24 releaseNonce;
    }

    /// @notice What was asked back. Two slots.
    /// @param amount base units; debits do not lower it, but no more leaves than there is then
    /// @param withdrawableAt time from which it may leave; 0 if nothing was asked back
    /// @param recipient who `withdrawFor` pays; 0 if the request was not signed
    struct Exit {
        uint96 amount;
        uint40 withdrawableAt;
        address recipient;
    }

    /// @notice Takes out `amount` at once, and makes the release that allowed it stale.
    function release(Funds storage self, uint96 amount) internal {
        uint96 balance = self.balance;
        if (amount > balance) revert IFloodgate.WithdrawalExceedsBalance(amount, balance);

        self.balance = balance - amount;
        ++self.releaseNonce;
    }

    /// @notice Asks back `amount`, in place of what was asked back before; 0 cancels.
    /// @param recipient of a signed request
    /// @param balance of the account
    function request(
        Exit storage self,
        uint96 amount,
        uint40 withdrawableAt,
        address recipient,
        uint96 balance
    ) internal {
        if (amount > balance) revert IFloodgate.WithdrawalExceedsBalance(amount, balance);

        self.amount = amount;
        self.withdrawableAt = withdrawableAt;
        self.recipient = recipient;
    }

    /// @notice Takes out what was asked back, as far as it is still there.
    /// @return amount base units
    function withdraw(Exit storage self, Funds storage funds, address account) internal returns (uint96 amount) {
        uint96 balance = funds.balance;
        amount = uint96(Math.min(self.amount, balance));
        if (amount == 0) revert IFloodgate.NothingToWithdraw(account);
        uint40 withdrawableAt = self.withdrawableAt;
        if (block.timestamp < withdrawableAt) {
            revert IFloodgate.WithdrawalNotReady(block.timestamp, withdrawableAt);
        }

        funds.balance = balance - amount;
        self.amount = 0;
        self.withdrawableAt = 0;
        self.recipient = address(0);
    }

    /// @notice Both slots as others see them.
    function toAccount(
        Funds storage self,
        Exit storage exit
    ) internal view returns (IFloodgate.Account memory account) {
        account.balance = self.balance;
        account.withdrawing = uint96(Math.min(exit.amount, account.balance));
        account.withdrawableAt = exit.withdrawableAt;
        account.releaseNonce = self.releaseNonce;
    }

    /// @notice The slot as one word: `balance` in the low 96 bits, `spent` in the next 112.
    function read(Funds storage self) internal view returns (uint256 word) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            word := sload(self.slot)
        }
    }

    /// @notice Takes what the account has promised from a slot that was read as `word`.
    /// @dev Requirement: `amount` is at most the balance in `word`.
    function debitRead(Funds storage self, uint256 word, uint256 amount) internal {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // Adds to `spent` and takes from `balance`: amount * 2^96 - amount.
            sstore(self.slot, add(word, sub(shl(96, amount), amount)))
        }
    }
}

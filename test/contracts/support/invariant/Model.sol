// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batches} from "./Batches.sol";
import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";

/// @notice What the contract should hold, kept in the plainest way, and compared with all of it
/// after every call.
abstract contract Model is Batches {
    struct Entry {
        uint256 balance;
        uint256 spent; // ever, by batches and claims
        uint256 withdrawing; // that was asked back; debits leave it
        uint256 requestedAt; // 0 if nothing was asked back
        uint256 releases;
        uint256 nonce;
        address recipient; // of the signed request
    }

    struct Spending {
        uint256 limit;
        uint256 spentBefore; // by the account
        uint256 expiresAt;
        bool isRevoked;
    }

    struct Signer {
        uint256 budget;
        uint256 spent;
        uint256 retiredAt;
        bool isCurrent;
        uint256 nextBudget;
        uint256 effectiveAt;
    }

    /// @dev Who has used up a lane: a section of a batch, or the claim of `claimant`.
    struct Lane {
        bool isUsed;
        uint256 batch;
        uint256 section;
        address claimant;
    }

    /// @dev What a lane is about for one payee, base units.
    struct Pledge {
        uint256 paid;
        uint256 claimed; // part of `paid`
        uint256 signed; // greatest
        uint256 cap; // greatest
    }

    /// @dev A lane that has paid a payee.
    struct Paid {
        address payer;
        uint32 lane;
        address payee;
    }

    uint256 internal constant ALLOTTERS = 4;
    /// @dev Two words of the bitmap.
    uint256 internal constant FIRST_LANE = 250;
    uint256 internal constant LANES = 12;

    mapping(address account => Entry) internal entries;
    mapping(address account => mapping(address key => Spending)) internal spendings;
    mapping(address key => Signer) internal signers;
    mapping(address payer => mapping(uint256 lane => Lane)) internal lanes;
    mapping(address payer => mapping(uint256 lane => mapping(address payee => Pledge))) internal pledges;
    Paid[] internal payments;
    Entry internal bond;
    address internal feeTaker = feeRecipient;
    uint256 internal inflow;
    uint256 internal outflow;
    uint256 internal donated;
    uint256[ALLOTTERS] internal allotterSecrets;
    address[ALLOTTERS] internal allotters;

    /// @notice Draws from `seed`, acts, and compares every account, session, key and token.
    modifier action(uint256 seed) {
        startDraws(seed);
        _;
        assertMatches();
    }

    constructor() {
        for (uint256 i = 0; i < ALLOTTERS; ++i) {
            allotterSecrets[i] = i == 0 ? allotterKey : keyOf("allotter", i);
            allotters[i] = vm.addr(allotterSecrets[i]);
        }
        signers[allotter] = Signer(0, 0, 0, true, BOND_BUDGET, START);
    }

    function credit(address account, uint256 amount) internal {
        entries[account].balance += amount;
    }

    /// @notice What a batch or a claim takes.
    function debit(Entry storage entry, uint256 amount) internal {
        entry.balance -= amount;
        entry.spent += amount;
    }

    /// @notice What a claim takes from the bond.
    function debitBond(uint256 amount) internal {
        bond.balance -= amount;
        if (bond.withdrawing > bond.balance) bond.withdrawing = bond.balance;
    }

    /// @notice Counts a payment on a lane.
    function pay(address payer, uint256 lane, address payee, uint256 amount) internal returns (Pledge storage pledge) {
        pledge = pledges[payer][lane][payee];
        if (pledge.paid == 0) payments.push(Paid(payer, uint32(lane), payee));
        pledge.paid += amount;
    }

    function ask(Entry storage entry, uint256 amount) internal {
        entry.withdrawing = amount;
        entry.requestedAt = amount == 0 ? 0 : block.timestamp;
    }

    function leave(Entry storage entry) internal {
        outflow += leaving(entry);
        entry.balance -= leaving(entry);
        (entry.withdrawing, entry.requestedAt, entry.recipient) = (0, 0, address(0));
    }

    /// @notice The part of what was asked back that is still there.
    function leaving(Entry storage entry) internal view returns (uint256) {
        return entry.withdrawing < entry.balance ? entry.withdrawing : entry.balance;
    }

    function isDue(Entry storage entry, uint256 delay) internal view returns (bool) {
        return leaving(entry) > 0 && block.timestamp >= entry.requestedAt + delay;
    }

    /// @notice What the account has spent since the session was first authorized.
    function spentSince(address account, Spending storage spending) internal view returns (uint256) {
        if (spending.limit == 0 && spending.expiresAt == 0) return 0;
        return entries[account].spent - spending.spentBefore;
    }

    /// @notice What an account can pay through a session, base units.
    function room(address account, Spending storage spending) internal view returns (uint256) {
        uint256 spent = spentSince(account, spending);
        uint256 left = spending.limit > spent ? spending.limit - spent : 0;
        if (spending.limit == NO_LIMIT) left = NO_LIMIT;
        uint256 balance = entries[account].balance;
        return left < balance ? left : balance;
    }

    /// @notice Whether a deposit of `amount` fits below 2^96 with all others.
    function hasRoom(uint256 amount) internal view returns (bool) {
        return floodgate.totalBalance() + amount <= type(uint96).max;
    }

    /// @notice Whether batches still take the session's signatures.
    function isSettleable(Spending storage spending) internal view returns (bool) {
        return block.timestamp <= spending.expiresAt + (spending.isRevoked ? 0 : CW);
    }

    /// @notice Whether a claim on an allotment that ends then takes the payer's money.
    function paysClaim(Spending storage spending, uint256 allotmentEnd) internal view returns (bool) {
        if (spending.isRevoked && allotmentEnd > spending.expiresAt) return false;
        return block.timestamp <= spending.expiresAt + CW;
    }

    /// @notice What the key's claims may take from the bond in all by now.
    function budgetOf(Signer storage signer) internal view returns (uint256) {
        return block.timestamp < signer.effectiveAt ? signer.budget : signer.nextBudget;
    }

    function assertMatches() internal view {
        for (uint256 who = 0; who < PEOPLE; ++who) {
            _assertAccount(people[who]);
            for (uint256 i = 0; i < KEYS; ++i) _assertSession(people[who], keys[who][i]);
        }
        _assertAccount(payeeAt(0));
        for (uint256 i = PEOPLE + 1; i < PAYEES; ++i) _assertAccount(payeeAt(i));
        _assertAccount(feeRecipient);
        for (uint256 i = 0; i < ALLOTTERS; ++i) _assertAllotter(allotters[i]);
        IFloodgate.Bond memory actual = floodgate.bond();
        assertEq(actual.amount, bond.balance, "bond");
        assertEq(actual.withdrawing, bond.withdrawing, "bond's withdrawing");
        assertEq(actual.withdrawableAt, bond.requestedAt == 0 ? 0 : bond.requestedAt + 2 * D, "bond's time");
    }

    function _assertAccount(address account) private view {
        IFloodgate.Account memory actual = floodgate.accountOf(account);
        Entry storage entry = entries[account];
        assertEq(actual.balance, entry.balance, "balance");
        assertEq(actual.withdrawing, leaving(entry), "withdrawing");
        assertEq(actual.withdrawableAt, entry.requestedAt == 0 ? 0 : entry.requestedAt + D, "withdrawableAt");
        assertEq(actual.releaseNonce, entry.releases, "releaseNonce");
        assertEq(floodgate.nonces(account), entry.nonce, "nonce");
        assertEq(floodgate.withdrawalRecipient(account), entry.recipient, "recipient");
    }

    function _assertSession(address account, address key) private view {
        IFloodgate.Session memory actual = floodgate.sessionOf(account, key);
        Spending storage spending = spendings[account][key];
        assertEq(actual.limit, spending.limit, "limit");
        assertEq(actual.spent, spentSince(account, spending), "spent");
        assertEq(actual.expiresAt, spending.expiresAt, "session's end");
        assertEq(actual.revoked, spending.isRevoked, "revoked");
    }

    function _assertAllotter(address key) private view {
        IFloodgate.Allotter memory actual = floodgate.allotterOf(key);
        Signer storage signer = signers[key];
        assertEq(actual.bondBudget, budgetOf(signer), "budget");
        assertEq(actual.bondSpent, signer.spent, "budget spent");
        assertEq(actual.retiredAt, signer.retiredAt, "retiredAt");
        assertEq(actual.isCurrent, signer.isCurrent, "current");
        assertEq(actual.nextBudget, signer.nextBudget, "next budget");
        assertEq(actual.effectiveAt, signer.effectiveAt, "in effect at");
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Model} from "./Model.sol";

/// @notice Money is asked back, and leaves after the delay or by a release: directly or relayed, in
/// time or too early.
abstract contract Exits is Model {
    address internal constant OUTSIDE = address(0x0075);

    function requestWithdrawal(uint256 seed) external action(seed) {
        uint256 who = draw(0, PEOPLE - 1);
        Entry storage entry = entries[people[who]];
        uint96 amount = oneIn(4) ? 0 : uint96(draw(0, (entry.balance * 5) / 4));
        bool isRelayed = oneIn(2);
        (bytes memory data, bool isGood) = isRelayed
            ? _drawRequest(who, amount)
            : (abi.encodeCall(IFloodgate.requestWithdrawal, (amount)), true);
        bool isDone = tryAs(isRelayed ? stranger : people[who], data);
        assertEq(isDone, isGood && amount <= entry.balance, "request");
        if (!isDone) return;
        entry.nonce++;
        ask(entry, amount);
        entry.recipient = isRelayed && amount > 0 ? OUTSIDE : address(0);
    }

    function withdraw(uint256 seed) external action(seed) {
        address account = people[draw(0, PEOPLE - 1)];
        Entry storage entry = entries[account];
        bool isRelayed = entry.recipient != address(0) && oneIn(2);
        bytes memory data = isRelayed
            ? abi.encodeCall(IFloodgate.withdrawFor, (account))
            : abi.encodeCall(IFloodgate.withdraw, (OUTSIDE));
        bool isDone = tryAs(isRelayed ? stranger : account, data);
        assertEq(isDone, isDue(entry, D), "withdraw");
        if (isDone) leave(entry);
    }

    /// @notice A stranger pays out only signed requests.
    function withdrawUnsigned(uint256 seed) external action(seed) {
        address account = people[draw(0, PEOPLE - 1)];
        if (entries[account].recipient != address(0)) return;
        assertEq(tryAs(stranger, abi.encodeCall(IFloodgate.withdrawFor, (account))), false, "unsigned");
    }

    function withdrawNow(uint256 seed) external action(seed) {
        uint256 who = draw(0, PEOPLE - 1);
        Entry storage entry = entries[people[who]];
        uint96 amount = uint96(draw(0, (entry.balance * 5) / 4));
        (bytes memory byAllotter, bool isReleased) = _drawRelease(who, amount);
        bool isRelayed = oneIn(2);
        (bytes memory data, bool isGood) = isRelayed
            ? _drawRelayed(who, amount, byAllotter)
            : (abi.encodeCall(IFloodgate.withdrawNow, (OUTSIDE, amount, _deadline(), byAllotter)), true);
        bool isDone = tryAs(isRelayed ? stranger : people[who], data);
        assertEq(isDone, isGood && isReleased && amount > 0 && amount <= entry.balance, "withdrawNow");
        if (!isDone) return;
        if (isRelayed) entry.nonce++;
        entry.releases++;
        outflow += amount;
        entry.balance -= amount;
    }

    function _drawRequest(uint256 who, uint96 amount) private returns (bytes memory data, bool isGood) {
        (IFloodgate.Withdrawal memory withdrawal, bytes memory signature, bool isValid) = _drawSigned(who, amount, false);
        return (abi.encodeCall(IFloodgate.requestWithdrawalFor, (withdrawal, signature)), isValid);
    }

    function _drawRelayed(
        uint256 who,
        uint96 amount,
        bytes memory byAllotter
    ) private returns (bytes memory data, bool isGood) {
        (IFloodgate.Withdrawal memory withdrawal, bytes memory signature, bool isValid) = _drawSigned(who, amount, true);
        data = abi.encodeCall(IFloodgate.withdrawNowFor, (withdrawal, signature, _deadline(), byAllotter));
        return (data, isValid);
    }

    /// @dev One time in three the signer, the nonce, the deadline or the type is wrong.
    function _drawSigned(
        uint256 who,
        uint96 amount,
        bool isInstant
    ) private returns (IFloodgate.Withdrawal memory withdrawal, bytes memory signature, bool isGood) {
        uint256 flaw = draw(1, 12);
        uint256 nonce = entries[people[who]].nonce;
        withdrawal = IFloodgate.Withdrawal(people[who], OUTSIDE, amount, _deadline(), flaw == 1 ? nonce + 1 : nonce);
        if (flaw == 2) withdrawal.deadline = uint40(block.timestamp) - 1;
        if (flaw == 4) isInstant = !isInstant;
        bytes32 digest = isInstant ? instantDigest(withdrawal) : withdrawalDigest(withdrawal);
        signature = signPerson(who, flaw == 3 ? secrets[who][0] : wallets[who], digest);
        return (withdrawal, signature, flaw > 4);
    }

    function _drawRelease(uint256 who, uint96 amount) private returns (bytes memory signature, bool isGood) {
        uint256 by = draw(0, ALLOTTERS - 1);
        bool isReplay = oneIn(8);
        uint256 nonce = entries[people[who]].releases + (isReplay ? 1 : 0);
        if (oneIn(12)) return (nobodysSignature(), false);
        bytes32 digest = releaseDigest(people[who], OUTSIDE, amount, nonce, _deadline());
        return (signCompact(allotterSecrets[by], digest), signers[allotters[by]].isCurrent && !isReplay);
    }

    function _deadline() private view returns (uint40) {
        return uint40(block.timestamp);
    }
}

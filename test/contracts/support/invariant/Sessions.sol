// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Model} from "./Model.sol";

/// @notice Wallets authorize keys, raise their limits, and revoke them.
abstract contract Sessions is Model {
    constructor() {
        // One session of each person can always pay; the others come and go.
        for (uint256 who = 0; who < PEOPLE; ++who) {
            _raise(people[who], keys[who][0], NO_LIMIT, START + 3650 days);
            _raise(people[who], keys[who][1], 4e5, START + 2 * D);
            authorize(people[who], keys[who][0], NO_LIMIT, START + 3650 days);
            authorize(people[who], keys[who][1], 4e5, START + 2 * D);
        }
    }

    function authorizeSession(uint256 seed) external action(seed) {
        uint256 who = draw(0, PEOPLE - 1);
        address key = keys[who][draw(1, KEYS - 1)];
        // A limit of one less is a limit.
        uint96 limit = oneIn(5) ? NO_LIMIT - uint96(draw(0, 1)) : uint96(draw(0, 1e6));
        uint40 expiresAt = uint40(block.timestamp - D + draw(0, 4 * D));
        bool isByWallet = !oneIn(6);
        bool isDone = oneIn(2) || !isByWallet
            ? _relay(who, IFloodgate.SessionAuthorization(people[who], key, limit, expiresAt), isByWallet)
            : tryAs(people[who], abi.encodeCall(IFloodgate.authorizeSession, (key, limit, expiresAt)));
        assertEq(isDone, isByWallet && !spendings[people[who]][key].isRevoked, "authorize");
        if (isDone) _raise(people[who], key, limit, expiresAt);
    }

    function revokeSession(uint256 seed) external action(seed) {
        uint256 who = draw(0, PEOPLE - 1);
        address key = keys[who][KEYS - 1];
        assertEq(tryAs(people[who], abi.encodeCall(IFloodgate.revokeSession, (key))), true, "revoke");
        Spending storage spending = spendings[people[who]][key];
        if (!spending.isRevoked && spending.expiresAt > block.timestamp + A) spending.expiresAt = block.timestamp + A;
        spending.isRevoked = true;
    }

    function _relay(
        uint256 who,
        IFloodgate.SessionAuthorization memory authorization,
        bool isByWallet
    ) private returns (bool) {
        uint256 secret = isByWallet ? wallets[who] : secrets[who][0];
        bytes memory signature = signPerson(who, secret, authorizationDigest(authorization));
        return tryAs(stranger, abi.encodeCall(IFloodgate.authorizeSessionFor, (authorization, signature)));
    }

    function _raise(address account, address key, uint256 limit, uint256 expiresAt) private {
        Spending storage spending = spendings[account][key];
        if (spending.limit == 0 && spending.expiresAt == 0) spending.spentBefore = entries[account].spent;
        if (limit > spending.limit) spending.limit = limit;
        if (expiresAt > spending.expiresAt) spending.expiresAt = expiresAt;
    }
}

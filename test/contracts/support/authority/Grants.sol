// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batches} from "../invariant/Batches.sol";
import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";

/// @notice What an authority has granted, and what it knows of the chain: never the newest state.
abstract contract Grants is Batches {
    /// @dev An allotment that the authority has signed. What was paid and signed are the truth, and
    /// not what the authority knows.
    struct Grant {
        uint256 who;
        uint256 key;
        uint256 to;
        uint32 lane;
        uint96 cap;
        uint40 expiresAt;
        uint256 allotterSecret;
        uint96 paid;
        uint96 held; // greatest voucher that the authority has, base units; at most `cap`
        bool isSent; // by the authority, in a batch
        bool isUsed; // by a batch or a claim
        uint256 batch; // that has used it, if one has
        uint256 section;
    }

    /// @dev A release that the authority has signed.
    struct Release {
        uint256 who;
        uint96 amount;
        uint24 nonce;
        uint40 deadline;
        uint256 allotterSecret;
    }

    uint96 internal constant BOND = 1e9;
    uint256 internal constant RECENT = 12;

    Grant[] internal grants;
    Release[] internal releases;
    uint256 internal currentSecret = allotterKey;

    /// @dev The authority's block H is the last look but one: what happened since, it does not
    /// know.
    uint256 private _looks;
    mapping(uint256 look => uint40) private _times;
    mapping(uint256 look => mapping(uint256 who => IFloodgate.Account)) private _accounts;
    mapping(uint256 look => mapping(uint256 who => mapping(uint256 key => IFloodgate.Session))) private _sessions;
    mapping(uint256 look => mapping(uint256 grant => uint96)) private _paid;

    /// @notice Remembers the chain as it is; the authority acts on this from the next look on.
    function remember() internal {
        uint256 look = ++_looks;
        _times[look] = uint40(block.timestamp);
        for (uint256 who = 0; who < PEOPLE; ++who) {
            _accounts[look][who] = floodgate.accountOf(people[who]);
            for (uint256 key = 0; key < KEYS; ++key) {
                _sessions[look][who][key] = floodgate.sessionOf(people[who], keys[who][key]);
            }
        }
        for (uint256 i = 0; i < grants.length; ++i) _paid[look][i] = grants[i].paid;
    }

    /// @notice Any grant, but mostly one that claims still pay.
    function drawGrant() internal returns (uint256 index) {
        uint256 low = grants.length > RECENT ? grants.length - RECENT : 0;
        index = draw(0, grants.length - 1);
        for (uint256 i = 0; i < 8 && !isLive(grants[index]); ++i) index = draw(low, grants.length - 1);
    }

    function timeAtH() internal view returns (uint40) {
        return _times[_looks - 1];
    }

    function sessionAtH(uint256 who, uint256 key) internal view returns (IFloodgate.Session memory) {
        return _sessions[_looks - 1][who][key];
    }

    function nonceAtH(uint256 who) internal view returns (uint24) {
        return _accounts[_looks - 1][who].releaseNonce;
    }

    /// @notice What the authority may still promise or release of a balance, base units.
    function freeBalance(uint256 who) internal view returns (uint256) {
        IFloodgate.Account memory account = _accounts[_looks - 1][who];
        uint256 reserved = account.withdrawing;
        for (uint256 i = 0; i < grants.length; ++i) if (grants[i].who == who) reserved += _reservedFor(i);
        for (uint256 i = 0; i < releases.length; ++i) {
            if (releases[i].who == who && _isOpen(releases[i])) reserved += releases[i].amount;
        }
        return account.balance > reserved ? account.balance - reserved : 0;
    }

    /// @notice What the authority may still promise within the limits of this session and of all
    /// that have lanes: what one spends is gone for the others, base units.
    function freeLimit(uint256 who, uint256 key) internal view returns (uint256 free) {
        uint256 reserved = 0;
        bool[KEYS] memory isBound;
        isBound[key] = true;
        for (uint256 i = 0; i < grants.length; ++i) {
            if (grants[i].who != who || _reservedFor(i) == 0) continue;
            reserved += _reservedFor(i);
            isBound[grants[i].key] = true;
        }
        free = NO_LIMIT;
        for (uint256 i = 0; i < KEYS; ++i) {
            IFloodgate.Session memory session = sessionAtH(who, i);
            if (!isBound[i] || session.limit == NO_LIMIT) continue;
            uint256 taken = session.spent + reserved;
            uint256 left = session.limit > taken ? session.limit - taken : 0;
            if (left < free) free = left;
        }
    }

    /// @notice Whether a claim on the grant is still in time.
    function isLive(Grant storage grant) internal view returns (bool) {
        return block.timestamp < uint256(grant.expiresAt) + CW;
    }

    function allotmentOf(Grant storage grant) internal view returns (IFloodgate.Allotment memory allotment) {
        allotment = allotmentOn(grant.lane, grant.cap);
        (allotment.payer, allotment.payee) = (people[grant.who], people[grant.to]);
        (allotment.sessionKey, allotment.expiresAt) = (keys[grant.who][grant.key], grant.expiresAt);
    }

    /// @dev Settled or not: a payee that holds more than the authority has settled may still claim.
    function _reservedFor(uint256 grant) private view returns (uint256) {
        if (timeAtH() >= grants[grant].expiresAt + CW) return 0;
        return grants[grant].cap - _paid[_looks - 1][grant];
    }

    function _isOpen(Release storage release) private view returns (bool) {
        return timeAtH() <= release.deadline && nonceAtH(release.who) <= release.nonce;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Grants} from "./Grants.sol";
import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";

/// @notice An honest authority, late in all that it sees and does: it allots, releases, settles,
/// and changes its key. Its transactions get stuck, and blocks with them are undone.
abstract contract Authority is Grants {
    /// @dev A transaction that is on its way; they are mined in the order in which they were sent.
    struct Sent {
        Batch batch;
        uint256[] chosen; // the grant of each line
        uint40 validUntil;
    }

    bytes[] private _outbox;
    uint256 private _minedCount;
    uint256 private _batchCount;
    uint256 private _keyCount;
    mapping(uint256 who => uint32) private _lanes;

    constructor() {
        dollar.mint(owner, BOND);
        vm.prank(owner);
        dollar.approve(address(floodgate), BOND);
        vm.prank(owner);
        floodgate.depositBond(BOND);
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND);
        vm.warp(START + 2 * D);
        remember();
        remember();
    }

    function look(uint256 seed) external {
        startDraws(seed);
        remember();
    }

    function issue(uint256 seed) external {
        startDraws(seed);
        if (oneIn(2)) remember();
        for (uint256 i = draw(1, 4); i > 0; --i) _issueOne();
    }

    function release(uint256 seed) external {
        startDraws(seed);
        uint256 who = draw(0, PEOPLE - 1);
        uint256 free = freeBalance(who);
        if (free == 0) return;
        uint40 deadline = uint40(block.timestamp + draw(0, A));
        releases.push(Release(who, uint96(draw(1, free)), nonceAtH(who), deadline, currentSecret));
    }

    /// @notice All lanes of one session that the authority holds vouchers for, early or late, as
    /// vouchers or as a statement.
    function settleLanes(uint256 seed) external {
        startDraws(seed);
        if (grants.length == 0) return;
        Grant storage grant = grants[drawGrant()];
        (uint256 who, uint256 key) = (grant.who, grant.key);
        (uint256[] memory chosen, Line[] memory lines) = _ready(who, key);
        if (lines.length == 0) return;

        Batch memory batch = Batch(draw(1, 2), new Section[](1));
        batch.sections[0] = Section(who, keys[who][key], lines, "", 0);
        pack(batch.version, batch.sections[0], secrets[who][key]);
        _outbox.push(abi.encode(Sent(batch, chosen, _validUntil(chosen))));
        if (oneIn(2)) _mineAll();
    }

    /// @notice What was stuck is mined at last; or it is mined, and the block is undone.
    function mine(uint256 seed) external {
        startDraws(seed);
        uint256 state = vm.snapshotState();
        bool isUndone = oneIn(3);
        _mineAll();
        if (isUndone) vm.revertToState(state);
    }

    function rotateKey(uint256 seed) external {
        startDraws(seed);
        if (!oneIn(4)) return;
        address old = vm.addr(currentSecret);
        currentSecret = keyOf("rotated", _keyCount++);
        vm.prank(owner);
        floodgate.retireAllotter(old);
        vm.prank(owner);
        floodgate.setAllotter(vm.addr(currentSecret), BOND);
    }

    function wait(uint256 seed) external {
        startDraws(seed);
        vm.warp(block.timestamp + (oneIn(12) ? draw(1, D) : draw(1, A / 8)));
    }

    function _issueOne() private {
        (uint256 who, uint256 key) = (draw(0, PEOPLE - 1), draw(0, KEYS - 1));
        IFloodgate.Session memory session = sessionAtH(who, key);
        if (session.revoked || session.expiresAt <= timeAtH()) return;
        uint256 free = freeBalance(who);
        if (freeLimit(who, key) < free) free = freeLimit(who, key);
        if (free == 0) return;

        Grant storage grant = grants.push();
        (grant.who, grant.key, grant.to) = (who, key, (who + draw(1, PEOPLE - 1)) % PEOPLE);
        grant.lane = 250 + _lanes[who]++;
        grant.cap = uint96(oneIn(4) ? free : draw(1, 1 + free / 4));
        grant.expiresAt = session.expiresAt < timeAtH() + A ? session.expiresAt : timeAtH() + A;
        grant.allotterSecret = currentSecret;
    }

    function _mineAll() private {
        for (; _minedCount < _outbox.length; ++_minedCount) {
            Sent memory sent = abi.decode(_outbox[_minedCount], (Sent));
            if (block.timestamp <= sent.validUntil) _mine(sent);
            else _expire(sent);
        }
    }

    function _mine(Sent memory sent) private {
        Section memory section = sent.batch.sections[0];
        _batchCount++;
        bool isOver = _isOver(floodgate.sessionOf(people[section.who], section.sessionKey));
        for (uint256 i = 0; i < sent.chosen.length && !isOver; ++i) {
            _expectPayment(grants[sent.chosen[i]], section, i);
        }
        settle(bytesOf(sent.batch, sent.validUntil));
        bytes32 outcome = outcomeOf(sent.batch);
        assertEq(floodgate.outcomeHash(_batchCount), outcome, "an honest row fails only by a claim before it");
        keep(_batchCount, sent.batch);
    }

    /// @dev Too late: the contract refuses it. Lanes that are still reserved go into another batch.
    function _expire(Sent memory sent) private {
        bytes memory packed = bytesOf(sent.batch, sent.validUntil);
        vm.expectRevert(
            abi.encodeWithSelector(IFloodgate.BatchExpired.selector, block.timestamp, uint256(sent.validUntil))
        );
        settle(packed);
        for (uint256 i = 0; i < sent.chosen.length; ++i) grants[sent.chosen[i]].isSent = false;
    }

    /// @dev The last second in which all of these lanes are reserved.
    function _validUntil(uint256[] memory chosen) private view returns (uint40 validUntil) {
        validUntil = type(uint40).max;
        for (uint256 i = 0; i < chosen.length; ++i) {
            uint40 last = grants[chosen[i]].expiresAt + CW - 1;
            if (last < validUntil) validUntil = last;
        }
    }

    /// @dev The authority never settles a lane whose reservation is over: its money may be promised
    /// anew.
    function _ready(uint256 who, uint256 key) private returns (uint256[] memory chosen, Line[] memory lines) {
        uint256 count = 0;
        chosen = new uint256[](grants.length);
        lines = new Line[](grants.length);
        for (uint256 i = 0; i < grants.length && count < 255; ++i) {
            Grant storage grant = grants[i];
            if (grant.who != who || grant.key != key || grant.isSent || !isLive(grant)) continue;
            // Some payees push their newest voucher just now, some have pushed an old one, some
            // none.
            if (oneIn(2)) grant.held = uint96(draw(grant.held, grant.cap));
            if (grant.held == 0 || _isOver(floodgate.sessionOf(people[who], keys[who][key]))) continue;
            grant.isSent = true;
            chosen[count] = i;
            lines[count++] = Line(grant.to + 1, grant.lane, grant.held, true);
        }
        assembly ("memory-safe") {
            mstore(chosen, count)
            mstore(lines, count)
        }
    }

    /// @dev Batches pay nothing more on a revoked session after its end: T leaves that to claims.
    function _isOver(IFloodgate.Session memory session) private view returns (bool) {
        return session.revoked && block.timestamp > session.expiresAt;
    }

    /// @dev A row on a lane that a claim has used is STALE; every other row of an honest T pays.
    function _expectPayment(Grant storage grant, Section memory section, uint256 index) private {
        if (grant.isUsed) return;
        section.paidRows |= 1 << index;
        (grant.isUsed, grant.batch, grant.section) = (true, _batchCount, 0);
        grant.paid = uint96(section.lines[index].amount);
    }
}

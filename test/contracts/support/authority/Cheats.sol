// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Grants} from "./Grants.sol";
import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";

/// @notice Payers, payees and relayers who do whatever may pay them or hurt others.
abstract contract Cheats is Grants {
    struct SignedVoucher {
        uint256 grant;
        uint96 amount;
        bytes signature;
    }

    SignedVoucher[] internal vouchers;

    error Rehearsed();

    constructor() {
        for (uint256 who = 0; who < PEOPLE; ++who) {
            fund(people[who], 1e6);
            authorize(people[who], keys[who][0], NO_LIMIT, START + 3650 days);
            for (uint256 key = 1; key < KEYS; ++key) authorize(people[who], keys[who][key], 3e5, START + 4 * D);
        }
    }

    function deposit(uint256 seed) external {
        startDraws(seed);
        fund(people[draw(0, PEOPLE - 1)], uint96(draw(1, 5e5)));
    }

    /// @notice A voucher of any amount; the authority is shown it, or only the payee.
    function sign(uint256 seed) external {
        startDraws(seed);
        if (grants.length == 0) return;
        for (uint256 i = draw(1, 5); i > 0; --i) _signOne(drawGrant());
    }

    /// @notice Someone signs for another's lane; nobody is paid by that.
    function forge(uint256 seed) external {
        startDraws(seed);
        if (grants.length == 0) return;
        Grant storage grant = grants[draw(0, grants.length - 1)];
        bytes memory forged = _sign(grant, secrets[grant.to][grant.key], grant.cap);
        assertEq(_tryClaim(grant, grant.cap, forged), false, "forged");
    }

    function requestWithdrawal(uint256 seed) external {
        startDraws(seed);
        address account = people[draw(0, PEOPLE - 1)];
        uint96 balance = floodgate.accountOf(account).balance;
        uint96 amount = oneIn(6) ? balance : uint96(draw(0, balance / 2));
        vm.prank(account);
        floodgate.requestWithdrawal(amount);
    }

    function withdraw(uint256 seed) external {
        startDraws(seed);
        address account = people[draw(0, PEOPLE - 1)];
        IFloodgate.Account memory state = floodgate.accountOf(account);
        if (state.withdrawing == 0) return;
        // Whoever can get out waits for the first second in which it can.
        if (oneIn(6) && block.timestamp < state.withdrawableAt) vm.warp(state.withdrawableAt);
        tryAs(account, abi.encodeCall(IFloodgate.withdraw, (stranger)));
    }

    /// @notice Uses any release that the authority has ever signed.
    function withdrawNow(uint256 seed) external {
        startDraws(seed);
        if (releases.length == 0) return;
        Release storage release_ = releases[oneIn(2) ? releases.length - 1 : draw(0, releases.length - 1)];
        address account = people[release_.who];
        bytes32 digest = releaseDigest(account, stranger, release_.amount, release_.nonce, release_.deadline);
        bytes memory signature = signCompact(release_.allotterSecret, digest);
        bytes memory data = abi.encodeCall(
            IFloodgate.withdrawNow,
            (stranger, release_.amount, release_.deadline, signature)
        );
        tryAs(account, data);
    }

    function changeSession(uint256 seed) external {
        startDraws(seed);
        uint256 who = draw(0, PEOPLE - 1);
        address key = keys[who][draw(1, KEYS - 1)];
        if (oneIn(4)) {
            tryAs(people[who], abi.encodeCall(IFloodgate.revokeSession, (key)));
            return;
        }
        uint40 expiresAt = uint40(block.timestamp + draw(0, 2 * D));
        uint96 limit = oneIn(4) ? NO_LIMIT : uint96(draw(0, 1e6));
        tryAs(people[who], abi.encodeCall(IFloodgate.authorizeSession, (key, limit, expiresAt)));
    }

    /// @notice Anyone relays any vouchers that were ever signed: old or new, before or after the
    /// authority, once or again.
    function claimVouchers(uint256 seed) external {
        startDraws(seed);
        if (vouchers.length == 0) return;
        for (uint256 i = draw(1, 3); i > 0; --i) _claimOne();
    }

    /// @notice All payees present vouchers over their whole caps at once, in any order: each is
    /// paid, by its payer.
    function claimEverything(uint256 seed) external {
        try this.rehearse(seed) {
            revert("a rehearsal undoes itself");
        } catch (bytes memory reason) {
            if (bytes4(reason) == Rehearsed.selector) return;
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }

    function rehearse(uint256 seed) external {
        startDraws(seed);
        uint256 first = grants.length == 0 ? 0 : draw(0, grants.length - 1);
        for (uint256 i = 0; i < grants.length; ++i) {
            Grant storage grant = grants[(first + i) % grants.length];
            if (!isLive(grant)) continue;
            claimInFull(grant, grant.cap, _sign(grant, secrets[grant.who][grant.key], grant.cap));
        }
        assertEq(floodgate.bond().amount, BOND, "the bond pays nothing");
        revert Rehearsed();
    }

    /// @notice In time the claim leaves its payee with min(amount, cap) of the lane; too late it
    /// fails.
    function claimInFull(Grant storage grant, uint96 amount, bytes memory signature) internal {
        assertEq(_tryClaim(grant, amount, signature), isLive(grant), "claims in time, and only those");
        if (!isLive(grant)) return;
        uint96 owed = amount < grant.cap ? amount : grant.cap;
        if (owed <= grant.paid) return;
        (grant.paid, grant.isUsed) = (owed, true);
        (uint96 paid, ) = floodgate.paid(people[grant.who], grant.lane, people[grant.to]);
        assertEq(paid, owed, "paid in full");
    }

    function _signOne(uint256 index) private {
        Grant storage grant = grants[index];
        uint96 amount = uint96(draw(0, uint256(grant.cap) + grant.cap / 2));
        vouchers.push(SignedVoucher(index, amount, _sign(grant, secrets[grant.who][grant.key], amount)));
        if (!oneIn(4) && amount <= grant.cap && amount > grant.held && !grant.isSent) grant.held = amount;
    }

    function _claimOne() private {
        SignedVoucher storage voucher = vouchers[draw(0, vouchers.length - 1)];
        uint256 low = vouchers.length > RECENT ? vouchers.length - RECENT : 0;
        for (uint256 i = 0; i < 8 && !isLive(grants[voucher.grant]); ++i) {
            voucher = vouchers[draw(low, vouchers.length - 1)];
        }
        claimInFull(grants[voucher.grant], voucher.amount, voucher.signature);
    }

    function _tryClaim(Grant storage grant, uint96 amount, bytes memory signature) private returns (bool isDone) {
        IFloodgate.Allotment memory allotment = allotmentOf(grant);
        bytes memory byAllotter = signCompact(grant.allotterSecret, allotmentDigest(allotment));
        IFloodgate.Evidence memory evidence;
        if (grant.batch > 0) evidence = evidenceOf(grant.batch, grant.section);
        // Without a batch no evidence is needed, and what is not needed is not looked at.
        try floodgate.claimWithEvidence(allotment, byAllotter, amount, signature, evidence) {
            return true;
        } catch {
            return false;
        }
    }

    function _sign(Grant storage grant, uint256 secret, uint96 amount) private view returns (bytes memory) {
        return signVoucher(secret, people[grant.who], people[grant.to], grant.lane, amount);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Model} from "./Model.sol";

/// @notice Claims on lanes that are open, were claimed by others or settled in batches, with good
/// and bad papers.
abstract contract Claims is Model {
    /// @dev What `claimWithEvidence` takes, in its order.
    struct Papers {
        IFloodgate.Allotment allotment;
        bytes byAllotter;
        uint96 amount;
        bytes bySession;
        IFloodgate.Evidence evidence;
    }

    /// @dev What is known of them.
    struct Truth {
        address allotter;
        bool isAllotted; // the allotment, by anybody
        bool isSigned; // the voucher, by the allotment's key
        bool hasEvidence;
        bool isProven; // by the evidence
    }

    function claimLane(uint256 seed) external action(seed) {
        (Papers memory papers, Truth memory truth) = _drawPapers();
        _drawEvidence(papers, truth);
        bool isGood = _isGood(papers.allotment, truth);
        (uint256 fromPayer, uint256 fromBond) = _expected(papers, truth.allotter);
        bytes memory data = truth.hasEvidence ? _withEvidence(papers) : _plain(papers);
        if (!_send(data, isGood, fromPayer + fromBond)) return;
        if (fromPayer + fromBond > 0) _pay(papers.allotment, truth.allotter, fromPayer, fromBond);
    }

    /// @dev Alone, in a `multicall`, or by `claimMany`, which skips what does not hold.
    function _send(bytes memory data, bool isGood, uint256 due) private returns (bool isDone) {
        uint256 way = draw(1, 4);
        bytes[] memory calls = new bytes[](1);
        calls[0] = data;
        if (way == 1) data = inMulticall(data);
        if (way == 2) data = abi.encodeCall(IFloodgate.claimMany, (calls));
        bytes memory result;
        vm.prank(stranger);
        (isDone, result) = address(floodgate).call(data);
        assertEq(isDone, isGood || way == 2, "claim");
        if (way == 1 && isDone) result = abi.decode(result, (bytes[]))[0];
        if (isDone) assertEq(abi.decode(result, (uint96)), isGood ? due : 0, "paid now");
        return isGood;
    }

    function _drawPapers() private returns (Papers memory papers, Truth memory truth) {
        uint256 who = draw(0, PEOPLE - 1);
        uint256 key = draw(0, KEYS - 1);
        uint256 by = draw(0, ALLOTTERS - 1);
        address to = payeeAt(draw(1, PAYEES - 1));
        if (oneIn(20)) to = oneIn(2) ? address(0) : address(floodgate);
        truth.allotter = allotters[by];
        papers.allotment = allotmentOn(uint32(FIRST_LANE + draw(0, LANES - 1)), _drawMany(3e5));
        (papers.allotment.payer, papers.allotment.payee) = (people[who], to);
        papers.allotment.sessionKey = keys[who][key];
        papers.allotment.expiresAt = uint40(block.timestamp - CW + draw(0, D + 10));
        papers.byAllotter = signCompact(allotterSecrets[by], allotmentDigest(papers.allotment));
        papers.amount = _drawMany(4e5);
        truth.isAllotted = !oneIn(16);
        if (!truth.isAllotted) papers.byAllotter = nobodysSignature();
        truth.isSigned = !oneIn(8);
        uint256 secret = secrets[truth.isSigned ? who : (who + 1) % PEOPLE][key];
        papers.bySession = signVoucher(secret, people[who], to, papers.allotment.lane, papers.amount);
        if (truth.isSigned && truth.isAllotted) _remember(papers);
        else if (!truth.isSigned && oneIn(2)) papers.bySession = nobodysSignature();
    }

    function _drawMany(uint256 usual) private returns (uint96) {
        return oneIn(12) ? type(uint96).max - uint96(draw(0, 1)) : uint96(draw(0, usual));
    }

    function _remember(Papers memory papers) private {
        IFloodgate.Allotment memory a = papers.allotment;
        Pledge storage pledge = pledges[a.payer][a.lane][a.payee];
        if (papers.amount > pledge.signed) pledge.signed = papers.amount;
        if (a.cap > pledge.cap) pledge.cap = a.cap;
    }

    /// @dev One time in four it is about something else than what has used up the lane.
    function _drawEvidence(Papers memory papers, Truth memory truth) private {
        Lane memory lane = lanes[papers.allotment.payer][papers.allotment.lane];
        if (!lane.isUsed || oneIn(4)) return;
        truth.hasEvidence = true;
        truth.isProven = true;
        papers.evidence.claimant = lane.claimant;
        if (lane.claimant == address(0)) papers.evidence = evidenceOf(lane.batch, lane.section);
        if (!oneIn(4)) return;
        truth.isProven = false;
        if (lane.claimant == address(0)) papers.evidence.batch += 1;
        else papers.evidence.claimant = owner;
    }

    function _isGood(IFloodgate.Allotment memory a, Truth memory truth) private view returns (bool) {
        Signer memory signer = signers[truth.allotter];
        uint256 lastSignedAt = signer.isCurrent ? block.timestamp : signer.retiredAt;
        if (lastSignedAt == 0 || a.expiresAt > lastSignedAt + A) return false;
        if (block.timestamp >= uint256(a.expiresAt) + CW) return false;
        if (a.payee == address(0) || a.payee == address(floodgate) || a.payee == a.payer) return false;
        if (!truth.isSigned || !truth.isAllotted) return false;
        bool isKnown = pledges[a.payer][a.lane][a.payee].claimed > 0 || !lanes[a.payer][a.lane].isUsed;
        return isKnown || truth.isProven;
    }

    function _expected(
        Papers memory papers,
        address by
    ) private view returns (uint256 fromPayer, uint256 fromBond) {
        IFloodgate.Allotment memory a = papers.allotment;
        uint256 due = papers.amount < a.cap ? papers.amount : a.cap;
        uint256 paid = pledges[a.payer][a.lane][a.payee].paid;
        due = due > paid ? due - paid : 0;
        Spending storage spending = spendings[a.payer][a.sessionKey];
        if (paysClaim(spending, a.expiresAt)) fromPayer = _min(due, room(a.payer, spending));
        Signer storage signer = signers[by];
        fromBond = _min(due - fromPayer, _min(bond.balance, budgetOf(signer) - signer.spent));
    }

    function _pay(IFloodgate.Allotment memory a, address by, uint256 fromPayer, uint256 fromBond) private {
        debit(entries[a.payer], fromPayer);
        debitBond(fromBond);
        signers[by].spent += fromBond;
        credit(a.payee, fromPayer + fromBond);
        Pledge storage pledge = pay(a.payer, a.lane, a.payee, fromPayer + fromBond);
        pledge.claimed += fromPayer + fromBond;
        Lane storage lane = lanes[a.payer][a.lane];
        if (!lane.isUsed) (lane.isUsed, lane.claimant) = (true, a.payee);
        (uint96 recorded, bool hasClosedLane) = floodgate.paid(a.payer, a.lane, a.payee);
        assertEq(recorded, pledge.paid, "record");
        assertEq(hasClosedLane, lane.claimant == a.payee, "closed by");
    }

    function _plain(Papers memory p) private pure returns (bytes memory) {
        return abi.encodeCall(IFloodgate.claim, (p.allotment, p.byAllotter, p.amount, p.bySession));
    }

    function _withEvidence(Papers memory p) private pure returns (bytes memory) {
        return
            abi.encodeCall(
                IFloodgate.claimWithEvidence,
                (p.allotment, p.byAllotter, p.amount, p.bySession, p.evidence)
            );
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batches} from "./support/invariant/Batches.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

/// @notice While deposits cover everything, no order and no repetition changes how much anyone has
/// in the end.
contract InvariantOrderTest is Batches {
    uint96 private constant DEPOSIT = 1e9;
    uint256 private constant LANES = 2;
    uint256 private constant VOUCHERS = 3;

    /// @dev A section of a batch, or the claim of a payee.
    struct UsedBy {
        address claimant;
        uint256 batch;
        uint256 section;
    }

    uint256 private _batchCount;
    /// @dev What each lane owes, and what has used it up.
    mapping(uint256 who => mapping(uint256 lane => Line)) private _lines;
    mapping(uint256 who => mapping(uint256 lane => UsedBy)) private _usedBy;
    mapping(uint256 who => mapping(uint256 lane => bool)) private _isUsed;
    /// @dev Greatest voucher that a lane's second payee has claimed.
    mapping(uint256 who => mapping(uint256 lane => uint256)) private _second;

    function setUp() public override {
        super.setUp();
        for (uint256 who = 0; who < PEOPLE; ++who) {
            fund(people[who], DEPOSIT);
            authorize(people[who], keys[who][0], NO_LIMIT, START + 1 hours);
        }
    }

    function testFuzz_AnyOrderAndRepetitionOfRowsAndBatchesEndsInTheSameBalances(uint256 seed) public {
        startDraws(seed);
        uint256 feeBps = draw(0, 1_000);
        setFeeNow(uint16(feeBps));
        uint256[] memory expected = _drawLines(feeBps);

        for (uint256 i = 0; i < 2; ++i) _settleSome(false, VOUCHERS);
        _settleSome(true, VOUCHERS);

        for (uint256 who = 0; who < PEOPLE; ++who) assertEq(balanceOf(people[who]), expected[who], "person");
        assertEq(balanceOf(feeRecipient), expected[PEOPLE], "fees");
    }

    function testFuzz_AnyOrderOfBatchesAndClaimsPaysEachPayeeItsGreatestVoucher(uint256 seed) public {
        startDraws(seed);
        uint256[] memory expected = _drawLines(0);

        for (uint256 i = 0; i < 8; ++i) {
            (uint256 who, uint256 lane, uint256 voucher) = (draw(0, PEOPLE - 1), draw(1, LANES), draw(1, VOUCHERS));
            if (oneIn(4)) _settleSome(false, voucher);
            else if (oneIn(2)) _claim(who, lane, voucher);
            else _claimSecond(who, lane, voucher, expected);
        }
        for (uint256 who = 0; who < PEOPLE; ++who) {
            for (uint256 lane = 1; lane <= LANES; ++lane) _claim(who, lane, VOUCHERS);
        }

        for (uint256 who = 0; who < PEOPLE; ++who) assertEq(balanceOf(people[who]), expected[who], "person");
    }

    /// @notice Draws what is owed on each lane, and tells what everybody and the fee recipient have
    /// in the end.
    function _drawLines(uint256 feeBps) private returns (uint256[] memory expected) {
        expected = new uint256[](PEOPLE + 1);
        for (uint256 who = 0; who < PEOPLE; ++who) expected[who] += DEPOSIT;
        for (uint256 who = 0; who < PEOPLE; ++who) {
            for (uint256 lane = 1; lane <= LANES; ++lane) {
                uint256 payee_ = (who + draw(1, PEOPLE - 1)) % PEOPLE;
                uint256 amount = VOUCHERS * draw(1, 1e7);
                uint256 fee = (amount * feeBps) / 10_000;
                _lines[who][lane] = Line(payee_ + 1, lane, amount, true);
                expected[who] -= amount;
                expected[payee_] += amount - fee;
                expected[PEOPLE] += fee;
            }
        }
    }

    /// @notice A batch of some lanes of some people, or of all; each section has its payer's lanes
    /// in a part or whole.
    function _settleSome(bool isAll, uint256 voucher) private {
        Batch memory batch = Batch(draw(1, 2), new Section[](isAll ? PEOPLE : draw(1, PEOPLE + 2)));
        (uint256 first, uint256 stride) = (draw(0, PEOPLE - 1), oneIn(2) ? 1 : PEOPLE - 1);
        for (uint256 i = 0; i < batch.sections.length; ++i) {
            uint256 who = (first + i * stride) % PEOPLE;
            uint256 chosen = isAll ? (1 << LANES) - 1 : draw(1, (1 << LANES) - 1);
            batch.sections[i] = _section(batch.version, who, chosen, voucher);
        }
        settle(bytesOf(batch));
        _keepEvidence(batch);
    }

    function _section(
        uint256 version,
        uint256 who,
        uint256 chosen,
        uint256 voucher
    ) private view returns (Section memory section) {
        (section.who, section.sessionKey) = (who, keys[who][0]);
        section.lines = new Line[](LANES);
        uint256 count = 0;
        for (uint256 lane = 1; lane <= LANES; ++lane) {
            if ((chosen >> (lane - 1)) & 1 == 0) continue;
            Line memory line = _lines[who][lane];
            line.amount = _amountOf(line, voucher);
            section.lines[count++] = line;
        }
        _shorten(section.lines, count);
        pack(version, section, secrets[who][0]);
    }

    /// @dev A row pays when it is the first on its lane.
    function _keepEvidence(Batch memory batch) private {
        _batchCount++;
        for (uint256 i = 0; i < batch.sections.length; ++i) {
            Section memory section = batch.sections[i];
            for (uint256 j = 0; j < section.lines.length; ++j) {
                uint256 lane = section.lines[j].lane;
                if (_isUsed[section.who][lane]) continue;
                _isUsed[section.who][lane] = true;
                section.paidRows |= 1 << j;
                _usedBy[section.who][lane].batch = _batchCount;
                _usedBy[section.who][lane].section = i;
            }
        }
        assertEq(floodgate.outcomeHash(_batchCount), outcomeOf(batch), "outcome");
        keep(_batchCount, batch);
    }

    function _claim(uint256 who, uint256 lane, uint256 voucher) private {
        Line memory line = _lines[who][lane];
        _claimFor(who, lane, payeeAt(line.payeeIndex), _amountOf(line, voucher));
    }

    /// @notice The lane was given away twice: its second payee is owed as much as the first.
    function _claimSecond(uint256 who, uint256 lane, uint256 voucher, uint256[] memory expected) private {
        Line memory line = _lines[who][lane];
        uint256 second = line.payeeIndex % PEOPLE;
        if (second == who) second = (second + 1) % PEOPLE;
        uint256 amount = _amountOf(line, voucher);
        _claimFor(who, lane, people[second], amount);
        uint256 before = _second[who][lane];
        if (amount <= before) return;
        _second[who][lane] = amount;
        expected[who] -= amount - before;
        expected[second] += amount - before;
    }

    function _claimFor(uint256 who, uint256 lane, address to, uint256 amount) private {
        IFloodgate.Allotment memory allotment = allotmentOn(uint32(lane), uint96(amount));
        (allotment.payer, allotment.payee, allotment.sessionKey) = (people[who], to, keys[who][0]);
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucher(secrets[who][0], people[who], to, lane, amount);
        UsedBy memory usedBy = _usedBy[who][lane];
        IFloodgate.Evidence memory evidence;
        evidence.claimant = usedBy.claimant;
        if (usedBy.batch > 0) evidence = evidenceOf(usedBy.batch, usedBy.section);
        floodgate.claimWithEvidence(allotment, byAllotter, uint96(amount), bySession, evidence);
        if (_isUsed[who][lane]) return;
        _isUsed[who][lane] = true;
        _usedBy[who][lane].claimant = to;
    }

    function _amountOf(Line memory line, uint256 voucher) private pure returns (uint256) {
        return (line.amount / VOUCHERS) * voucher;
    }

    function _shorten(Line[] memory lines, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(lines, length)
        }
    }
}

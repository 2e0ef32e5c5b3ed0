// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {Model} from "./Model.sol";
import {Vm} from "../Vm.sol";

/// @notice Batches of vouchers and statements, with good and bad rows, once and again.
abstract contract Settlements is Model {
    /// @dev What a batch should do, while it is worked out row by row.
    struct Run {
        uint256 number;
        uint256 row;
        bytes skips;
        uint256 feeBps;
        uint256 fee;
        uint256[] credits;
    }

    uint256 internal batchCount;

    function settleBatch(uint256 seed) external action(seed) {
        Batch memory batch = Batch(draw(1, 2), new Section[](draw(1, 2)));
        for (uint256 i = 0; i < batch.sections.length; ++i) batch.sections[i] = _drawSection(batch.version);
        _send(batch);
    }

    /// @notice An old batch once more, its sections in reverse order.
    function settleAgain(uint256 seed) external action(seed) {
        if (batchCount == 0) return;
        Batch memory old = batchAt(draw(1, batchCount));
        Batch memory batch = Batch(old.version, new Section[](old.sections.length));
        for (uint256 i = 0; i < old.sections.length; ++i) {
            batch.sections[i] = old.sections[old.sections.length - 1 - i];
        }
        _send(batch);
    }

    /// @notice Batches of this block pay this, basis points.
    function currentFee() internal view virtual returns (uint256);

    function _drawSection(uint256 version) private returns (Section memory section) {
        section.who = draw(0, PEOPLE - 1);
        uint256 keyOwner = oneIn(10) ? draw(0, PEOPLE - 1) : section.who;
        uint256 key = draw(0, KEYS - 1);
        section.sessionKey = keys[keyOwner][key];
        section.lines = new Line[](draw(1, 4));
        uint256 lane = FIRST_LANE + draw(0, LANES / 2);
        bool isSigned = !oneIn(8);
        for (uint256 i = 0; i < section.lines.length; ++i) {
            uint256 amount = _drawAmount(section);
            section.lines[i] = Line(draw(0, PAYEES - 1), lane, amount, version == 2 ? isSigned : !oneIn(8));
            lane += draw(1, 2);
        }
        pack(version, section, secrets[keyOwner][key]);
        _remember(section);
    }

    /// @dev Mostly small; else nothing, too much, what is left and one more, or all there can be.
    function _drawAmount(Section memory section) private returns (uint256 amount) {
        address from = people[section.who];
        if (oneIn(12)) return _min96(room(from, spendings[from][section.sessionKey]) + draw(0, 1));
        if (oneIn(24)) return type(uint96).max;
        return oneIn(8) ? draw(0, 1) * draw(1e6, 1e7) : draw(1, 2e5);
    }

    function _min96(uint256 amount) private pure returns (uint256) {
        return amount > type(uint96).max ? type(uint96).max : amount;
    }

    function _remember(Section memory section) private {
        for (uint256 i = 0; i < section.lines.length; ++i) {
            Line memory line = section.lines[i];
            if (!line.isSigned) continue;
            Pledge storage pledge = pledges[people[section.who]][line.lane][payeeAt(line.payeeIndex)];
            if (line.amount > pledge.signed) pledge.signed = line.amount;
        }
    }

    function _send(Batch memory batch) private {
        bytes memory packed = bytesOf(batch);
        Run memory run = Run(++batchCount, 0, "", currentFee(), 0, new uint256[](PAYEES));
        for (uint256 i = 0; i < batch.sections.length; ++i) _expectSection(run, batch.sections[i], i);
        for (uint256 i = 0; i < PAYEES; ++i) credit(payeeAt(i), run.credits[i]);
        credit(feeTaker, run.fee);

        vm.recordLogs();
        // With too little gas nothing happens, or all of it: no row is skipped for that.
        if (!oneIn(6) || !_settleWith(draw(50_000, 400_000), packed)) settle(packed);
        assertEq(keccak256(_skipsTold()), keccak256(run.skips), "skipped rows and reasons");
        assertEq(floodgate.batchCount(), run.number, "number");
        assertEq(floodgate.outcomeHash(run.number), outcomeOf(batch), "outcome");
        keep(run.number, batch);
    }

    function _expectSection(Run memory run, Section memory section, uint256 index) private {
        section.paidRows = 0;
        for (uint256 i = 0; i < section.lines.length; ++i) {
            (bool isPaid, IFloodgate.SkipReason reason) = _judge(section, section.lines[i]);
            if (isPaid) {
                section.paidRows |= 1 << i;
                _expectPayment(run, section, section.lines[i], index);
            } else {
                run.skips = abi.encodePacked(run.skips, uint32(run.row), uint8(reason));
            }
            run.row++;
        }
    }

    function _judge(
        Section memory section,
        Line memory line
    ) private view returns (bool isPaid, IFloodgate.SkipReason reason) {
        address from = people[section.who];
        address to = payeeAt(line.payeeIndex);
        Spending storage spending = spendings[from][section.sessionKey];
        if (to == from) return (false, IFloodgate.SkipReason.PAYEE);
        if (line.amount == 0 || lanes[from][line.lane].isUsed) return (false, IFloodgate.SkipReason.STALE);
        if (!isSettleable(spending)) return (false, IFloodgate.SkipReason.SESSION);
        if (line.amount > room(from, spending)) return (false, IFloodgate.SkipReason.UNCOVERED);
        return (line.isSigned, IFloodgate.SkipReason.SIGNATURE);
    }

    function _expectPayment(Run memory run, Section memory section, Line memory line, uint256 index) private {
        address from = people[section.who];
        debit(entries[from], line.amount);
        lanes[from][line.lane] = Lane(true, run.number, index, address(0));
        pay(from, line.lane, payeeAt(line.payeeIndex), line.amount);
        uint256 fee = (line.amount * run.feeBps) / 10_000;
        run.fee += fee;
        run.credits[line.payeeIndex] += line.amount - fee;
    }

    function _settleWith(uint256 gasLimit, bytes memory packed) private returns (bool isDone) {
        vm.prank(operator, operator);
        (isDone, ) = address(floodgate).call{gas: gasLimit}(abi.encodeCall(IFloodgate.settle, (packed)));
    }

    function _skipsTold() private returns (bytes memory told) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IFloodgate.RowsSkipped.selector) told = abi.decode(logs[i].data, (bytes));
        }
    }
}

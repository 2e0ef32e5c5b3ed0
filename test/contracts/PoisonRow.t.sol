// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice One bad row of each kind, at each place of a batch: it is skipped with its reason, all
/// others are paid.
/// @dev A batch is three groups of three rows: of the payer, of a second one, and of the payer's
/// second session. Row i pays lane i. The payee table is: nobody, the second payer, three payees,
/// the payer.
contract PoisonRowTest is SettlementTest {
    uint256 private constant ROWS = 9;
    uint256 private constant NOBODY = 0;
    uint256 private constant SECOND = 1;
    uint256 private constant PAYER = 5;
    uint256 private constant FUNDS = 1_000;

    uint256 private immutable _secondSecret = keyOf("second session");
    uint256 private immutable _deviceSecret = keyOf("second device");

    address[] private _payees;
    address private _second;

    /// @dev The rows of the batch that a test builds.
    Lane[] private _lanes;
    /// @dev Group whose session key nobody has authorized; 3 for none.
    uint256 private _deadGroup;

    function setUp() public override {
        super.setUp();
        _second = address(uint160(0x1000));
        address[6] memory payees = [address(0xFFF), _second, payeeNumber(0), payeeNumber(1), payeeNumber(2), payer];
        for (uint256 i = 0; i < 6; ++i) _payees.push(payees[i]);
        openPayer(uint96(FUNDS));
        authorize(payer, vm.addr(_deviceSecret), NO_LIMIT, START + 1 hours);
        fund(_second, uint96(FUNDS));
        authorize(_second, vm.addr(_secondSecret), NO_LIMIT, START + 1 hours);
    }

    function test_ThePayeesAscend() public view {
        for (uint256 i = 1; i < 6; ++i) assertEq(_payees[i - 1] < _payees[i], true, "payees");
    }

    function test_WithoutPoisonAllArePaid() public {
        _fill();
        _settleAndCheck(_vouchers(ROWS), ROWS, IFloodgate.SkipReason.PAYEE);
        _fill();
        for (uint256 i = 0; i < ROWS; ++i) _lanes[i].lane += 100;
        _settleAndCheck(_statements(), ROWS, IFloodgate.SkipReason.PAYEE);
    }

    function test_Payee_ThePayerItself() public {
        _eachIndex(IFloodgate.SkipReason.PAYEE, 1);
    }

    function test_Stale_NoAmount() public {
        _eachIndex(IFloodgate.SkipReason.STALE, 2);
    }

    function test_Stale_ALaneThatWasSettled() public {
        _eachIndex(IFloodgate.SkipReason.STALE, 3);
    }

    function test_Stale_ALaneThatWasClaimed() public {
        _eachIndex(IFloodgate.SkipReason.STALE, 4);
    }

    function test_Uncovered_MoreThanTheBalance() public {
        _eachIndex(IFloodgate.SkipReason.UNCOVERED, 5);
    }

    function test_Uncovered_TheGreatestNumber() public {
        _eachIndex(IFloodgate.SkipReason.UNCOVERED, 6);
    }

    /// @dev A statement's signature is of all its rows: those tests are in StatementSignature.
    function test_Signature_OfAThief() public {
        for (uint256 i = 0; i < ROWS; ++i) {
            uint256 state = vm.snapshotState();
            _fill();
            _settleAndCheck(_vouchers(i), i, IFloodgate.SkipReason.SIGNATURE);
            vm.revertToState(state);
        }
    }

    /// @dev A session is of a whole group: exactly its rows are skipped, and those of the others
    /// paid.
    function test_Session_OfOneGroup() public {
        for (uint256 group_ = 0; group_ < 3; ++group_) {
            for (uint256 kind = 0; kind < 2; ++kind) {
                uint256 state = vm.snapshotState();
                _fill();
                _deadGroup = group_;
                bytes memory batch = kind == 0 ? _vouchers(ROWS) : _statements();
                for (uint256 i = 0; i < 3; ++i) expectSkipped(3 * group_ + i, IFloodgate.SkipReason.SESSION);
                (uint256 skipped, , ) = settleAndSee(batch);
                assertEq(skipped, 3, "skipped");
                assertEq(balanceOf(payer) + balanceOf(_second), 2 * FUNDS - 60, "the other six are paid");
                vm.revertToState(state);
            }
        }
    }

    function _eachIndex(IFloodgate.SkipReason reason, uint256 poison) private {
        for (uint256 i = 0; i < ROWS; ++i) {
            for (uint256 kind = 0; kind < 2; ++kind) {
                uint256 state = vm.snapshotState();
                _fill();
                _poison(i, poison);
                _settleAndCheck(kind == 0 ? _vouchers(ROWS) : _statements(), i, reason);
                vm.revertToState(state);
            }
        }
    }

    /// @dev Nine good rows of 10 base units each.
    function _fill() private {
        _deadGroup = 3;
        delete _lanes;
        for (uint256 i = 0; i < ROWS; ++i) _lanes.push(Lane(2 + (i % 3), i, 10));
    }

    function _poison(uint256 index, uint256 poison) private {
        bool isSecond = index / 3 == 1;
        if (poison == 1) _lanes[index].payeeIndex = isSecond ? SECOND : PAYER;
        if (poison == 2) _lanes[index].amount = 0;
        if (poison == 3) _settleAlone(isSecond, index);
        if (poison == 4) _claimAlone(isSecond, index);
        if (poison == 5) _lanes[index].amount = FUNDS + 1;
        if (poison == 6) _lanes[index].amount = type(uint96).max;
    }

    function _settleAlone(bool isSecond, uint256 lane) private {
        (address from, uint256 secret) = isSecond ? (_second, _secondSecret) : (payer, sessionSecret);
        bytes memory rows = group(from, vm.addr(secret), rowOf(from, secret, 7, lane, 1));
        settle(abi.encodePacked(header(payeeTable(8)), rows));
    }

    function _claimAlone(bool isSecond, uint256 lane) private {
        (address from, uint256 secret) = isSecond ? (_second, _secondSecret) : (payer, sessionSecret);
        IFloodgate.Allotment memory allotment = allotmentOn(uint32(lane), 1);
        (allotment.payer, allotment.payee, allotment.sessionKey) = (from, payeeNumber(7), vm.addr(secret));
        bytes memory bySession = signVoucher(secret, from, payeeNumber(7), lane, 1);
        floodgate.claim(allotment, signAllotment(allotment), 1, bySession);
    }

    /// @dev The row at `poisoned` (none if the batch is shorter) is skipped, and each other one
    /// pays 10 to its payee.
    function _settleAndCheck(bytes memory batch, uint256 poisoned, IFloodgate.SkipReason reason) private {
        uint256[6] memory before;
        for (uint256 i = 0; i < 6; ++i) before[i] = balanceOf(_payees[i]);

        (uint256 skipped, uint256 row_, IFloodgate.SkipReason why) = settleAndSee(batch);

        uint256[2] memory debits;
        uint256[6] memory credits;
        for (uint256 i = 0; i < ROWS; ++i) {
            if (i == poisoned) continue;
            credits[_lanes[i].payeeIndex] += 10;
            debits[i / 3 == 1 ? 1 : 0] += 10;
        }
        assertEq(skipped, poisoned < ROWS ? 1 : 0, "skipped");
        if (poisoned < ROWS) {
            assertEq(row_, poisoned, "row");
            assertEq(uint256(why), uint256(reason), "reason");
        }
        for (uint256 i = 2; i < PAYER; ++i) assertEq(balanceOf(_payees[i]), before[i] + credits[i], "payee");
        assertEq(balanceOf(payer), before[PAYER] - debits[0], "payer");
        assertEq(balanceOf(_second), before[SECOND] - debits[1], "second payer");
        assertEq(balanceOf(_payees[0]), 0, "nobody's payee");
    }

    function _vouchers(uint256 thiefs) private view returns (bytes memory batch) {
        batch = header(_payees);
        for (uint256 g = 0; g < 3; ++g) {
            (address from, uint256 secret) = _signerOf(g);
            bytes memory rows;
            for (uint256 i = 3 * g; i < 3 * g + 3; ++i) rows = bytes.concat(rows, _voucher(i, from, secret, i == thiefs));
            batch = bytes.concat(batch, group(from, vm.addr(secret), rows));
        }
    }

    function _voucher(uint256 i, address from, uint256 secret, bool isThiefs) private view returns (bytes memory) {
        Lane memory lane = _lanes[i];
        if (isThiefs) secret = keyOf("thief");
        bytes memory signature = signVoucher(secret, from, _payees[lane.payeeIndex], lane.lane, lane.amount);
        return packRow(Row(lane.payeeIndex, lane.lane, lane.amount, signature));
    }

    function _statements() private view returns (bytes memory batch) {
        batch = statementHeader(_payees);
        for (uint256 g = 0; g < 3; ++g) {
            (address from, uint256 secret) = _signerOf(g);
            Lane[] memory lanes = new Lane[](3);
            for (uint256 i = 0; i < 3; ++i) lanes[i] = _lanes[3 * g + i];
            batch = bytes.concat(batch, statementGroupOf(from, secret, _payees, lanes));
        }
    }

    function _signerOf(uint256 group_) private view returns (address from, uint256 secret) {
        from = group_ == 1 ? _second : payer;
        secret = [sessionSecret, _secondSecret, _deviceSecret][group_];
        if (group_ == _deadGroup) secret = keyOf("nobody's session");
    }
}

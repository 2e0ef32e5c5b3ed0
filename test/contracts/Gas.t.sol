// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice What changes no result, but what it costs: above all, that a good statement takes the
/// quick way.
/// @dev Gas is compared with gas of the same build: what a compiler makes of it does not matter.
contract GasTest is SettlementTest {
    /// @dev The slow way looks at each row twice more, for at least this much.
    uint256 private constant SLOWER_ROW = 400;

    address private immutable second = address(0x5EC);
    uint256 private immutable secondSecret = keyOf("second session");

    function setUp() public override {
        super.setUp();
        openPayer(1e6);
        fund(second, 1e6);
    }

    /// @dev A row that costs nothing sends its statement the slow way. Lanes in one bitmap word and
    /// in two, from the first bit on, an even and an odd number; payees first and last.
    function test_AGoodStatementTakesTheQuickWay() public {
        uint16[2] memory fees = [0, 1_000];
        uint8[3] memory tables = [1, 2, 40];
        uint8[3] memory firsts = [0, 1, 236];
        for (uint256 i = 0; i < fees.length; ++i) {
            setFeeNow(fees[i]);
            authorize(payer, sessionKey, NO_LIMIT, timeNow() + 1 hours);
            for (uint256 j = 0; j < tables.length; ++j) {
                for (uint256 k = 0; k < firsts.length; ++k) {
                    _expectQuick(tables[j], firsts[k], 40);
                    _expectQuick(tables[j], firsts[k], 41);
                }
            }
        }
    }

    /// @dev Behind another group that was good, or was not, and in the second batch.
    function test_AGoodStatementTakesTheQuickWayBehindOthers() public {
        authorize(second, vm.addr(secondSecret), 1e6, START + 1 hours);
        for (uint256 isFlawed = 0; isFlawed < 2; ++isFlawed) {
            Lane[] memory lanes = _lanes(3, 100, 40);
            if (isFlawed == 1) lanes[0].amount = 0;
            bytes memory head = bytes.concat(statementHeader(payeeTable(3)), statementGroup(3, lanes));
            uint256 good = _gasOf(bytes.concat(head, _groupOfSecond(_lanes(3, 200, 40))));
            uint256 bad = _gasOf(bytes.concat(head, _groupOfSecond(_flawed(_lanes(3, 200, 40)))));
            vm.assertGe(bad, good + 40 * SLOWER_ROW, "behind another");
        }
        settle(statementBatch(3, _lanes(3, 0, 20)));
        _expectQuick(3, 20, 40);
    }

    /// @dev Memory costs the square of its size.
    function test_ManyRowsCostNoMoreThanFew() public {
        uint256[3] memory used;
        for (uint256 i = 0; i < 3; ++i) used[i] = _gasOf(statementBatch(3, _lanes(3, 0, 60 << i)));
        assertLe(used[2] - used[1], ((used[1] - used[0]) * 22) / 10, "twice as many");
    }

    /// @dev An account costs more where it was not looked at before in the transaction.
    function test_ABatchWithoutFeesLeavesTheFeeRecipientAlone() public {
        bytes memory batch = statementBatch(3, _lanes(3, 0, 3));
        uint256 cold = _gasOf(batch);
        balanceOf(feeRecipient);
        assertEq(_gasOf(batch), cold, "as if it had been looked at");
    }

    /// @dev Signatures and leaves are hashed in memory that costs next to nothing.
    function test_TheChecksOfAClaimCostLittleBesideItsPayment() public {
        bytes memory rows = statementGroup(3, _lanes(3, 0, 3));
        settle(bytes.concat(statementHeader(payeeTable(3)), rows));
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        allotment.payee = payeeNumber(2);
        IFloodgate.Evidence memory evidence = evidenceOf(1, statementHeader(payeeTable(3)), rows, 7);
        uint256 checks = _gasOfCall(stranger, _claimData(allotment, 10, evidence));
        uint256 all = _gasOfCall(stranger, _claimData(allotment, 30, evidence));
        assertLe(checks, 2 * (all - checks), "nothing to pay");
    }

    function _claimData(
        IFloodgate.Allotment memory allotment,
        uint96 amount,
        IFloodgate.Evidence memory evidence
    ) private view returns (bytes memory) {
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, amount);
        return abi.encodeCall(IFloodgate.claimWithEvidence, (allotment, byAllotter, amount, bySession, evidence));
    }

    function _expectQuick(uint256 payees, uint256 first, uint256 rows) private {
        uint256 good = _gasOf(statementBatch(payees, _lanes(payees, first, rows)));
        uint256 bad = _gasOf(statementBatch(payees, _flawed(_lanes(payees, first, rows))));
        vm.assertGe(bad, good + rows * SLOWER_ROW, "the slow way");
    }

    function _groupOfSecond(Lane[] memory lanes) private view returns (bytes memory) {
        return statementGroupOf(second, secondSecret, payeeTable(3), lanes);
    }

    /// @dev The first two rows and the last but one go to the table's last payee.
    function _lanes(uint256 payees, uint256 first, uint256 rows) private pure returns (Lane[] memory lanes) {
        lanes = new Lane[](rows);
        for (uint256 i = 0; i < rows; ++i) {
            lanes[i] = Lane(i < 3 || i + 2 == rows ? payees - 1 : i % payees, first + i, 10);
        }
    }

    function _flawed(Lane[] memory lanes) private pure returns (Lane[] memory) {
        lanes[lanes.length - 1].amount = 0;
        return lanes;
    }

    function _gasOf(bytes memory batch) private returns (uint256 used) {
        return _gasOfCall(operator, abi.encodeCall(IFloodgate.settle, (batch)));
    }

    /// @dev Of the call alone; nothing of it stays.
    function _gasOfCall(address sender, bytes memory data) private returns (uint256 used) {
        uint256 state = vm.snapshotState();
        vm.prank(sender, sender);
        address to = address(floodgate);
        bool isDone;
        // A call in Solidity copies its data, in this contract's memory and at its price.
        assembly ("memory-safe") {
            used := gas()
            isDone := call(gas(), to, 0, add(data, 0x20), mload(data), 0, 0)
            used := sub(used, gas())
        }
        assertEq(isDone, true, "done");
        vm.revertToState(state);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice Nothing of a statement pays unless its session key signed exactly these rows.
contract StatementSignatureTest is SettlementTest {
    function test_SkipsAllRowsOfAnotherSigner() public {
        openPayer(100);
        bytes memory rows = statementGroupOf(payer, keyOf("thief"), payeeTable(3), lanesFrom(1, 3));
        // The thief's signature under the payer's key.
        for (uint256 i = 0; i < 20; ++i) rows[20 + i] = bytes20(sessionKey)[i];
        expectNothing(bytes.concat(statementHeader(payeeTable(3)), rows), 3, IFloodgate.SkipReason.SIGNATURE);
    }

    function test_SkipsSingleUnitsOfAnotherSigner() public {
        openPayer(100);
        Lane[] memory lanes = lanesFrom(1, 3);
        for (uint256 i = 0; i < 3; ++i) lanes[i].amount = 1;
        bytes memory rows = statementGroupOf(payer, keyOf("thief"), payeeTable(3), lanes);
        for (uint256 i = 0; i < 20; ++i) rows[20 + i] = bytes20(sessionKey)[i];
        expectNothing(bytes.concat(statementHeader(payeeTable(3)), rows), 3, IFloodgate.SkipReason.SIGNATURE);
    }

    function test_SkipsAllRowsWhenOneIsAddedOrTakenAway() public {
        openPayer(100);
        bytes memory signature = signCompact(sessionSecret, statementDigest(payer, payeeTable(3), lanesFrom(1, 3)));
        for (uint8 count = 2; count <= 4; count += 2) {
            bytes memory rows = packLanes(lanesFrom(1, count));
            bytes memory changed = abi.encodePacked(payer, sessionKey, count, signature, rows);
            bytes memory batch = bytes.concat(statementHeader(payeeTable(3)), changed);
            expectNothing(batch, count, IFloodgate.SkipReason.SIGNATURE);
        }
    }

    function test_SkipsAllRowsWhenTheTableNamesOtherPayees() public {
        openPayer(100);
        address[] memory payees = payeeTable(3);
        bytes memory rows = statementGroupOf(payer, sessionSecret, payees, lanesFrom(1, 3));
        payees[2] = payeeNumber(3);
        expectNothing(bytes.concat(statementHeader(payees), rows), 3, IFloodgate.SkipReason.SIGNATURE);
    }

    function test_SkipsAStatementOfAnotherPayerWithTheSameKey() public {
        openPayer(100);
        address other = payeeNumber(9);
        fund(other, 100);
        authorize(other, sessionKey, NO_LIMIT, START + 1 hours);
        bytes memory rows = statementGroup(3, lanesFrom(1, 3));
        for (uint256 i = 0; i < 20; ++i) rows[i] = bytes20(other)[i];
        expectNothing(bytes.concat(statementHeader(payeeTable(3)), rows), 3, IFloodgate.SkipReason.SIGNATURE);
        assertEq(balanceOf(other), 100, "other");
    }

    function test_SkipsStatementsOfAnotherChain() public {
        openPayer(100);
        bytes memory batch = statementBatch(3, lanesFrom(1, 3));
        vm.chainId(1);
        expectNothing(batch, 3, IFloodgate.SkipReason.SIGNATURE);
    }

    /// @dev Both versions carry 64 bytes of signature; neither is good as the other.
    function test_NoStatementIsAVoucherAndNoVoucherAStatement() public {
        openPayer(100);
        bytes memory bySession = signCompact(sessionSecret, statementDigest(payer, payeeTable(1), oneLane(0, 1, 10)));
        expectNothing(batchOf(packRow(Row(0, 1, 10, bySession))), 1, IFloodgate.SkipReason.SIGNATURE);

        bytes memory voucher = signVoucher(sessionSecret, payer, payee, 1, 10);
        bytes memory rows = abi.encodePacked(payer, sessionKey, uint8(1), voucher, packLanes(oneLane(0, 1, 10)));
        expectNothing(bytes.concat(statementHeader(payeeTable(1)), rows), 1, IFloodgate.SkipReason.SIGNATURE);
    }

    function testFuzz_SkipsAllRowsWhenAnyBitOfSignatureOrAmountsIsChanged(uint256 bit) public {
        openPayer(type(uint96).max);
        bytes memory batch = statementBatch(1, oneLane(0, 1, 10));
        // 60 bytes of header, 41 of the group; then r, vs, and the payee's index, which has a test
        // of its own.
        bit = bound(bit, 0, 8 * (64 + 18) - 1);
        uint256 at = 101 + bit / 8;
        if (at == 165 || at == 166) at = 167;
        batch[at] ^= bytes1(uint8(1 << (bit % 8)));
        (uint256 skipped, uint256 row, IFloodgate.SkipReason reason) = settleAndSee(batch);
        assertEq(skipped, 1, "skipped");
        assertEq(row, 0, "row");
        assertEq(uint256(reason), uint256(IFloodgate.SkipReason.SIGNATURE), "reason");
        assertEq(balanceOf(payer), type(uint96).max, "payer");
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountLib} from "../accounts/AccountLib.sol";
import {BatchReader} from "./BatchReader.sol";
import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {OutcomeLib} from "./OutcomeLib.sol";
import {readPayeeTable} from "./PayeeTable.sol";
import {Row} from "./Row.sol";
import {RowLoop, SKIP_BYTES} from "./RowLoop.sol";
import {SessionLib} from "../accounts/SessionLib.sol";
import {StatementLoop} from "./StatementLoop.sol";
import {TypedData} from "../TypedData.sol";

/// @title SettlementLib
/// @notice Turns the groups of one batch into debits and credits.
library SettlementLib {
    using AccountLib for AccountLib.Funds;
    using BatchReader for bytes;
    using RowLoop for RowLoop.Frame;
    using SessionLib for SessionLib.Terms;
    using StatementLoop for RowLoop.Frame;

    /// @dev One call of `settle`. Sums stay below 2^96, as those of all balances do.
    struct Run {
        uint256 batch;
        uint256 claimPeriod;
        uint256 version;
        uint256 total; // gross
        uint256 fee;
        uint256 groupCount; // of the groups so far
        bytes32[] leaves; // of the outcome; the first `groupCount` are used
        uint256 debitCount;
        bytes32[] debits; // account (20) | amount (12); the first `debitCount` are used
        bytes skips; // room for every row; `frame.skips` says how far it is used
        RowLoop.Frame frame; // the group under way
    }

    /// @notice Begins a batch.
    /// @return groupsOffset where its first group begins
    function open(
        Run memory run,
        bytes calldata batch,
        uint256 number,
        bytes32 domain,
        uint256 feeBps,
        uint256 claimPeriod
    ) internal view returns (uint256 groupsOffset) {
        RowLoop.Frame memory frame = run.frame;
        (run.version, frame.payeeCount, groupsOffset) = batch.readHeader();
        run.batch = number;
        run.claimPeriod = claimPeriod;
        uint256 groupsMax = (batch.length - groupsOffset) / BatchReader.SMALLEST_GROUP_BYTES;
        run.leaves = new bytes32[](groupsMax);
        run.debits = new bytes32[](groupsMax);

        frame.feeBps = feeBps;
        frame.rowBytes = BatchReader.rowBytes(run.version);
        frame.hasStatements = run.version == BatchReader.STATEMENTS;
        frame.headBytes = BatchReader.headBytes(run.version);
        frame.prepare(frame.hasStatements ? TypedData.STATEMENT_TYPE_HASH : TypedData.VOUCHER_TYPE_HASH, domain);
        (run.skips, frame.skips) = _allocateSkips((batch.length - groupsOffset) / frame.rowBytes);
        // Last: see PayeeTable.
        frame.payees = readPayeeTable(batch.positionOf(BatchReader.PAYEES_OFFSET), frame.payeeCount);
    }

    /// @notice Pays the rows of the group that was entered last as far as they hold, and tells why
    /// the others do not.
    /// @param count rows
    function settleGroup(
        Run memory run,
        uint256 count,
        AccountLib.Funds storage account,
        SessionLib.Terms storage session,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) internal {
        unchecked {
            RowLoop.Frame memory frame = run.frame;
            uint256 funds = account.read();
            (frame.isAlive, frame.coverage) = session.coverage(funds, run.claimPeriod);
            bytes32 rowsHash = frame.hasStatements
                ? _settleStatement(frame, count, settledLanes)
                : _settleVouchers(frame, count, settledLanes);
            frame.firstRow += count;
            uint256 paidRows = ((1 << count) - 1) & ~frame.skippedRows;
            _push(run.leaves, run.groupCount++, frame.hashGroup(rowsHash, paidRows));
            if (paidRows == 0) return;

            uint256 debited = frame.debited;
            account.debitRead(funds, debited);
            run.total += debited;
            _push(run.debits, run.debitCount++, bytes32((frame.payer << 96) | debited));
        }
    }

    /// @notice Tells which rows were skipped, if any, and ends the batch.
    /// @return root of the outcome
    function conclude(Run memory run) internal returns (bytes32 root) {
        uint256 length = run.frame.skips - _dataOf(run.skips);
        if (length > 0) {
            bytes memory skips = run.skips;
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                mstore(skips, length)
            }
            emit IFloodgate.RowsSkipped(run.batch, skips);
        }
        return OutcomeLib.rootOf(run.leaves, run.groupCount);
    }

    /// @notice Credits each payee once, and tells what was debited and credited. The rest of it is
    /// the fee.
    function creditPayees(Run memory run, mapping(address account => AccountLib.Funds) storage accounts) internal {
        emit IFloodgate.Debited(run.batch, _shorten(run.debits, run.debitCount));

        // Payees without a credit drop out of the list.
        bytes32[] memory entries = run.frame.payees.entries();
        uint256 count = 0;
        uint256 net = 0;
        unchecked {
            uint256 length = entries.length;
            for (uint256 i = 0; i < length; ++i) {
                bytes32 entry = entries[i];
                uint96 credit = uint96(uint256(entry));
                if (credit == 0) continue;

                accounts[address(bytes20(entry))].balance += credit;
                net += credit;
                _push(entries, count++, entry);
            }
            assert(net <= run.total);
            run.fee = run.total - net;
        }
        emit IFloodgate.Credited(run.batch, _shorten(entries, count));
    }

    /// @dev The usual statement has nothing wrong with its rows but that some lanes were settled
    /// before. In any other each row is looked at; of an unsigned one none pays.
    function _settleStatement(
        RowLoop.Frame memory frame,
        uint256 count,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private returns (bytes32 rowsHash) {
        (uint256 lanes, uint256 amounts) = frame.payStatement();
        bool isUsual = amounts <= frame.coverage;
        if (!isUsual) frame.takeBack();
        rowsHash = frame.hashRows(count);
        bool isSigned = frame.isSigned(rowsHash);
        if (!isUsual || !isSigned) {
            if (isUsual) frame.takeBack();
            frame.isUnsigned = !isSigned;
            _settleRows(frame, settledLanes);
            return rowsHash;
        }

        frame.debited = amounts;
        uint256 laneWord = BatchReader.rowAt(frame.rows).laneWord();
        if (laneWord == BatchReader.rowAt(frame.end - BatchReader.LANE_BYTES).laneWord()) {
            _useLanes(frame, settledLanes, lanes, frame.rows, frame.end);
            return rowsHash;
        }
        for (uint256 position = frame.rows; position < frame.end; ) {
            uint256 next;
            (lanes, next) = frame.readWord(position);
            _useLanes(frame, settledLanes, lanes, position, next);
            position = next;
        }
    }

    function _settleVouchers(
        RowLoop.Frame memory frame,
        uint256 count,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private returns (bytes32 rowsHash) {
        _settleRows(frame, settledLanes);
        return frame.hashRows(count);
    }

    /// @dev Of a statement: the lanes of one bitmap word, in the rows from `position` to `next`.
    function _useLanes(
        RowLoop.Frame memory frame,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes,
        uint256 lanes,
        uint256 position,
        uint256 next
    ) private {
        uint256 laneWord = BatchReader.rowAt(position).laneWord();
        uint256 stored = settledLanes[laneWord];
        uint256 stale = stored & lanes;
        if (stale != 0) frame.debited -= frame.dropStale(position, next, stale);
        if (stale != lanes) settledLanes[laneWord] = stored | lanes;
    }

    /// @dev Lanes ascend, so that 256 of them share one load and one store.
    function _settleRows(
        RowLoop.Frame memory frame,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private {
        frame.rewind();
        while (frame.position < frame.end) {
            _checkPlace(frame);
            uint256 laneWord = BatchReader.rowAt(frame.position).laneWord();
            uint256 stored = settledLanes[laneWord];
            uint256 lanes = frame.payRows(stored);
            if (lanes != stored) settledLanes[laneWord] = lanes;
        }
    }

    /// @dev Checks that the next row points to a payee and follows its predecessor.
    function _checkPlace(RowLoop.Frame memory frame) private pure {
        Row row = BatchReader.rowAt(frame.position);
        uint256 number = frame.firstRow + (frame.position - frame.rows) / frame.rowBytes;
        if (row.payeeIndex() >= frame.payeeCount) {
            revert IFloodgate.BatchPayeeOutOfRange(number, row.payeeIndex(), frame.payeeCount);
        }
        if (frame.position == frame.rows) return;
        if (row.lane() <= BatchReader.rowAt(frame.position - frame.rowBytes).lane()) {
            revert IFloodgate.BatchLanesNotAscending(number);
        }
    }

    /// @dev Room for `rowCount` skipped rows, and for the word that the last store spills into.
    function _allocateSkips(uint256 rowCount) private pure returns (bytes memory skips, uint256 data) {
        uint256 room = rowCount * SKIP_BYTES + 32;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            skips := mload(0x40)
            data := add(skips, 0x20)
            mstore(0x40, and(add(add(data, room), 31), not(31)))
        }
    }

    function _dataOf(bytes memory list) private pure returns (uint256 data) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            data := add(list, 0x20)
        }
    }

    /// @dev Without the check of the list's end: `open` has made room for each group.
    function _push(bytes32[] memory list, uint256 index, bytes32 value) private pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(add(add(list, 0x20), shl(5, index)), value)
        }
    }

    function _shorten(bytes32[] memory list, uint256 length) private pure returns (bytes32[] memory) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(list, length)
        }
        return list;
    }
}

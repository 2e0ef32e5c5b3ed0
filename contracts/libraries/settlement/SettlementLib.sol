// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountLib} from "../accounts/AccountLib.sol";
import {BatchReader} from "./BatchReader.sol";
import {CompactSignature} from "../CompactSignature.sol";
import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {OutcomeLib} from "./OutcomeLib.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PayeeEntry, PayeeTable, readPayeeTable} from "./PayeeTable.sol";
import {Row} from "./Row.sol";
import {RowLoop} from "./RowLoop.sol";
import {SessionLib} from "../accounts/SessionLib.sol";
import {TypedData} from "../TypedData.sol";

/// @title SettlementLib
/// @notice Turns the groups of one batch into debits and credits.
library SettlementLib {
    using AccountLib for IFloodgate.Account;
    using BatchReader for bytes;
    using RowLoop for RowLoop.Frame;
    using SessionLib for IFloodgate.Session;

    /// @dev One call of `settle`. Sums stay below 2^96, as those of all balances do.
    struct Run {
        uint256 batch;
        bytes32 domain;
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
        run.domain = domain;
        run.claimPeriod = claimPeriod;
        uint256 groupsMax = (batch.length - groupsOffset) / BatchReader.SMALLEST_GROUP_BYTES;
        (run.leaves, run.debits) = (new bytes32[](groupsMax), new bytes32[](groupsMax));

        frame.feeBps = feeBps;
        frame.rowBytes = BatchReader.rowBytes(run.version);
        frame.hasStatements = run.version == BatchReader.STATEMENTS;
        frame.payees = readPayeeTable(batch.positionOf(BatchReader.PAYEES_OFFSET), frame.payeeCount);
        frame.allocateScratch();
        (run.skips, frame.skips) = _allocateSkips((batch.length - groupsOffset) / frame.rowBytes);
        if (!frame.hasStatements) frame.prepareVouchers(TypedData.VOUCHER_TYPE_HASH, domain);
    }

    /// @notice Reads the head of the group at `offset`.
    /// @return payer whose rows follow
    /// @return sessionKey that has signed them
    /// @return nextOffset behind the group
    function readGroup(
        Run memory run,
        bytes calldata batch,
        uint256 offset
    ) internal pure returns (address payer, address sessionKey, uint256 nextOffset) {
        uint256 rowsOffset;
        (payer, sessionKey, rowsOffset, nextOffset) = batch.readGroup(offset, run.version);
        run.frame.enterGroup(payer, sessionKey, batch.positionOf(rowsOffset), batch.positionOf(nextOffset));
    }

    /// @notice Pays the rows of the group that was read last as far as they hold, and tells why the
    /// others do not.
    function settleGroup(
        Run memory run,
        IFloodgate.Account storage account,
        IFloodgate.Session storage session,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) internal {
        RowLoop.Frame memory frame = run.frame;
        frame.isAlive = block.timestamp <= session.settleableUntil(run.claimPeriod);
        frame.coverage = frame.isAlive ? Math.min(account.balance, session.remaining()) : 0;
        if (!frame.hasStatements || !_settleStatement(run, settledLanes)) _settleRows(run, settledLanes);

        uint256 count = (frame.end - frame.rows) / frame.rowBytes;
        frame.firstRow += count;
        unchecked {
            uint256 paidRows = ((1 << count) - 1) & ~frame.skippedRows;
            address payer = address(uint160(frame.payer));
            run.leaves[run.groupCount++] = OutcomeLib.leafOf(payer, frame.hashRows(), paidRows);
            if (paidRows == 0) return;

            uint96 debited = uint96(frame.debited);
            account.debit(debited);
            session.spend(debited);
            run.total += debited;
            run.debits[run.debitCount++] = _entry(payer, debited);
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
    function creditPayees(Run memory run, mapping(address account => IFloodgate.Account) storage accounts) internal {
        emit IFloodgate.Debited(run.batch, _shorten(run.debits, run.debitCount));

        PayeeTable payees = run.frame.payees;
        bytes32[] memory entries = new bytes32[](run.frame.payeeCount);
        uint256 count = 0;
        uint256 net = 0;
        unchecked {
            for (uint256 i = 0; i < entries.length; ++i) {
                PayeeEntry entry = payees.entryAt(i);
                uint96 credit = entry.credit();
                if (credit == 0) continue;

                accounts[entry.payee()].balance += credit;
                net += credit;
                entries[count++] = _entry(entry.payee(), credit);
            }
            assert(net <= run.total);
            run.fee = run.total - net;
        }
        emit IFloodgate.Credited(run.batch, _shorten(entries, count));
    }

    /// @notice Settles the usual statement: nothing is wrong with its rows but that some lanes were
    /// settled before.
    /// @return isDone false: `_settleRows` has to look at each row; of an unsigned statement none
    /// pays
    function _settleStatement(
        Run memory run,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private returns (bool isDone) {
        RowLoop.Frame memory frame = run.frame;
        (uint256 lanes, uint256 amounts, uint256 flaws) = frame.payStatement();
        frame.isUnsigned = !_isStatementSigned(run);
        if (frame.isUnsigned || flaws != 0 || amounts > frame.coverage) {
            frame.unit = type(uint256).max;
            frame.payStatement();
            frame.unit = 1;
            return false;
        }

        frame.debited = amounts;
        uint256 laneWord = BatchReader.rowAt(frame.rows).laneWord();
        if (laneWord == BatchReader.rowAt(frame.end - frame.rowBytes).laneWord()) {
            _useLanes(frame, settledLanes, lanes, frame.rows, frame.end);
            return true;
        }
        for (uint256 position = frame.rows; position < frame.end; ) {
            uint256 next;
            (lanes, next) = frame.readWord(position);
            _useLanes(frame, settledLanes, lanes, position, next);
            position = next;
        }
        return true;
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
        Run memory run,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private {
        RowLoop.Frame memory frame = run.frame;
        while (frame.position < frame.end) {
            _checkPlace(run);
            uint256 laneWord = BatchReader.rowAt(frame.position).laneWord();
            uint256 stored = settledLanes[laneWord];
            uint256 lanes = frame.payRows(stored);
            if (lanes != stored) settledLanes[laneWord] = lanes;
        }
    }

    function _isStatementSigned(Run memory run) private view returns (bool) {
        RowLoop.Frame memory frame = run.frame;
        address payer = address(uint160(frame.payer));
        bytes32 digest = TypedData.statementDigest(payer, frame.hashRows(), run.domain);
        uint256 position = frame.rows - BatchReader.SIGNATURE_BYTES;
        (bytes32 r, bytes32 vs) = (BatchReader.word(position), BatchReader.word(position + 32));
        address signer = CompactSignature.recover(digest, r, vs);
        // A failed recovery gives 0, and no account can authorize key 0.
        return uint160(signer) == frame.sessionKey;
    }

    /// @dev Checks that the next row points to a payee and follows its predecessor.
    function _checkPlace(Run memory run) private pure {
        RowLoop.Frame memory frame = run.frame;
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
        uint256 room = rowCount * RowLoop.SKIP_BYTES + 32;
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

    function _entry(address account, uint256 amount) private pure returns (bytes32) {
        return bytes32(bytes20(account)) | bytes32(amount);
    }

    function _shorten(bytes32[] memory list, uint256 length) private pure returns (bytes32[] memory) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(list, length)
        }
        return list;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountLib} from "../accounts/AccountLib.sol";
import {BatchReader} from "./BatchReader.sol";
import {CompactSignature} from "../CompactSignature.sol";
import {IFloodgate} from "../../interfaces/IFloodgate.sol";
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
        uint256 rowCount; // of the groups so far
        uint256 total; // gross
        uint256 fee;
        uint256 debitCount;
        bytes32[] debits; // account (20) | amount (12); the first `debitCount` are used
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
    ) internal pure returns (uint256 groupsOffset) {
        RowLoop.Frame memory frame = run.frame;
        (run.version, frame.payeeCount, groupsOffset) = batch.readHeader();
        run.batch = number;
        run.domain = domain;
        run.claimPeriod = claimPeriod;
        run.debits = new bytes32[]((batch.length - groupsOffset) / BatchReader.SMALLEST_GROUP_BYTES);

        frame.feeBps = feeBps;
        frame.rowBytes = BatchReader.rowBytes(run.version);
        frame.hasStatements = run.version == BatchReader.STATEMENTS;
        frame.payees = readPayeeTable(batch.positionOf(BatchReader.PAYEES_OFFSET), frame.payeeCount);
        frame.allocateScratch();
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
    /// @return paidRows bit i says that row i paid
    function settleGroup(
        Run memory run,
        IFloodgate.Account storage account,
        IFloodgate.Session storage session,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) internal returns (uint256 paidRows) {
        RowLoop.Frame memory frame = run.frame;
        bool isAlive = block.timestamp <= session.aliveUntil(run.claimPeriod);
        uint256 coverage = isAlive ? Math.min(account.balance, session.remaining()) : 0;
        frame.coverage = coverage;
        if (!frame.hasStatements || !_settleStatement(run, settledLanes)) {
            _settleRows(run, settledLanes);
            if (frame.skippedRows != 0) _tellSkipped(run, isAlive, coverage, settledLanes);
        }

        uint256 count = (frame.end - frame.rows) / frame.rowBytes;
        run.rowCount += count;
        paidRows = ((1 << count) - 1) & ~frame.skippedRows;
        if (paidRows == 0) return 0;

        unchecked {
            uint96 debited = uint96(coverage - frame.coverage);
            account.debit(debited);
            session.spend(debited);
            run.total += debited;
            run.debits[run.debitCount++] = _entry(address(uint160(frame.payer)), debited);
        }
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
            run.fee = run.total - net;
        }
        emit IFloodgate.Credited(run.batch, _shorten(entries, count));
    }

    /// @notice Settles the usual statement: all its lanes are in one bitmap word, and all its rows
    /// hold.
    /// @return isDone false: `_settleRows` has to look at each row; of an unsigned statement it
    /// finds none covered
    function _settleStatement(
        Run memory run,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private returns (bool isDone) {
        RowLoop.Frame memory frame = run.frame;
        (uint256 lanes, uint256 amounts, uint256 flaws) = frame.payStatement();
        uint256 laneWord = BatchReader.rowAt(frame.rows).laneWord();
        uint256 lastWord = BatchReader.rowAt(frame.end - frame.rowBytes).laneWord();
        uint256 stored = settledLanes[laneWord];
        if (!_isStatementSigned(run)) {
            frame.coverage = 0;
        } else if (flaws == 0 && amounts <= frame.coverage && stored & lanes == 0 && laneWord == lastWord) {
            settledLanes[laneWord] = stored | lanes;
            frame.coverage -= amounts;
            return true;
        }

        frame.unit = type(uint256).max;
        frame.payStatement();
        frame.unit = 1;
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
        bytes32 digest = TypedData.statementDigest(payer, frame.hashStatement(), run.domain);
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
        uint256 number = run.rowCount + (frame.position - frame.rows) / frame.rowBytes;
        if (row.payeeIndex() >= frame.payeeCount) {
            revert IFloodgate.BatchPayeeOutOfRange(number, row.payeeIndex(), frame.payeeCount);
        }
        if (frame.position == frame.rows) return;
        if (row.lane() <= BatchReader.rowAt(frame.position - frame.rowBytes).lane()) {
            revert IFloodgate.BatchLanesNotAscending(number);
        }
    }

    /// @notice Goes through the rows once more, because the loop only says which of them did not
    /// hold.
    /// @param coverage what the first row could cost at most
    function _tellSkipped(
        Run memory run,
        bool isAlive,
        uint256 coverage,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private {
        RowLoop.Frame memory frame = run.frame;
        uint256 position = frame.rows;
        for (uint256 i = 0; position < frame.end; ++i) {
            Row row = BatchReader.rowAt(position);
            position += frame.rowBytes;
            if ((frame.skippedRows >> i) & 1 == 0) {
                coverage -= row.amount();
                continue;
            }
            bool isUsed = (settledLanes[row.laneWord()] >> (row.lane() & 0xff)) & 1 == 1;
            emit IFloodgate.RowSkipped(run.batch, run.rowCount + i, _skipReason(frame, row, isUsed, isAlive, coverage));
        }
    }

    function _skipReason(
        RowLoop.Frame memory frame,
        Row row,
        bool isUsed,
        bool isAlive,
        uint256 coverage
    ) private pure returns (IFloodgate.SkipReason) {
        address payee = frame.payees.entryAt(row.payeeIndex()).payee();
        if (payee == address(0) || uint160(payee) == frame.payer) return IFloodgate.SkipReason.PAYEE;
        if (row.amount() == 0 || isUsed) return IFloodgate.SkipReason.STALE;
        if (!isAlive) return IFloodgate.SkipReason.SESSION;
        if (row.amount() > coverage) return IFloodgate.SkipReason.UNCOVERED;
        return IFloodgate.SkipReason.SIGNATURE;
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

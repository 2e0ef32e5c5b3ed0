// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccountLib} from "./AccountLib.sol";
import {BatchReader} from "./BatchReader.sol";
import {CompactSignature} from "./CompactSignature.sol";
import {IFloodgate} from "../interfaces/IFloodgate.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SessionLib} from "./SessionLib.sol";
import {VoucherLib} from "./VoucherLib.sol";

/// @title SettlementLib
/// @notice Turns the rows of one batch into debits and credits. The loop over rows is the hot path of the contract.
library SettlementLib {
    using AccountLib for IFloodgate.Account;
    using BatchReader for bytes;
    using SessionLib for IFloodgate.Session;

    /// @dev One call of `settle`. Amounts need no checks of their own: their sum is at most `totalBalance`.
    struct Run {
        uint256 batch;
        uint256 version;
        bytes32 domain;
        uint256 feeBps;
        uint256 claimPeriod;
        uint256 rowBytes;
        uint256 rowCount; // of the groups so far
        uint256 total; // gross
        uint256 fee;
        uint256 debitCount;
        bytes32[] debits; // account (20) | amount (12); the first `debitCount` are used
        uint256[] credits; // by payee index, net
    }

    /// @dev One group of a batch. Lanes ascend, so 256 of them share one load and one store.
    struct Group {
        address payer;
        address sessionKey;
        uint256 rowsOffset;
        uint256 end;
        bool isAlive;
        bool isSigned; // by a statement
        uint256 coverage; // what the next row may cost at most
        uint256 nextLane;
        uint256 scratch;
        uint256 laneWord; // index of the word below
        uint256 lanes; // bitmap
        uint256 storedLanes;
    }

    uint256 private constant BPS = 10_000;

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
        uint256 payeeCount;
        (run.version, payeeCount, groupsOffset) = batch.readHeader();
        run.batch = number;
        run.rowBytes = BatchReader.rowBytes(run.version);
        run.domain = domain;
        run.feeBps = feeBps;
        run.claimPeriod = claimPeriod;
        run.debits = new bytes32[]((batch.length - groupsOffset) / BatchReader.SMALLEST_GROUP_BYTES);
        run.credits = new uint256[](payeeCount);
    }

    /// @notice Reads the head of the group at `offset`.
    function readGroup(
        Run memory run,
        bytes calldata batch,
        uint256 offset
    ) internal pure returns (Group memory group) {
        (group.payer, group.sessionKey, group.rowsOffset, group.end) = batch.readGroup(offset, run.version);
    }

    /// @notice Pays the rows of a group that hold, and tells why the others do not.
    /// @return paidRows bit i says that row i paid
    function settleGroup(
        Run memory run,
        bytes calldata batch,
        Group memory group,
        IFloodgate.Account storage account,
        IFloodgate.Session storage session,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) internal returns (uint256 paidRows) {
        group.isAlive = block.timestamp <= session.aliveUntil(run.claimPeriod);
        if (group.isAlive) group.coverage = Math.min(account.balance, session.remaining());
        group.laneWord = type(uint256).max;
        group.scratch = _scratch(group.payer, run.domain);
        if (run.version == BatchReader.STATEMENTS) group.isSigned = _isStatementSigned(run, batch, group);

        uint256 coverage = group.coverage;
        paidRows = _settleRows(run, batch, group, settledLanes);
        run.rowCount += (group.end - group.rowsOffset) / run.rowBytes;
        if (paidRows == 0) return 0;

        _storeLanes(group, settledLanes);
        uint96 debited = uint96(coverage - group.coverage);
        account.debit(debited);
        session.spend(debited);
        unchecked {
            run.total += debited;
            run.debits[run.debitCount++] = _entry(group.payer, debited);
        }
    }

    /// @notice Credits each payee once, and tells what was debited and credited. The rest of it is the fee.
    function creditPayees(
        Run memory run,
        bytes calldata batch,
        mapping(address account => IFloodgate.Account) storage accounts
    ) internal {
        emit IFloodgate.Debited(run.batch, _shorten(run.debits, run.debitCount));

        bytes32[] memory entries = new bytes32[](run.credits.length);
        uint256 count = 0;
        uint256 net = 0;
        for (uint256 i = 0; i < run.credits.length; ++i) {
            uint96 credit = uint96(run.credits[i]);
            if (credit == 0) continue;

            address payee = batch.payeeAt(i);
            accounts[payee].balance += credit;
            net += credit;
            entries[count++] = _entry(payee, credit);
        }
        run.fee = run.total - net;
        emit IFloodgate.Credited(run.batch, _shorten(entries, count));
    }

    function _settleRows(
        Run memory run,
        bytes calldata batch,
        Group memory group,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private returns (uint256 paidRows) {
        uint256 offset = group.rowsOffset;
        uint256 coverage = group.coverage;
        // Nothing overflows: offsets and lanes are small, amounts are covered by balances, and all of those together are
        // below 2^96.
        unchecked {
            for (uint256 bit = 1; offset < group.end; bit <<= 1) {
                uint256 row = uint256(batch.load(offset));
                if (_laneOf(row) < group.nextLane || (row >> 240) >= run.credits.length) _revertRow(run, group, offset, row);
                if (_laneOf(row) >> 8 != group.laneWord) _loadLanes(group, _laneOf(row) >> 8, settledLanes);
                group.nextLane = _laneOf(row) + 1;

                if (
                    (group.lanes >> (_laneOf(row) & 0xff)) & 1 == 0 &&
                    _amountOf(row) - 1 < coverage &&
                    _isSigned(run, group, row, batch, offset)
                ) {
                    paidRows |= bit;
                    group.lanes |= 1 << (_laneOf(row) & 0xff);
                    coverage -= _amountOf(row);
                    _credit(run, row);
                } else {
                    group.coverage = coverage;
                    _skipRow(run, batch, group, offset);
                }
                offset += run.rowBytes;
            }
        }
        group.coverage = coverage;
    }

    function _credit(Run memory run, uint256 row) private pure {
        uint256[] memory credits = run.credits;
        uint256 net;
        unchecked {
            net = _amountOf(row) - (_amountOf(row) * run.feeBps) / BPS;
        }
        assembly ("memory-safe") {
            let slot := add(add(credits, 0x20), shl(5, shr(240, row)))
            mstore(slot, add(mload(slot), net))
        }
    }

    function _laneOf(uint256 row) private pure returns (uint256) {
        return (row >> 208) & 0xffffffff;
    }

    function _amountOf(uint256 row) private pure returns (uint256) {
        return (row >> 112) & 0xffffffffffffffffffffffff;
    }

    function _isSigned(
        Run memory run,
        Group memory group,
        uint256 row,
        bytes calldata batch,
        uint256 offset
    ) private view returns (bool isGood) {
        uint256 payee;
        uint256 payer = uint256(uint160(group.payer));
        assembly ("memory-safe") {
            payee := shr(96, calldataload(add(add(batch.offset, 35), mul(20, shr(240, row)))))
        }
        if (payee != 0 && payee != payer) {
            if (run.rowBytes == BatchReader.LANE_BYTES) {
                isGood = group.isSigned;
            } else {
                isGood = _check(group.scratch, payee, row, batch, offset) == group.sessionKey;
            }
        }
    }

    function _scratch(address payer, bytes32 domain) private pure returns (uint256 scratch) {
        bytes32 typeHash = VoucherLib.VOUCHER_TYPE_HASH;
        assembly ("memory-safe") {
            scratch := mload(0x40)
            mstore(0x40, add(scratch, 0x180))
            mstore(scratch, typeHash)
            mstore(add(scratch, 0x20), payer)
            mstore(add(scratch, 0xa0), 0x1901)
            mstore(add(scratch, 0xc0), domain)
        }
    }

    function _check(uint256 scratch, uint256 payee, uint256 row, bytes calldata batch, uint256 offset) private view returns (address signer) {
        assembly ("memory-safe") {
            mstore(add(scratch, 0x40), payee)
            mstore(add(scratch, 0x60), and(shr(208, row), 0xffffffff))
            mstore(add(scratch, 0x80), and(shr(112, row), 0xffffffffffffffffffffffff))
            mstore(add(scratch, 0xe0), keccak256(scratch, 0xa0))
            mstore(add(scratch, 0x100), keccak256(add(scratch, 0xbe), 0x42))
            let from := add(batch.offset, offset)
            let vs := calldataload(add(from, 50))
            let s := shr(1, shl(1, vs))
            mstore(add(scratch, 0x120), add(shr(255, vs), 27))
            mstore(add(scratch, 0x140), calldataload(add(from, 18)))
            mstore(add(scratch, 0x160), s)
            mstore(0, 0)
            pop(staticcall(gas(), 1, add(scratch, 0x100), 0x80, 0, 0x20))
            signer := mul(mload(0), iszero(gt(s, 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0)))
        }
    }

    function _revertRow(Run memory run, Group memory group, uint256 offset, uint256 row_) private pure {
        uint256 payeeIndex = row_ >> 240;
        uint256 row = run.rowCount + (offset - group.rowsOffset) / run.rowBytes;
        uint256 payeeCount = run.credits.length;
        if (payeeIndex >= payeeCount) revert IFloodgate.BatchPayeeOutOfRange(row, payeeIndex, payeeCount);
        revert IFloodgate.BatchLanesNotAscending(row);
    }

    function _skipRow(Run memory run, bytes calldata batch, Group memory group, uint256 offset) private {
        uint256 row = run.rowCount + (offset - group.rowsOffset) / run.rowBytes;
        emit IFloodgate.RowSkipped(run.batch, row, _skipReason(batch, group, offset));
    }

    function _skipReason(
        bytes calldata batch,
        Group memory group,
        uint256 offset
    ) private pure returns (IFloodgate.SkipReason) {
        (uint256 payeeIndex, uint256 lane, uint256 amount) = batch.rowAt(offset);
        address payee = batch.payeeAt(payeeIndex);
        if (payee == address(0) || payee == group.payer) return IFloodgate.SkipReason.PAYEE;
        if (amount == 0 || (group.lanes >> (lane & 0xff)) & 1 == 1) return IFloodgate.SkipReason.STALE;
        if (!group.isAlive) return IFloodgate.SkipReason.SESSION;
        if (amount > group.coverage) return IFloodgate.SkipReason.UNCOVERED;
        return IFloodgate.SkipReason.SIGNATURE;
    }

    function _isStatementSigned(
        Run memory run,
        bytes calldata batch,
        Group memory group
    ) private view returns (bool) {
        bytes32 lanesHash = batch.lanesHash(group.rowsOffset, group.end);
        bytes32 digest = VoucherLib.statementDigest(group.payer, lanesHash, run.domain);
        return _isSigned(batch, group.rowsOffset - BatchReader.SIGNATURE_BYTES, digest, group.sessionKey);
    }

    function _isSigned(
        bytes calldata batch,
        uint256 offset,
        bytes32 digest,
        address sessionKey
    ) private view returns (bool) {
        (bytes32 r, bytes32 vs) = (batch.load(offset), batch.load(offset + 32));
        // A failed recovery gives 0, and no account can authorize key 0.
        return CompactSignature.recover(digest, r, vs) == sessionKey;
    }

    function _loadLanes(
        Group memory group,
        uint256 laneWord,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private {
        _storeLanes(group, settledLanes);
        group.laneWord = laneWord;
        group.storedLanes = settledLanes[laneWord];
        group.lanes = group.storedLanes;
    }

    function _storeLanes(
        Group memory group,
        mapping(uint256 laneWord => uint256 bitmap) storage settledLanes
    ) private {
        if (group.lanes != group.storedLanes) settledLanes[group.laneWord] = group.lanes;
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

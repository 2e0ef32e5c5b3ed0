// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PayeeTable} from "./PayeeTable.sol";

/// @dev Where the rows begin in a frame's scratch. Before them: type hash, payer, payee or hash of
/// the rows, lane or paid rows, amount | 0x1901, domain, struct hash | digest, v, r, s.
uint256 constant ROWS_OFFSET = 0x180;

/// @dev Bytes for each skipped row: number of the row (4) | reason (1).
uint256 constant SKIP_BYTES = 5;

/// @title RowLoop
/// @notice A group of a batch, row by row, in assembly; StatementLoop has the quick way.
/// @dev Positions count from the first byte of the calldata. A row's lane is bit `byte(5, row)` of
/// its bitmap word. Nothing overflows: amounts are below 2^96, and there are at most 255 in a
/// group.
library RowLoop {
    /// @notice What the loops read and write; offsets as in the assembly.
    struct Frame {
        uint256 payer; // 0x00
        uint256 payeeCount; // 0x20
        uint256 feeBps; // 0x40
        uint256 rowBytes; // 0x60
        PayeeTable payees; // 0x80
        uint256 sessionKey; // 0xa0
        uint256 position; // 0xc0: of the next row
        uint256 end; // 0xe0: position behind the last row
        uint256 coverage; // 0x100: what the next row may cost at most
        uint256 debited; // 0x120: sum of the rows that were paid
        uint256 skippedRows; // 0x140: bit i: row i
        uint256 rows; // 0x160: position of the first row
        uint256 scratch; // 0x180: memory for what is hashed
        bool hasStatements; // 0x1a0: rows bring no signatures
        bool isUnsigned; // 0x1c0: a statement that its session key has not signed: no row pays
        uint256 firstRow; // 0x1e0: number of the group's first row in the batch
        uint256 skips; // 0x200: memory behind the last skipped row that was told
        uint256 to; // 0x220: memory in `scratch` for the next row
        uint256 headBytes; // 0x240: of a group, before its rows
        bool isAlive; // 0x260: the session still pays batches
    }

    /// @dev Bytes of `scratch`: payees, lanes and amounts of 255 rows, and the word that the last
    /// store spills into.
    uint256 internal constant SCRATCH_BYTES = 0x180 + 255 * 36 + 32;

    /// @dev n / 2 of secp256k1 (SEC 2), as in CompactSignature.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice Sets memory aside, once for a batch, and writes what all its digests hash alike.
    function prepare(Frame memory frame, bytes32 typeHash, bytes32 domain) internal pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(0x40, add(scratch, SCRATCH_BYTES))
            mstore(add(frame, 0x180), scratch)
            mstore(scratch, typeHash)
            mstore(add(scratch, 0xa0), 0x1901)
            mstore(add(scratch, 0xc0), domain)
        }
    }

    /// @notice Turns to the group at `position`.
    /// @param limit position behind the batch
    /// @return payer whose rows follow
    /// @return sessionKey that has signed them
    /// @return count rows; 0 if the group has none, or does not end before `limit`
    function enterGroup(
        Frame memory frame,
        uint256 position,
        uint256 limit
    ) internal pure returns (address payer, address sessionKey, uint256 count) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            payer := shr(96, calldataload(position))
            sessionKey := shr(96, calldataload(add(position, 20)))
            count := byte(0, calldataload(add(position, 40)))
            position := add(position, mload(add(frame, 0x240)))
            let end := add(position, mul(count, mload(add(frame, 0x60))))
            mstore(frame, payer)
            mstore(add(frame, 0xa0), sessionKey)
            mstore(add(frame, 0x160), position)
            mstore(add(frame, 0xe0), end)
            mstore(add(frame, 0x140), 0)
            mstore(add(mload(add(frame, 0x180)), 0x20), payer)
            count := mul(count, iszero(gt(end, limit)))
        }
    }

    /// @notice Makes the rows ready for `payRows`, from the first one on.
    function rewind(Frame memory frame) internal pure {
        frame.position = frame.rows;
        frame.debited = 0;
        frame.to = frame.scratch + ROWS_OFFSET;
    }

    /// @notice Pays each row that holds and tells of the others why not, from `position` on: to the
    /// end of the group, of the bitmap word, or to a row that has no place here (payee index out of
    /// range, lane not ascending).
    /// @param lanes bitmap of the word
    /// @return the bitmap with the lanes that were paid
    // solhint-disable-next-line function-max-lines
    function payRows(Frame memory frame, uint256 lanes) internal view returns (uint256) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            function skip(self, at, reason) {
                let index := div(sub(at, mload(add(self, 0x160))), mload(add(self, 0x60)))
                mstore(add(self, 0x140), or(mload(add(self, 0x140)), shl(index, 1)))
                let skips := mload(add(self, 0x200))
                mstore(skips, or(shl(224, add(mload(add(self, 0x1e0)), index)), shl(216, reason)))
                mstore(add(self, 0x200), add(skips, SKIP_BYTES))
            }

            let position := mload(add(frame, 0xc0))
            let word := shr(232, shl(16, calldataload(position)))
            let coverage := mload(add(frame, 0x100))
            let seen := 0
            for {} lt(position, mload(add(frame, 0xe0))) { position := add(position, mload(add(frame, 0x60))) } {
                let row := calldataload(position)
                let lane := shl(byte(5, row), 1)
                if or(
                    xor(shr(232, shl(16, row)), word),
                    or(iszero(gt(lane, seen)), iszero(lt(shr(240, row), mload(add(frame, 0x20)))))
                ) { break }
                seen := lane

                let entry := add(mload(add(frame, 0x80)), shl(5, shr(240, row)))
                let amount := mload(add(frame, 0x220))
                mstore(amount, mload(entry))
                mstore(add(amount, 20), shl(16, row))
                mstore(add(frame, 0x220), add(amount, 36))
                // Out of memory: what comes out of `row` the compiler works out at each use.
                amount := shr(160, mload(add(amount, 24)))
                let isPaid := and(
                    and(lt(sub(amount, 1), coverage), iszero(or(and(lanes, lane), mload(add(frame, 0x1c0))))),
                    iszero(eq(shr(96, mload(entry)), mload(frame)))
                )
                if gt(isPaid, mload(add(frame, 0x1a0))) {
                    let scratch := mload(add(frame, 0x180))
                    mstore(add(scratch, 0x40), shr(96, mload(entry)))
                    mstore(add(scratch, 0x60), shr(224, shl(16, row)))
                    mstore(add(scratch, 0x80), amount)
                    mstore(add(scratch, 0xe0), keccak256(scratch, 0xa0))
                    mstore(add(scratch, 0x100), keccak256(add(scratch, 0xbe), 0x42))
                    // EIP-2098: r, then the parity of v in the highest bit of s.
                    let s := calldataload(add(position, 50))
                    mstore(add(scratch, 0x120), add(shr(255, s), 27))
                    mstore(add(scratch, 0x140), calldataload(add(position, 18)))
                    s := shr(1, shl(1, s))
                    mstore(add(scratch, 0x160), s)
                    // For a bad signature the precompile returns nothing, and word 0 keeps an
                    // earlier signer.
                    pop(staticcall(gas(), 1, add(scratch, 0x100), 0x80, 0, 0x20))
                    isPaid := and(
                        and(eq(returndatasize(), 0x20), eq(mload(0), mload(add(frame, 0xa0)))),
                        iszero(gt(s, HALF_ORDER))
                    )
                }
                if iszero(isPaid) {
                    let reason := 1 // SIGNATURE
                    if gt(amount, coverage) { reason := 4 } // UNCOVERED
                    if iszero(mload(add(frame, 0x260))) { reason := 3 } // SESSION
                    if or(iszero(amount), gt(and(lanes, lane), 0)) { reason := 2 } // STALE
                    if eq(shr(96, mload(entry)), mload(frame)) { reason := 0 } // PAYEE
                    skip(frame, position, reason)
                    continue
                }
                lanes := or(lanes, lane)
                coverage := sub(coverage, amount)
                mstore(add(frame, 0x120), add(mload(add(frame, 0x120)), amount))
                mstore(entry, add(mload(entry), sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
            }
            mstore(add(frame, 0x100), coverage)
            mstore(add(frame, 0xc0), position)
        }
        return lanes;
    }

    /// @notice keccak-256 of what the loops wrote of the group: payee (20) | lane (4) | amount (12)
    /// of each row.
    function hashRows(Frame memory frame, uint256 count) internal pure returns (bytes32 rowsHash) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            rowsHash := keccak256(add(mload(add(frame, 0x180)), ROWS_OFFSET), mul(count, 36))
        }
    }

    /// @notice Whether the session key has signed the statement over the group's rows.
    function isSigned(Frame memory frame, bytes32 rowsHash) internal view returns (bool result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let scratch := mload(add(frame, 0x180))
            mstore(add(scratch, 0x40), rowsHash)
            mstore(add(scratch, 0xe0), keccak256(scratch, 0x60))
            mstore(add(scratch, 0x100), keccak256(add(scratch, 0xbe), 0x42))
            // EIP-2098: r, then the parity of v in the highest bit of s.
            let rows := mload(add(frame, 0x160))
            let s := calldataload(sub(rows, 32))
            mstore(add(scratch, 0x120), add(shr(255, s), 27))
            mstore(add(scratch, 0x140), calldataload(sub(rows, 64)))
            s := shr(1, shl(1, s))
            mstore(add(scratch, 0x160), s)
            // For a bad signature the precompile returns nothing, and word 0 keeps an earlier
            // signer.
            pop(staticcall(gas(), 1, add(scratch, 0x100), 0x80, 0, 0x20))
            result := and(
                and(eq(returndatasize(), 0x20), eq(mload(0), mload(add(frame, 0xa0)))),
                iszero(gt(s, HALF_ORDER))
            )
        }
    }

    /// @notice The leaf of the group in the batch's outcome: keccak-256 of payer, `rowsHash` and
    /// `paidRows`, as OutcomeLib.leafOf.
    function hashGroup(Frame memory frame, bytes32 rowsHash, uint256 paidRows) internal pure returns (bytes32 leaf) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let scratch := add(mload(add(frame, 0x180)), 0x20)
            mstore(add(scratch, 0x20), rowsHash)
            mstore(add(scratch, 0x40), paidRows)
            leaf := keccak256(scratch, 0x60)
        }
    }
}

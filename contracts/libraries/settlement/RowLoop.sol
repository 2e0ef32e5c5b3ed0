// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PayeeTable} from "./PayeeTable.sol";

/// @title RowLoop
/// @notice The loops over the rows of a group, in assembly: they are most of what `settle` costs.
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
        uint256 scratch; // 0x180: memory for what is hashed; the group's rows begin at ROWS_OFFSET
        bool hasStatements; // 0x1a0: rows bring no signatures
        uint256 unit; // 0x1c0: `payStatement` credits a base unit as 1; as 2^256-1 takes it back
        bool isAlive; // 0x1e0: the session still pays
        bool isUnsigned; // 0x200: a statement that its session key has not signed: no row pays
        uint256 firstRow; // 0x220: number of the group's first row in the batch
        uint256 skips; // 0x240: memory behind the last skipped row that was told
        uint256 to; // 0x260: memory in `scratch` for the next row
    }

    /// @dev Scratch of a voucher, before the rows: type hash, payer, payee, lane, amount | 0x1901,
    /// domain, struct hash | digest, v, r, s.
    uint256 internal constant ROWS_OFFSET = 0x180;

    /// @dev Bytes of `scratch`: payees, lanes and amounts of 255 rows, and the word that the last
    /// store spills into.
    uint256 internal constant SCRATCH_BYTES = 0x180 + 255 * 36 + 32;

    /// @dev Bytes for each skipped row: number of the row (4) | reason (1).
    uint256 internal constant SKIP_BYTES = 5;

    /// @dev n / 2 of secp256k1 (SEC 2), as in CompactSignature.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice Sets memory aside, once for a batch.
    function allocateScratch(Frame memory frame) internal pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(0x40, add(scratch, SCRATCH_BYTES))
            mstore(add(frame, 0x180), scratch)
            mstore(add(frame, 0x1c0), 1)
        }
    }

    /// @notice Writes what every voucher of a batch hashes alike.
    function prepareVouchers(Frame memory frame, bytes32 typeHash, bytes32 domain) internal pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let scratch := mload(add(frame, 0x180))
            mstore(scratch, typeHash)
            mstore(add(scratch, 0xa0), 0x1901)
            mstore(add(scratch, 0xc0), domain)
        }
    }

    /// @notice Turns to the rows from position `rows` to `end`.
    function enterGroup(
        Frame memory frame,
        address payer,
        address sessionKey,
        uint256 rows,
        uint256 end
    ) internal pure {
        frame.payer = uint160(payer);
        frame.sessionKey = uint160(sessionKey);
        frame.rows = rows;
        frame.position = rows;
        frame.end = end;
        frame.debited = 0;
        frame.skippedRows = 0;
        frame.isUnsigned = false;
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
                let skips := mload(add(self, 0x240))
                mstore(skips, or(shl(224, add(mload(add(self, 0x220)), index)), shl(216, reason)))
                mstore(add(self, 0x240), add(skips, SKIP_BYTES))
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

                let entry := add(mload(add(frame, 0x80)), shl(6, shr(240, row)))
                let amount := shr(160, shl(48, row))
                {
                    let to := mload(add(frame, 0x260))
                    mstore(to, shl(96, mload(entry)))
                    mstore(add(to, 20), shl(16, row))
                    mstore(add(frame, 0x260), add(to, 36))
                }
                let isPaid := and(
                    and(lt(sub(amount, 1), coverage), iszero(or(and(lanes, lane), mload(add(frame, 0x200))))),
                    iszero(eq(mload(entry), mload(frame)))
                )
                if gt(isPaid, mload(add(frame, 0x1a0))) {
                    let scratch := mload(add(frame, 0x180))
                    mstore(add(scratch, 0x20), mload(frame))
                    mstore(add(scratch, 0x40), mload(entry))
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
                    if iszero(mload(add(frame, 0x1e0))) { reason := 3 } // SESSION
                    if or(iszero(amount), gt(and(lanes, lane), 0)) { reason := 2 } // STALE
                    if eq(mload(entry), mload(frame)) { reason := 0 } // PAYEE
                    skip(frame, position, reason)
                    continue
                }
                lanes := or(lanes, lane)
                coverage := sub(coverage, amount)
                mstore(add(frame, 0x120), add(mload(add(frame, 0x120)), amount))
                entry := add(entry, 0x20)
                mstore(entry, add(mload(entry), sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
            }
            mstore(add(frame, 0x100), coverage)
            mstore(add(frame, 0xc0), position)
        }
        return lanes;
    }

    /// @notice Credits all rows of a statement as if each of them held, and writes what the
    /// statement hashes to `scratch`: payee (20) | lane (4) | amount (12) of each row. The caller
    /// decides whether the credits stay.
    /// @dev Without a branch in the loop: whatever is wrong with a row leaves a bit in `flaws`.
    /// @return lanes bitmap of all lanes, right if they are of one word
    /// @return amounts sum, base units
    /// @return flaws not 0 if a payee index is out of range, a payee is the payer, an amount is 0,
    /// or lanes do not ascend strictly
    function payStatement(
        Frame memory frame
    ) internal pure returns (uint256 lanes, uint256 amounts, uint256 flaws) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let position := mload(add(frame, 0x160))
            let to := add(mload(add(frame, 0x180)), ROWS_OFFSET)
            let nextLane := 0
            for {} lt(position, mload(add(frame, 0xe0))) { position := add(position, 18) } {
                let row := calldataload(position)
                let entry := shr(240, row)
                flaws := or(flaws, iszero(lt(entry, mload(add(frame, 0x20)))))
                entry := add(mload(add(frame, 0x80)), shl(6, mod(entry, mload(add(frame, 0x20)))))
                {
                    let payee := mload(entry)
                    mstore(to, shl(96, payee))
                    flaws := or(flaws, eq(payee, mload(frame)))
                }
                row := shl(16, row)
                mstore(add(to, 20), row)
                to := add(to, 36)
                entry := add(entry, 0x20)
                {
                    let amount := shr(160, shl(32, row))
                    flaws := or(flaws, iszero(amount))
                    amounts := add(amounts, amount)
                    amount := sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))
                    mstore(entry, add(mload(entry), mul(mload(add(frame, 0x1c0)), amount)))
                }
                lanes := or(lanes, shl(byte(3, row), 1))
                row := shr(224, row)
                flaws := or(flaws, lt(row, nextLane))
                nextLane := add(row, 1)
            }
        }
    }

    /// @notice The lanes of the bitmap word that the row at `position` is in, of a statement
    /// without flaws.
    /// @return lanes bitmap
    /// @return next position behind the last row of the word
    function readWord(
        Frame memory frame,
        uint256 position
    ) internal pure returns (uint256 lanes, uint256 next) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let word := shr(232, shl(16, calldataload(position)))
            next := position
            for {} lt(next, mload(add(frame, 0xe0))) { next := add(next, 18) } {
                let row := calldataload(next)
                if xor(shr(232, shl(16, row)), word) { break }
                lanes := or(lanes, shl(byte(5, row), 1))
            }
        }
    }

    /// @notice Takes back the credits of the rows whose lanes are in `stale`, and tells them: rows
    /// of one bitmap word, from `position` to `next`.
    /// @dev For statements without flaws that `payStatement` has credited.
    /// @return amounts what the rows would have cost, base units
    function dropStale(
        Frame memory frame,
        uint256 position,
        uint256 next,
        uint256 stale
    ) internal pure returns (uint256 amounts) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            function skip(self, at, reason) {
                let index := div(sub(at, mload(add(self, 0x160))), mload(add(self, 0x60)))
                mstore(add(self, 0x140), or(mload(add(self, 0x140)), shl(index, 1)))
                let skips := mload(add(self, 0x240))
                mstore(skips, or(shl(224, add(mload(add(self, 0x220)), index)), shl(216, reason)))
                mstore(add(self, 0x240), add(skips, SKIP_BYTES))
            }

            for {} stale {} {
                // Lanes ascend, so the row of the lowest one is found by halving.
                let lowest := and(stale, sub(0, stale))
                stale := xor(stale, lowest)
                let count := div(sub(next, position), 18)
                for {} gt(count, 1) {} {
                    let half := shr(1, count)
                    let middle := add(position, mul(half, 18))
                    count := sub(count, half)
                    if gt(shl(byte(5, calldataload(middle)), 1), lowest) {
                        count := half
                        continue
                    }
                    position := middle
                }

                let row := calldataload(position)
                let amount := shr(160, shl(48, row))
                amounts := add(amounts, amount)
                let entry := add(add(mload(add(frame, 0x80)), shl(6, shr(240, row))), 0x20)
                mstore(entry, sub(mload(entry), sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
                skip(frame, position, 2) // STALE
                position := add(position, 18)
            }
        }
    }

    /// @notice keccak-256 of what the loops wrote of the group: payee (20) | lane (4) | amount (12)
    /// of each row.
    function hashRows(Frame memory frame) internal pure returns (bytes32 rowsHash) {
        uint256 count = (frame.end - frame.rows) / frame.rowBytes;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            rowsHash := keccak256(add(mload(add(frame, 0x180)), ROWS_OFFSET), mul(count, 36))
        }
    }
}

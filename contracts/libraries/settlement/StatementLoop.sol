// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

// The assembly uses them all.
// solhint-disable-next-line no-unused-import
import {ROWS_OFFSET, RowLoop, SKIP_BYTES} from "./RowLoop.sol";

/// @title StatementLoop
/// @notice The quick way through a statement, in assembly: it is most of what `settle` costs.
/// @dev Offsets and positions as in RowLoop. Amounts are read out of memory: what comes out of a
/// row of the calldata the compiler works out at each use.
library StatementLoop {
    /// @notice Credits all rows of a statement as if each of them held, and writes what the
    /// statement hashes to `scratch`: payee (20) | lane (4) | amount (12) of each row. The caller
    /// decides whether the credits stay.
    /// @dev Without a branch in the loop. Credits may spill into their payees' words, and writes go
    /// behind the table: `takeBack` undoes the first, and the batch reverts after the second.
    /// @return lanes bitmap of all lanes, right if they are of one word
    /// @return amounts sum, base units; above 2^96 if the statement needs a second look: it is that
    /// much, a payee index is out of range, a payee is the payer, an amount is 0, or lanes do not
    /// ascend strictly
    // solhint-disable-next-line function-max-lines
    function payStatement(RowLoop.Frame memory frame) internal pure returns (uint256 lanes, uint256 amounts) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let position := mload(add(frame, 0x160))
            let to := add(mload(add(frame, 0x180)), ROWS_OFFSET)
            let payees := mload(add(frame, 0x80))
            let next := 0
            if mod(sub(mload(add(frame, 0xe0)), position), 36) {
                let flaws := 0
                let sum := 0
                {
                    let row := calldataload(position)
                    let entry := add(payees, shl(5, shr(240, row)))
                    flaws := or(flaws, iszero(lt(shr(240, row), mload(add(frame, 0x20)))))
                    let word := mload(entry)
                    mstore(to, word)
                    flaws := or(flaws, eq(shr(96, word), mload(frame)))
                    mstore(add(to, 20), shl(16, row))
                    lanes := or(lanes, shl(byte(5, row), 1))
                    let amount := shr(160, mload(add(to, 24)))
                    mstore(entry, add(word, sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
                    flaws := or(flaws, iszero(amount))
                    sum := add(sum, amount)
                    // The first row follows none.
                    next := add(shr(224, shl(16, row)), 1)
                }
                amounts := or(sum, shl(128, flaws))
                position := add(position, 18)
                to := add(to, 36)
            }
            // Two rows in a round: half of what a round of one costs is the round itself.
            for {} lt(position, mload(add(frame, 0xe0))) { position := add(position, 36) } {
                let flaws := 0
                let sum := 0
                {
                    let row := calldataload(position)
                    let entry := add(payees, shl(5, shr(240, row)))
                    flaws := or(flaws, iszero(lt(shr(240, row), mload(add(frame, 0x20)))))
                    let word := mload(entry)
                    mstore(to, word)
                    flaws := or(flaws, eq(shr(96, word), mload(frame)))
                    mstore(add(to, 20), shl(16, row))
                    lanes := or(lanes, shl(byte(5, row), 1))
                    let amount := shr(160, mload(add(to, 24)))
                    mstore(entry, add(word, sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
                    flaws := or(flaws, iszero(amount))
                    sum := add(sum, amount)
                    row := shr(224, shl(16, row))
                    flaws := or(flaws, lt(row, next))
                    next := add(row, 1)
                }
                {
                    let row := calldataload(add(position, 18))
                    let entry := add(payees, shl(5, shr(240, row)))
                    flaws := or(flaws, iszero(lt(shr(240, row), mload(add(frame, 0x20)))))
                    let word := mload(entry)
                    mstore(add(to, 36), word)
                    flaws := or(flaws, eq(shr(96, word), mload(frame)))
                    mstore(add(to, 56), shl(16, row))
                    lanes := or(lanes, shl(byte(5, row), 1))
                    let amount := shr(160, mload(add(to, 60)))
                    mstore(entry, add(word, sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
                    flaws := or(flaws, iszero(amount))
                    sum := add(sum, amount)
                    row := shr(224, shl(16, row))
                    flaws := or(flaws, lt(row, next))
                    next := add(row, 1)
                }
                amounts := or(add(amounts, sum), shl(128, flaws))
                to := add(to, 72)
            }
        }
    }

    /// @notice Takes back all that `payStatement` has credited, and writes once more what the
    /// statement hashes.
    function takeBack(RowLoop.Frame memory frame) internal pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let payees := mload(add(frame, 0x80))
            let position := mload(add(frame, 0x160))
            for {} lt(position, mload(add(frame, 0xe0))) { position := add(position, 18) } {
                let row := calldataload(position)
                let entry := add(payees, shl(5, shr(240, row)))
                let amount := shr(160, shl(48, row))
                mstore(entry, sub(mload(entry), sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
            }
        }
        // Once more, for nothing: what the statement hashes may have been written from spilt words.
        uint256 feeBps = frame.feeBps;
        frame.feeBps = 10_000;
        payStatement(frame);
        frame.feeBps = feeBps;
    }

    /// @notice The lanes of the bitmap word that the row at `position` is in, of a statement
    /// without flaws.
    /// @return lanes bitmap
    /// @return next position behind the last row of the word
    function readWord(
        RowLoop.Frame memory frame,
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
        RowLoop.Frame memory frame,
        uint256 position,
        uint256 next,
        uint256 stale
    ) internal pure returns (uint256 amounts) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            function skip(self, at, reason) {
                let index := div(sub(at, mload(add(self, 0x160))), mload(add(self, 0x60)))
                mstore(add(self, 0x140), or(mload(add(self, 0x140)), shl(index, 1)))
                let skips := mload(add(self, 0x200))
                mstore(skips, or(shl(224, add(mload(add(self, 0x1e0)), index)), shl(216, reason)))
                mstore(add(self, 0x200), add(skips, SKIP_BYTES))
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
                let entry := add(mload(add(frame, 0x80)), shl(5, shr(240, row)))
                mstore(entry, sub(mload(entry), sub(amount, div(mul(amount, mload(add(frame, 0x40))), 10000))))
                skip(frame, position, 2) // STALE
                position := add(position, 18)
            }
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BatchReader} from "../../../contracts/libraries/settlement/BatchReader.sol";
import {readPayeeTable} from "../../../contracts/libraries/settlement/PayeeTable.sol";
import {RowLoop} from "../../../contracts/libraries/settlement/RowLoop.sol";
import {StatementLoop} from "../../../contracts/libraries/settlement/StatementLoop.sol";

/// @notice The hash that `settle` makes of a statement's rows, by the loop that makes it there.
library StatementHash {
    using BatchReader for bytes;
    using RowLoop for RowLoop.Frame;
    using StatementLoop for RowLoop.Frame;

    /// @param offset of the group's first row
    /// @param end behind its last row
    function lanesHash(bytes calldata batch, uint256 offset, uint256 end) internal view returns (bytes32) {
        RowLoop.Frame memory frame;
        (, frame.payeeCount, ) = batch.readHeader();
        // All of it is fee: credits of any amounts would spill into the payees, as `takeBack` says.
        frame.feeBps = 10_000;
        frame.prepare(0, 0);
        (frame.rows, frame.end) = (batch.positionOf(offset), batch.positionOf(end));
        frame.payees = readPayeeTable(batch.positionOf(BatchReader.PAYEES_OFFSET), frame.payeeCount);
        frame.payStatement();
        return frame.hashRows((end - offset) / BatchReader.LANE_BYTES);
    }
}

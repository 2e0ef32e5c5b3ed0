// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BatchReader} from "../../../contracts/libraries/settlement/BatchReader.sol";
import {RowLoop} from "../../../contracts/libraries/settlement/RowLoop.sol";

/// @notice Groups of a batch as `settle` enters them, by offsets from the first byte of the batch.
library BatchGroups {
    using BatchReader for bytes;
    using RowLoop for RowLoop.Frame;

    function readGroup(
        bytes calldata batch,
        uint256 offset,
        uint256 version
    ) internal pure returns (address payer, address sessionKey, uint256 rowsOffset, uint256 nextOffset) {
        RowLoop.Frame memory frame;
        frame.prepare(0, 0);
        (frame.rowBytes, frame.headBytes) = (BatchReader.rowBytes(version), BatchReader.headBytes(version));
        uint256 count;
        uint256 position = batch.positionOf(offset);
        (payer, sessionKey, count) = frame.enterGroup(position, batch.positionOf(batch.length));
        if (count == 0) batch.checkGroup(offset, version);
        return (payer, sessionKey, offset + frame.rows - position, offset + frame.end - position);
    }

    function payeeAt(bytes calldata batch, uint256 index) internal pure returns (address) {
        return address(bytes20(batch.load(BatchReader.PAYEES_OFFSET + BatchReader.PAYEE_BYTES * index)));
    }
}

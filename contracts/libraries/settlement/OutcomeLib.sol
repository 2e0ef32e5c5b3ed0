// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BatchReader} from "./BatchReader.sol";
import {IFloodgate} from "../../interfaces/IFloodgate.sol";
import {Row} from "./Row.sol";

/// @title OutcomeLib
/// @notice The one hash that a batch leaves, and what can be proved from it later.
library OutcomeLib {
    using BatchReader for bytes;

    /// @notice Adds one group to the hash of those before it.
    /// @param outcome hash so far; at first that of the batch's header
    /// @param groupHash keccak-256 of the group's bytes
    /// @param paidRows bit i says that row i paid
    function fold(bytes32 outcome, bytes32 groupHash, uint256 paidRows) internal pure returns (bytes32 result) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, outcome)
            mstore(add(free, 0x20), groupHash)
            mstore(add(free, 0x40), paidRows)
            result := keccak256(free, 0x60)
        }
    }

    /// @notice What a batch has paid `payee` on a lane, base units before the fee; 0 if it paid
    /// another.
    /// @dev Reverts if `evidence` is not of the batch with hash `expected`, or shows no payment on
    /// the lane.
    function paidTo(
        IFloodgate.Evidence calldata evidence,
        bytes32 expected,
        address payer,
        uint256 lane,
        address payee
    ) internal pure returns (uint96) {
        _checkFold(evidence, expected);
        (uint256 payeeIndex, uint256 amount) = _paidRow(evidence, payer, lane);
        return evidence.header.payeeAt(payeeIndex) == payee ? uint96(amount) : 0;
    }

    function _checkFold(IFloodgate.Evidence calldata evidence, bytes32 expected) private pure {
        bytes calldata header = evidence.header;
        // The exact length keeps anyone from passing off a later step of the fold as a header.
        uint256 length = BatchReader.PAYEES_OFFSET;
        if (header.length >= length) length += BatchReader.PAYEE_BYTES * uint16(bytes2(header[33:35]));
        if (header.length != length) revert IFloodgate.EvidenceHeaderInvalid(header.length, length);

        bytes32 outcome = keccak256(header);
        for (uint256 i = 0; i < evidence.groups.length; ++i) {
            outcome = fold(outcome, evidence.groups[i].groupHash, evidence.groups[i].paidRows);
        }
        if (outcome != expected) revert IFloodgate.EvidenceMismatch(outcome, expected);
    }

    function _paidRow(
        IFloodgate.Evidence calldata evidence,
        address payer,
        uint256 lane
    ) private pure returns (uint256 payeeIndex, uint256 amount) {
        bytes calldata group = evidence.group;
        uint256 paidRows = _paidRowsOf(evidence);
        uint256 version = uint8(evidence.header[0]);
        (address groupPayer, , uint256 offset, uint256 end) = group.readGroup(0, version);
        if (groupPayer != payer) revert IFloodgate.EvidenceIrrelevant(payer, lane);

        for (; offset < end; offset += BatchReader.rowBytes(version)) {
            Row row = BatchReader.rowAt(group.positionOf(offset));
            if (row.lane() == lane && paidRows & 1 == 1) return (row.payeeIndex(), row.amount());
            paidRows >>= 1;
        }
        revert IFloodgate.EvidenceIrrelevant(payer, lane);
    }

    function _paidRowsOf(IFloodgate.Evidence calldata evidence) private pure returns (uint256) {
        uint256 count = evidence.groups.length;
        if (evidence.groupIndex >= count) revert IFloodgate.EvidenceGroupUnknown(evidence.groupIndex, count);
        IFloodgate.GroupOutcome calldata outcome = evidence.groups[evidence.groupIndex];
        bytes32 groupHash = keccak256(evidence.group);
        if (groupHash != outcome.groupHash) revert IFloodgate.EvidenceMismatch(groupHash, outcome.groupHash);
        return outcome.paidRows;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Cast} from "./Cast.sol";
import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {leafOf, proofOf, resolvedRows, rootOf} from "../Outcome.sol";

/// @notice Packs batches of either kind, and proves afterwards what they have paid.
abstract contract Batches is Cast {
    struct Line {
        uint256 payeeIndex;
        uint256 lane;
        uint256 amount;
        bool isSigned; // as a voucher; of a statement all lines have the same
    }

    struct Section {
        uint256 who;
        address sessionKey;
        Line[] lines;
        bytes packed;
        uint256 paidRows;
    }

    struct Batch {
        uint256 version;
        Section[] sections;
    }

    /// @dev What the operator has sent: by batch number the version, and encoded `Section`s.
    mapping(uint256 batch => uint256) private _versions;
    mapping(uint256 batch => bytes[]) private _sections;

    /// @dev Somebody else, the people, and others behind them.
    uint256 internal constant PAYEES = 1 + PEOPLE + 3;

    /// @notice Payee table of all batches.
    function payeeAt(uint256 index) internal view returns (address) {
        if (index == 0) return address(0x99);
        return index <= PEOPLE ? people[index - 1] : address(type(uint160).max - uint160(PAYEES - index));
    }

    function headerOf(uint256 version, uint40 validUntil) internal view returns (bytes memory result) {
        result = abi.encodePacked(uint8(version), BUNDLE_HASH, validUntil, uint16(PAYEES));
        for (uint256 i = 0; i < PAYEES; ++i) result = abi.encodePacked(result, payeeAt(i));
    }

    /// @notice Signs and packs a section; lines that are not `isSigned` get a stranger's signature.
    function pack(uint256 version, Section memory section, uint256 secret) internal view {
        bytes memory rows;
        bytes memory lanes;
        address from = people[section.who];
        for (uint256 i = 0; i < section.lines.length; ++i) {
            Line memory line = section.lines[i];
            address to = payeeAt(line.payeeIndex);
            rows = abi.encodePacked(rows, uint16(line.payeeIndex), uint32(line.lane), uint96(line.amount));
            lanes = abi.encodePacked(lanes, to, uint32(line.lane), uint96(line.amount));
            if (version == 2) continue;
            rows = abi.encodePacked(rows, _signLine(line.isSigned ? secret : allotterKey, from, to, line));
        }
        if (version == 2) rows = bytes.concat(_signLines(secret, from, lanes, section.lines[0]), rows);
        section.packed = abi.encodePacked(from, section.sessionKey, uint8(section.lines.length), rows);
    }

    function bytesOf(Batch memory batch) internal view returns (bytes memory result) {
        return bytesOf(batch, VALID_UNTIL);
    }

    function bytesOf(Batch memory batch, uint40 validUntil) internal view returns (bytes memory result) {
        result = headerOf(batch.version, validUntil);
        for (uint256 i = 0; i < batch.sections.length; ++i) {
            result = bytes.concat(result, batch.sections[i].packed);
        }
    }

    /// @notice `outcomeHash` as IFloodgate describes it.
    function outcomeOf(Batch memory batch) internal view returns (bytes32 outcome) {
        return rootOf(_leavesOf(batch));
    }

    function keep(uint256 number, Batch memory batch) internal {
        _versions[number] = batch.version;
        for (uint256 i = 0; i < batch.sections.length; ++i) _sections[number].push(abi.encode(batch.sections[i]));
    }

    function batchAt(uint256 number) internal view returns (Batch memory batch) {
        bytes[] storage encoded = _sections[number];
        batch = Batch(_versions[number], new Section[](encoded.length));
        for (uint256 i = 0; i < encoded.length; ++i) batch.sections[i] = abi.decode(encoded[i], (Section));
    }

    /// @notice Evidence of what section `index` of batch `number` has paid.
    function evidenceOf(uint256 number, uint256 index) internal view returns (IFloodgate.Evidence memory evidence) {
        Batch memory batch = batchAt(number);
        evidence.batch = number;
        evidence.rows = resolvedRows(headerOf(batch.version, VALID_UNTIL), batch.sections[index].packed);
        evidence.paidRows = batch.sections[index].paidRows;
        evidence.proof = proofOf(_leavesOf(batch), index);
    }

    function _leavesOf(Batch memory batch) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](batch.sections.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            Section memory section = batch.sections[i];
            leaves[i] = leafOf(headerOf(batch.version, VALID_UNTIL), section.packed, section.paidRows);
        }
    }

    /// @dev A bad line has another key's signature or, on odd lanes, one that recovers to nobody.
    function _signLine(uint256 signer, address from, address to, Line memory line) private view returns (bytes memory) {
        if (!line.isSigned && line.lane % 2 == 1) return nobodysSignature();
        return signVoucher(signer, from, to, line.lane, line.amount);
    }

    /// @dev The same for a statement, whose first line tells.
    function _signLines(
        uint256 secret,
        address from,
        bytes memory lanes,
        Line memory first
    ) private view returns (bytes memory) {
        if (!first.isSigned && first.lane % 2 == 1) return nobodysSignature();
        return signCompact(first.isSigned ? secret : allotterKey, _statementDigest(from, keccak256(lanes)));
    }

    function _statementDigest(address from, bytes32 lanesHash) private view returns (bytes32) {
        bytes32 typeHash = keccak256("Statement(address payer,bytes32 lanesHash)");
        return toDigest(keccak256(abi.encode(typeHash, from, lanesHash)));
    }
}

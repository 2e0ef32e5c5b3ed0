// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Floodgate} from "../../../contracts/Floodgate.sol";
import {IFloodgate} from "../../../contracts/interfaces/IFloodgate.sol";
import {Vm} from "./Vm.sol";

/// @notice Deploys the contract under test: the creation code in the file that FLOODGATE_CODE_FILE
/// names, as hex, else what these tests are compiled with.
/// @dev So that tests are compiled in a moment, and still test the shipped build, or a mutant.
function newFloodgate(IFloodgate.Config memory config) returns (Floodgate floodgate) {
    Vm vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    string memory file = vm.envOr("FLOODGATE_CODE_FILE", string(""));
    if (bytes(file).length == 0) return new Floodgate(config);

    bytes memory code = bytes.concat(vm.parseBytes(vm.readFile(file)), abi.encode(config));
    assembly ("memory-safe") {
        floodgate := create(0, add(code, 32), mload(code))
        if iszero(floodgate) {
            returndatacopy(0, 0, returndatasize())
            revert(0, returndatasize())
        }
    }
}

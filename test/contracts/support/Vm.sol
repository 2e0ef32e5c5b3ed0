// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The cheat codes of Hardhat's Solidity tests that these tests use.
/// @dev Names and meanings are Foundry's: https://getfoundry.sh/reference/cheatcodes/overview
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 privateKey) external pure returns (address);

    function assertEq(bool left, bool right, string calldata label) external pure;

    function assertEq(uint256 left, uint256 right, string calldata label) external pure;

    function assertEq(address left, address right, string calldata label) external pure;

    function assertEq(bytes32 left, bytes32 right, string calldata label) external pure;

    function assertGe(uint256 left, uint256 right, string calldata label) external pure;

    function assertLe(uint256 left, uint256 right, string calldata label) external pure;

    function assume(bool condition) external pure;

    function chainId(uint256 newChainId) external;

    function envOr(string calldata name, string calldata fallback_) external view returns (string memory);

    function expectEmit(address emitter) external;

    function expectRevert(bytes calldata reason) external;

    function getBlockTimestamp() external view returns (uint256);

    function getRecordedLogs() external returns (Log[] memory);

    function label(address account, string calldata name) external;

    function parseBytes(string calldata text) external pure returns (bytes memory);

    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);

    function parseJsonAddressArray(string calldata json, string calldata key) external pure returns (address[] memory);

    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);

    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);

    function parseJsonBytes32Array(string calldata json, string calldata key) external pure returns (bytes32[] memory);

    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);

    function parseJsonUintArray(string calldata json, string calldata key) external pure returns (uint256[] memory);

    function prank(address sender) external;

    function prank(address sender, address origin) external;

    function etch(address target, bytes calldata code) external;

    function readFile(string calldata path) external view returns (string memory);

    function recordLogs() external;

    function revertToState(uint256 id) external returns (bool);

    function setNonceUnsafe(address account, uint64 nonce) external;

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function snapshotState() external returns (uint256 id);

    function warp(uint256 time) external;
}

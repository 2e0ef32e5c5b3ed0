// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// @notice Assertions, numbers and signatures for tests.
abstract contract TestBase {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev n / 2 and n of secp256k1 (SEC 2).
    uint256 internal constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function assertEq(bool actual, bool expected, string memory label) internal pure {
        vm.assertEq(actual, expected, label);
    }

    function assertEq(uint256 actual, uint256 expected, string memory label) internal pure {
        vm.assertEq(actual, expected, label);
    }

    function assertEq(address actual, address expected, string memory label) internal pure {
        vm.assertEq(actual, expected, label);
    }

    function assertEq(bytes32 actual, bytes32 expected, string memory label) internal pure {
        vm.assertEq(actual, expected, label);
    }

    function assertLe(uint256 actual, uint256 limit, string memory label) internal pure {
        vm.assertLe(actual, limit, label);
    }

    /// @notice Maps any number into [low, high]; numbers inside stay, so that extremes given by
    /// hand are tried.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        if (value >= low && value <= high) return value;
        uint256 size = high - low + 1;
        return size == 0 ? value : low + (value % size);
    }

    /// @notice A private key for a name.
    function keyOf(string memory name) internal pure returns (uint256) {
        return bound(uint256(keccak256(bytes(name))), 1, CURVE_ORDER - 1);
    }

    /// @notice A private key for a name and a number.
    function keyOf(string memory name, uint256 index) internal pure returns (uint256) {
        return bound(uint256(keccak256(abi.encode(name, index))), 1, CURVE_ORDER - 1);
    }

    /// @notice EIP-2098, 64 bytes: what session keys and the authority make.
    function signCompact(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
    }

    /// @notice Whom the precompile names for 64 bytes; 0 for nobody.
    function recoverCompact(bytes32 digest, bytes memory signature) internal pure returns (address) {
        (bytes32 r, bytes32 vs) = abi.decode(signature, (bytes32, bytes32));
        return ecrecover(digest, uint8(27 + (uint256(vs) >> 255)), r, bytes32((uint256(vs) << 1) >> 1));
    }

    /// @notice 65 bytes: what wallets make.
    function signWallet(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}

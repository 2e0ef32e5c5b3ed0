// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice A wallet with code (ERC-1271): it takes the signatures of the key whose address it has,
/// with one byte before them, so that nobody takes them for those of a plain key.
contract PrefixedWallet is IERC1271 {
    bytes1 private constant PREFIX = 0x01;

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 66 || signature[0] != PREFIX) return bytes4(0);
        (address signer, , ) = ECDSA.tryRecover(hash, bytes(signature[1:]));
        return signer == address(this) ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

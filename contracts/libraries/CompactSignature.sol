// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title CompactSignature
/// @notice Signatures of session keys and of the authority: 64 bytes r, vs (EIP-2098), s at most
/// half the order.
library CompactSignature {
    uint256 internal constant LENGTH = 64;

    /// @dev n / 2 of secp256k1 (SEC 2): every signature has one canonical form, as off-chain.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice Who has signed `digest`; 0 for a wrong length, a high s, or nobody's signature.
    function recover(bytes32 digest, bytes calldata signature) internal view returns (address) {
        if (signature.length != LENGTH) return address(0);
        return recover(digest, bytes32(signature[:32]), bytes32(signature[32:]));
    }

    /// @notice Who has signed `digest`; 0 for a high s or nobody's signature.
    /// @dev Calls the precompile in memory behind the free pointer: `ecrecover` would allocate for
    /// each row of a batch.
    function recover(bytes32 digest, bytes32 r, bytes32 vs) internal view returns (address signer) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            let s := shr(1, shl(1, vs))
            mstore(free, digest)
            mstore(add(free, 0x20), add(shr(255, vs), 27))
            mstore(add(free, 0x40), r)
            mstore(add(free, 0x60), s)
            // The precompile returns nothing for a bad signature: the scratch word then stays 0.
            mstore(0, 0)
            pop(staticcall(gas(), 1, free, 0x80, 0, 0x20))
            signer := mul(mload(0), iszero(gt(s, HALF_ORDER)))
        }
    }
}

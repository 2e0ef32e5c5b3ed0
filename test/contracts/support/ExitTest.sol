// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./FloodgateTest.sol";
import {IFloodgate} from "../../../contracts/interfaces/IFloodgate.sol";

/// @notice Builders for what lets money out at once.
abstract contract ExitTest is FloodgateTest {
    struct Release {
        address account;
        address to;
        uint96 amount;
        uint24 nonce;
        uint40 deadline;
    }

    function releaseDigest(Release memory r) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)"
        );
        return toDigest(keccak256(abi.encode(typeHash, r.account, r.to, r.amount, r.nonce, r.deadline)));
    }

    function signRelease(Release memory release) internal view returns (bytes memory) {
        return signCompact(allotterKey, releaseDigest(release));
    }

    /// @notice What the authority gives `payer`, to `payee`, good for 60 s, with the nonce that is
    /// next.
    function releaseOf(uint96 amount) internal view returns (Release memory) {
        uint24 nonce = floodgate.accountOf(payer).releaseNonce;
        return Release(payer, payee, amount, nonce, timeNow() + 60);
    }

    /// @notice What `payer` signs so that others may send it: to `payee`, with the nonce that is
    /// next.
    function withdrawalOf(uint96 amount) internal view returns (IFloodgate.Withdrawal memory) {
        uint40 deadline = timeNow() + 600;
        return IFloodgate.Withdrawal(payer, payee, amount, deadline, floodgate.nonces(payer));
    }

    function signWithdrawal(IFloodgate.Withdrawal memory withdrawal) internal view returns (bytes memory) {
        return signWallet(walletKey, withdrawalDigest(withdrawal));
    }

    function signInstant(IFloodgate.Withdrawal memory withdrawal) internal view returns (bytes memory) {
        return signWallet(walletKey, instantDigest(withdrawal));
    }

    /// @notice `release.account` takes its money out with a signature that may be wrong.
    function withdrawNow(Release memory release, bytes memory signature) internal {
        vm.prank(release.account);
        floodgate.withdrawNow(release.to, release.amount, release.deadline, signature);
    }

    /// @notice Whom a signature that need not be of this release names.
    function signerOf(Release memory release, bytes memory signature) internal view returns (address) {
        return recoverCompact(releaseDigest(release), signature);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AuthorizedToken, MockPermit2} from "./SignedTokens.sol";
import {Depositor} from "../../../contracts/periphery/Depositor.sol";
import {FloodgateTest} from "./FloodgateTest.sol";
import {IDepositor} from "../../../contracts/interfaces/IDepositor.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {newFloodgate} from "./Deployer.sol";
import {Floodgate} from "../../../contracts/Floodgate.sol";

/// @notice A Depositor for each kind of token, and the signatures that it takes.
/// @dev Type strings are written out: a mistake in the contract must show.
abstract contract DepositorTest is FloodgateTest {
    uint256 internal constant DEADLINE = START + 1 hours;

    MockPermit2 internal permit2;
    /// @dev For the dollar: ERC-2612 and Permit2.
    Depositor internal depositor;
    AuthorizedToken internal authorized;
    Floodgate internal otherFloodgate;
    /// @dev For the token with EIP-3009.
    Depositor internal otherDepositor;

    function setUp() public override {
        super.setUp();
        permit2 = new MockPermit2();
        depositor = new Depositor(floodgate, permit2);
        authorized = new AuthorizedToken();
        otherFloodgate = newFloodgate(configFor(IERC20(address(authorized))));
        otherDepositor = new Depositor(otherFloodgate, permit2);
    }

    function permitFor(uint256 amount) internal view returns (IDepositor.Signature memory) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, payer, address(depositor), amount, dollar.nonces(payer), DEADLINE)
        );
        return _sign(MessageHashUtils.toTypedDataHash(dollar.DOMAIN_SEPARATOR(), structHash));
    }

    function authorizationFor(
        address account,
        uint256 amount,
        bytes32 salt
    ) internal view returns (IDepositor.Signature memory) {
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
            "bytes32 nonce)"
        );
        bytes32 nonce = keccak256(abi.encode(account, salt));
        bytes32 structHash = keccak256(
            abi.encode(typeHash, payer, address(otherDepositor), amount, START - 1, DEADLINE, nonce)
        );
        return _sign(MessageHashUtils.toTypedDataHash(authorized.domainSeparator(), structHash));
    }

    function permit2Digest(address account, uint256 amount, uint256 nonce) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,"
            "Deposit witness)Deposit(address account)TokenPermissions(address token,uint256 amount)"
        );
        bytes32 permitted = keccak256(
            abi.encode(keccak256("TokenPermissions(address token,uint256 amount)"), address(dollar), amount)
        );
        bytes32 witness = keccak256(abi.encode(keccak256("Deposit(address account)"), account));
        bytes32 structHash = keccak256(
            abi.encode(typeHash, permitted, address(depositor), nonce, DEADLINE, witness)
        );
        return MessageHashUtils.toTypedDataHash(permit2.DOMAIN_SEPARATOR(), structHash);
    }

    /// @notice The dollar's tokens of `payer`, which has approved Permit2.
    function openForPermit2(uint256 amount) internal {
        dollar.mint(payer, amount);
        vm.prank(payer);
        dollar.approve(address(permit2), type(uint256).max);
    }

    /// @notice What the depositor must hold after each call.
    function assertEmpty() internal view {
        assertEq(dollar.balanceOf(address(depositor)), 0, "dollars kept");
        assertEq(authorized.balanceOf(address(otherDepositor)), 0, "tokens kept");
    }

    function idOf(
        bytes32 kind,
        address account,
        uint96 amount,
        bytes32 number
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(kind, payer, account, amount, number));
    }

    function _sign(bytes32 digest) private view returns (IDepositor.Signature memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(walletKey, digest);
        return IDepositor.Signature(v, r, s);
    }
}

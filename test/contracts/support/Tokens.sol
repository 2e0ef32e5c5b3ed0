// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Keeps one unit of each transfer.
contract FeeToken is ERC20("Fee", "FEE") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        _burn(from, 1);
        return super.transferFrom(from, to, amount - 1);
    }
}

/// @notice Refuses as some old tokens do: by its return value, where `isBroken` says so.
contract FalseToken is ERC20("False", "FLS") {
    bool public isBroken = true;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setBroken(bool newBroken) external {
        isBroken = newBroken;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !isBroken && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !isBroken && super.transferFrom(from, to, amount);
    }
}

/// @notice Returns nothing, like USDT on Ethereum; needs no allowance.
contract SilentToken {
    mapping(address holder => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @notice Calls someone in the middle of each transfer, as ERC-777 lets holders do.
contract ReentrantToken is ERC20("Reentrant", "RE") {
    address private _target;
    bytes private _call;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function callBack(address target, bytes calldata data) external {
        _target = target;
        _call = data;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_target == address(0)) return;
        (bool success, bytes memory reason) = _target.call(_call);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}

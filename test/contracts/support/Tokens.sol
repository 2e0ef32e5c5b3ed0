// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

/// @notice A token that anyone mints, and that shows its vice only while it is broken.
abstract contract ZooToken is ERC20("Zoo", "ZOO") {
    bool public isBroken;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setBroken(bool newBroken) external {
        isBroken = newBroken;
    }

    function _isTransfer(address from, address to) internal pure returns (bool) {
        return from != address(0) && to != address(0);
    }
}

/// @notice Keeps one unit of each transfer: the recipient gets less, the sender loses what it sent.
contract FeeToken is ZooToken {
    constructor() {
        isBroken = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (!isBroken || !_isTransfer(from, to)) return super._update(from, to, amount);
        super._update(from, to, amount - 1);
        super._update(from, address(0), 1);
    }
}

/// @notice Refuses as some old tokens do: by its return value.
contract FalseToken is ZooToken {
    constructor() {
        isBroken = true;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !isBroken && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !isBroken && super.transferFrom(from, to, amount);
    }
}

/// @notice Refuses with an error of its own.
contract RevertingToken is ZooToken {
    error Refused(address from, address to, uint256 amount);

    function _update(address from, address to, uint256 amount) internal override {
        if (isBroken) revert Refused(from, to, amount);
        super._update(from, to, amount);
    }
}

/// @notice Its issuer may stop all transfers, as USDC's may.
contract PausableToken is ZooToken, Pausable {
    function setPaused(bool isPaused) external {
        if (isPaused) _pause();
        else _unpause();
    }

    function _update(address from, address to, uint256 amount) internal override whenNotPaused {
        super._update(from, to, amount);
    }
}

/// @notice Its issuer may freeze a holder, as those of USDC and USDT may.
contract BlockingToken is ZooToken {
    mapping(address holder => bool) public isBlocked;

    error Blocked(address holder);

    function setBlocked(address holder, bool newBlocked) external {
        isBlocked[holder] = newBlocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        super._update(from, to, amount);
    }
}

/// @notice Returns nothing, like USDT on Ethereum; needs no allowance.
contract SilentToken {
    mapping(address holder => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    // solhint-disable-next-line no-empty-blocks
    function approve(address, uint256) external {}

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    function allowance(address, address) external pure returns (uint256) {
        return type(uint256).max;
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @notice Calls someone in the middle of each transfer, as ERC-777 lets holders do.
contract ReentrantToken is ZooToken {
    address private _target;
    bytes private _call;

    function callBack(address target, bytes calldata data) external {
        _target = target;
        _call = data;
    }

    function _update(address from, address to, uint256 amount) internal override {
        // ERC-777 asks the sender before it moves anything, and tells the recipient afterwards.
        _callOut();
        super._update(from, to, amount);
        _callOut();
    }

    function _callOut() private {
        if (_target == address(0)) return;
        (bool success, bytes memory reason) = _target.call(_call);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}

/// @notice 0 decimals, or 30: of the latter a whole token is more than an amount can count.
contract DecimalsToken is ZooToken {
    uint8 private immutable _decimals;

    constructor(uint8 newDecimals) {
        _decimals = newDecimals;
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}

/// @notice Has a supply of 2^256 - 1.
contract HugeToken is ZooToken {
    function fill(address to) external {
        _mint(to, type(uint256).max - totalSupply());
    }
}

/// @notice All balances grow and shrink by a common factor, as those of stETH and AMPL do.
contract RebasingToken is ZooToken {
    uint256 private constant ONE = 1_000;
    uint256 private _factor = ONE;

    /// @param factor in thousandths of what was minted
    function rebase(uint256 factor) external {
        _factor = factor;
    }

    function balanceOf(address holder) public view override returns (uint256) {
        return (super.balanceOf(holder) * _factor) / ONE;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, (amount * ONE) / _factor);
    }
}

/// @notice Balances change by themselves: in the middle of a transfer, or when the issuer wants it.
contract ChangingToken is ZooToken {
    int256 private _drift;
    uint256 private _toll;

    /// @param drift what each recipient's balance gains or loses in a transfer besides the amount
    function setDrift(int256 drift) external {
        _drift = drift;
    }

    /// @param toll what each sender loses in a transfer besides the amount
    function setToll(uint256 toll) external {
        _toll = toll;
    }

    function seize(address holder, uint256 amount) external {
        _burn(holder, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (!_isTransfer(from, to)) return;
        if (_toll > 0) super._update(from, address(0), _toll);
        if (_drift > 0) super._update(address(0), to, uint256(_drift));
        if (_drift < 0) super._update(to, address(0), uint256(-_drift));
    }
}

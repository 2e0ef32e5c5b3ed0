// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Owner, operator and customer in one; whenever a token calls it, it makes all the calls
/// that it was taught.
contract Intruder {
    struct Attempt {
        bytes data;
        uint256 successes;
        uint256 refusals;
        bytes reason; // of the last refusal
    }

    address public floodgate;
    Attempt[] private _attempts;
    bool private _isStriking;

    function aim(address newFloodgate) external {
        floodgate = newFloodgate;
    }

    function teach(bytes calldata data) external {
        _attempts.push().data = data;
    }

    /// @notice The token's hook.
    function strike() external {
        if (_isStriking) return;
        _isStriking = true;
        for (uint256 i = 0; i < _attempts.length; ++i) {
            (bool isDone, bytes memory reason) = floodgate.call(_attempts[i].data);
            if (isDone) _attempts[i].successes++;
            else (_attempts[i].refusals, _attempts[i].reason) = (_attempts[i].refusals + 1, reason);
        }
        _isStriking = false;
    }

    function act(address target, bytes calldata data) external returns (bytes memory) {
        (bool isDone, bytes memory result) = target.call(data);
        if (isDone) return result;
        assembly ("memory-safe") {
            revert(add(result, 0x20), mload(result))
        }
    }

    function attempts() external view returns (Attempt[] memory) {
        return _attempts;
    }
}

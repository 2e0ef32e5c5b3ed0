// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "../FloodgateTest.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {PrefixedWallet} from "./PrefixedWallet.sol";

/// @notice A few people with wallets and session keys, and chance: all that a sequence of random
/// calls is about.
abstract contract Cast is FloodgateTest {
    uint256 internal constant PEOPLE = 4;
    uint256 internal constant KEYS = 3;

    /// @dev Ascending, as in a batch's payee table. The last one is a contract.
    address[PEOPLE] internal people;
    uint256[PEOPLE] internal wallets;
    mapping(uint256 who => mapping(uint256 index => uint256)) internal secrets;
    mapping(uint256 who => mapping(uint256 index => address)) internal keys;
    mapping(address account => uint256) internal whoIs;

    /// @notice Actions so far: a campaign without any proves nothing.
    uint256 public actionCount;

    uint256 private _chance;

    constructor() {
        super.setUp();
        for (uint256 i = 0; i < PEOPLE; ++i) _insert(i, keyOf("person", i));
        vm.etch(people[PEOPLE - 1], address(new PrefixedWallet()).code);
        for (uint256 who = 0; who < PEOPLE; ++who) {
            whoIs[people[who]] = who;
            for (uint256 i = 0; i < KEYS; ++i) {
                secrets[who][i] = keyOf("person's session", who * KEYS + i);
                keys[who][i] = vm.addr(secrets[who][i]);
            }
        }
    }

    function startDraws(uint256 seed) internal {
        _chance = seed;
        actionCount++;
    }

    /// @notice The next random number in [low, high].
    function draw(uint256 low, uint256 high) internal returns (uint256) {
        _chance = uint256(keccak256(abi.encode(_chance)));
        return low + (_chance % (high - low + 1));
    }

    /// @notice True once in `times`.
    function oneIn(uint256 times) internal returns (bool) {
        return draw(1, times) == 1;
    }

    /// @notice Calls the contract as `sender`; sometimes in a `multicall`, and sometimes with too
    /// little gas before. A call that runs out of it must change nothing.
    function tryAs(address sender, bytes memory data) internal returns (bool isDone) {
        if (oneIn(4)) data = inMulticall(data);
        if (oneIn(8)) {
            vm.prank(sender);
            (isDone, ) = address(floodgate).call{gas: draw(25_000, 120_000)}(data);
            if (isDone) return true;
        }
        vm.prank(sender);
        (isDone, ) = address(floodgate).call(data);
    }

    function inMulticall(bytes memory data) internal pure returns (bytes memory) {
        bytes[] memory calls = new bytes[](1);
        calls[0] = data;
        return abi.encodeCall(Multicall.multicall, (calls));
    }

    /// @notice What person `who` signs as a wallet, if `secret` is its own.
    function signPerson(uint256 who, uint256 secret, bytes32 digest) internal pure returns (bytes memory signature) {
        signature = signWallet(secret, digest);
        if (who == PEOPLE - 1) signature = bytes.concat(hex"01", signature);
    }

    /// @notice 64 bytes that recover to nobody (r = 0, s = 1).
    function nobodysSignature() internal pure returns (bytes memory) {
        return abi.encode(0, 1);
    }

    function releaseDigest(
        address account,
        address to,
        uint256 amount,
        uint256 nonce,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)"
        );
        return toDigest(keccak256(abi.encode(typeHash, account, to, amount, nonce, deadline)));
    }

    function _insert(uint256 count, uint256 wallet) private {
        address account = vm.addr(wallet);
        uint256 i = count;
        for (; i > 0 && people[i - 1] > account; --i) (people[i], wallets[i]) = (people[i - 1], wallets[i - 1]);
        (people[i], wallets[i]) = (account, wallet);
    }
}

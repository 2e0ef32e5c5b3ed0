// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

/// @notice Five people who deposit, spend, claim and withdraw in any order, each also payee of the others.
contract Handler is FloodgateTest {
    uint256 internal constant PEOPLE = 5;
    uint32 internal constant LANES = 40;

    uint256 public deposited;
    uint256 public withdrawn;
    /// @dev Times that a lane has paid again, or a claim more than its voucher.
    uint256 public overpaid;

    /// @dev Once: it is one of the functions that the test calls at random.
    function setUp() public override {
        if (address(floodgate) == address(0)) super.setUp();
    }

    constructor() {
        setUp();
        for (uint256 i = 0; i < PEOPLE; ++i) authorize(person(i), vm.addr(keyOf("key", i)), NO_LIMIT, START + 3650 days);
        vm.prank(owner);
        floodgate.setFee(250);
    }

    function person(uint256 index) public pure returns (address) {
        return payeeNumber(index % PEOPLE);
    }

    function target() external view returns (IFloodgate, address, address) {
        return (floodgate, address(dollar), feeRecipient);
    }

    function deposit(uint256 who, uint96 amount) external {
        amount = uint96(bound(amount, 1, 1e12));
        fund(person(who), amount);
        deposited += amount;
    }

    function settleRows(uint256 who, uint32[4] calldata lanes, uint96[4] calldata amounts) external {
        address from = person(who);
        uint256 secret = keyOf("key", who % PEOPLE);
        bytes memory rows;
        uint256 last = 0;
        for (uint256 i = 0; i < lanes.length; ++i) {
            uint256 lane = last + 1 + (lanes[i] % (LANES / 4));
            last = lane;
            uint256 amount = bound(amounts[i], 0, 1e11);
            rows = bytes.concat(rows, rowOf(from, secret, i % PEOPLE, lane, amount));
        }
        uint256 before = balanceOf(from);
        bool[] memory wasUsed = _used(from);
        settle(abi.encodePacked(header(payeeTable(PEOPLE)), group(from, vm.addr(secret), rows)));
        // Where every lane was used before, nothing may have left.
        if (_allUsed(from, wasUsed) && balanceOf(from) < before) overpaid++;
    }

    function claimLane(uint256 who, uint256 whom, uint32 lane, uint96 cap, uint96 amount) external {
        address from = person(who);
        address to = person(whom);
        if (from == to) return;
        lane = uint32(bound(lane, 1, LANES));
        cap = uint96(bound(cap, 1, 1e11));
        amount = uint96(bound(amount, 1, 1e11));
        if (floodgate.isLaneSettled(from, lane) && paidOn(from, lane, to) == 0) return;
        uint256 secret = keyOf("key", who % PEOPLE);
        IFloodgate.Allotment memory allotment = IFloodgate.Allotment({
            payer: from,
            payee: to,
            sessionKey: vm.addr(secret),
            payeeKey: address(1),
            lane: lane,
            cap: cap,
            pricePerGiB: 1,
            credit: 1,
            infoHash: bytes20(0),
            expiresAt: uint40(block.timestamp) + A
        });
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucher(secret, from, to, lane, amount);
        floodgate.claim(allotment, byAllotter, amount, bySession);
        if (paidOn(from, lane, to) > 1e11) overpaid++;
    }

    function requestWithdrawal(uint256 who, uint96 amount) external {
        address account = person(who);
        uint96 asked = uint96(bound(amount, 0, balanceOf(account)));
        vm.prank(account);
        floodgate.requestWithdrawal(asked);
    }

    function withdraw(uint256 who) external {
        address account = person(who);
        IFloodgate.Account memory state = floodgate.accountOf(account);
        if (state.withdrawing == 0) return;
        if (block.timestamp < state.withdrawableAt) vm.warp(state.withdrawableAt);
        vm.prank(account);
        withdrawn += floodgate.withdraw(stranger);
    }

    function donate(uint96 amount) external {
        dollar.mint(address(floodgate), bound(amount, 0, 1e9));
    }

    function _used(address from) private view returns (bool[] memory used) {
        used = new bool[](LANES + 1);
        for (uint32 lane = 0; lane <= LANES; ++lane) used[lane] = floodgate.isLaneSettled(from, lane);
    }

    function _allUsed(address from, bool[] memory before) private view returns (bool) {
        for (uint32 lane = 0; lane <= LANES; ++lane) {
            if (floodgate.isLaneSettled(from, lane) && !before[lane]) return false;
        }
        return true;
    }
}

contract InvariantsTest is FloodgateTest {
    Handler private _handler;

    function setUp() public override {
        _handler = new Handler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @notice Tokens in the contract are at least the sum of all balances, which is what came in less what left.
    function invariant_TokensCoverAllBalances() public view {
        (IFloodgate target, address token, address fees) = _handler.target();
        uint256 sum = target.accountOf(fees).balance;
        for (uint256 i = 0; i < 5; ++i) sum += target.accountOf(_handler.person(i)).balance;
        assertEq(target.totalBalance(), sum, "total");
        assertEq(sum, _handler.deposited() - _handler.withdrawn(), "flow");
        (, bytes memory held) = token.staticcall(abi.encodeWithSignature("balanceOf(address)", address(target)));
        assertLe(sum, abi.decode(held, (uint256)), "tokens");
    }

    function invariant_NobodyWithdrawsMoreThanItHas() public view {
        (IFloodgate target, , ) = _handler.target();
        for (uint256 i = 0; i < 5; ++i) {
            IFloodgate.Account memory account = target.accountOf(_handler.person(i));
            assertLe(account.withdrawing, account.balance, "withdrawing");
        }
    }

    function invariant_NoLanePaysTwice() public view {
        assertEq(_handler.overpaid(), 0, "overpaid");
    }
}

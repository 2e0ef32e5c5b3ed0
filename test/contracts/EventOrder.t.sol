// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {newFloodgate} from "./support/Deployer.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Vm} from "./support/Vm.sol";

/// @notice Which events each call emits, in which order, and no others. What they say is in the
/// tests of each call.
contract EventOrderTest is ExitTest {
    bytes32 private constant TRANSFER = IERC20.Transfer.selector;

    function setUp() public override {
        super.setUp();
        openPayer(1_000);
        fundBond(1_000);
        dollar.mint(owner, 1_000);
        vm.prank(owner);
        dollar.approve(address(floodgate), type(uint256).max);
        dollar.mint(address(this), 1_000);
        dollar.approve(address(floodgate), type(uint256).max);
        vm.recordLogs();
    }

    function test_Constructor() public {
        newFloodgate(configFor(IERC20(address(dollar))));
        _expect(
            _list(
                Ownable.OwnershipTransferred.selector,
                IFloodgate.FeeSet.selector,
                IFloodgate.OperatorSet.selector,
                IFloodgate.FeeRecipientSet.selector,
                IFloodgate.AllotterSet.selector
            )
        );
    }

    function test_Deposits() public {
        floodgate.depositFor(payer, 10, "1");
        _expect(_list(IFloodgate.Deposited.selector, TRANSFER));
        floodgate.depositFor(payer, 10, "1");
        _expect(new bytes32[](0));

        IFloodgate.Deposit[] memory deposits = new IFloodgate.Deposit[](2);
        deposits[0] = IFloodgate.Deposit(payer, 1, 0);
        deposits[1] = IFloodgate.Deposit(payee, 2, 0);
        floodgate.depositForMany(deposits);
        _expect(_list(IFloodgate.Deposited.selector, IFloodgate.Deposited.selector, TRANSFER));
    }

    function test_Sessions() public {
        vm.prank(payer);
        floodgate.authorizeSession(address(1), 10, START + 1 hours);
        _expect(_list(IFloodgate.SessionAuthorized.selector));
        vm.prank(payer);
        floodgate.authorizeSession(address(1), 10, START + 1 hours);
        _expect(new bytes32[](0));
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(payer);
            floodgate.revokeSession(address(1));
            _expect(i == 0 ? _list(IFloodgate.SessionRevoked.selector) : new bytes32[](0));
        }
    }

    function test_Settlement() public {
        settle(batchOf(bytes.concat(row(0, 1, 10), row(0, 2, 0))));
        bytes32[] memory told = _list(
            IFloodgate.RowsSkipped.selector,
            IFloodgate.Debited.selector,
            IFloodgate.Credited.selector,
            IFloodgate.Settled.selector
        );
        _expect(told);
        settle(batchOf(row(0, 3, 10)));
        _expect(_list(told[1], told[2], told[3]));
        settle(batchOf(row(0, 3, 10)));
        _expect(told);
    }

    function test_Claims() public {
        claim(allotmentOn(1, 50), 10);
        _expect(_list(IFloodgate.Claimed.selector));
        // Nothing new is due.
        claim(allotmentOn(1, 50), 10);
        _expect(new bytes32[](0));

        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes memory byAllotter = signAllotment(allotment);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IFloodgate.claim, (allotment, byAllotter, 20, signVoucherFor(allotment, 30)));
        calls[1] = abi.encodeCall(IFloodgate.claim, (allotment, byAllotter, 30, signVoucherFor(allotment, 30)));
        floodgate.claimMany(calls);
        _expect(_list(IFloodgate.ClaimSkipped.selector, IFloodgate.Claimed.selector));
    }

    function test_Exits() public {
        Release memory release = releaseOf(10);
        withdrawNow(release, signRelease(release));
        _expect(_list(IFloodgate.Released.selector, TRANSFER));

        vm.prank(payer);
        floodgate.requestWithdrawal(10);
        _expect(_list(IFloodgate.WithdrawalRequested.selector));
        vm.warp(START + D);
        vm.prank(payer);
        floodgate.withdraw(payee);
        _expect(_list(IFloodgate.Withdrawn.selector, TRANSFER));
    }

    function test_Bond() public {
        vm.prank(owner);
        floodgate.depositBond(10);
        _expect(_list(IFloodgate.BondDeposited.selector, TRANSFER));
        vm.prank(owner);
        floodgate.requestBondWithdrawal(10);
        _expect(_list(IFloodgate.BondWithdrawalRequested.selector));
        vm.warp(START + 2 * D);
        vm.prank(owner);
        floodgate.withdrawBond(payee);
        _expect(_list(IFloodgate.BondWithdrawn.selector, TRANSFER));
    }

    function test_Owner() public {
        bytes[5] memory calls = [
            abi.encodeCall(IFloodgate.setOperator, (stranger)),
            abi.encodeCall(IFloodgate.setAllotter, (stranger, 10)),
            abi.encodeCall(IFloodgate.retireAllotter, (stranger)),
            abi.encodeCall(IFloodgate.setFee, (10)),
            abi.encodeCall(IFloodgate.setFeeRecipient, (stranger))
        ];
        bytes32[5] memory told = [
            IFloodgate.OperatorSet.selector,
            IFloodgate.AllotterSet.selector,
            IFloodgate.AllotterRetired.selector,
            IFloodgate.FeeSet.selector,
            IFloodgate.FeeRecipientSet.selector
        ];
        for (uint256 i = 0; i < 5; ++i) {
            vm.prank(owner);
            (bool isDone, ) = address(floodgate).call(calls[i]);
            assertEq(isDone, true, "call");
            _expect(_list(told[i]));
        }
        // A key that was set to the same, or retired, already.
        vm.prank(owner);
        floodgate.setAllotter(allotter, BOND_BUDGET);
        vm.prank(owner);
        floodgate.retireAllotter(stranger);
        _expect(new bytes32[](0));
    }

    /// @dev What was logged since the last look.
    function _expect(bytes32[] memory topics) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, topics.length, "number of events");
        for (uint256 i = 0; i < logs.length; ++i) assertEq(logs[i].topics[0], topics[i], "event");
    }

    function _list(bytes32 a) private pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = a;
    }

    function _list(bytes32 a, bytes32 b) private pure returns (bytes32[] memory list) {
        list = new bytes32[](2);
        (list[0], list[1]) = (a, b);
    }

    function _list(bytes32 a, bytes32 b, bytes32 c) private pure returns (bytes32[] memory list) {
        list = new bytes32[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    function _list(bytes32 a, bytes32 b, bytes32 c, bytes32 d) private pure returns (bytes32[] memory list) {
        list = new bytes32[](4);
        (list[0], list[1], list[2], list[3]) = (a, b, c, d);
    }

    function _list(bytes32 a, bytes32 b, bytes32 c, bytes32 d, bytes32 e) private pure returns (bytes32[] memory list) {
        list = new bytes32[](5);
        (list[0], list[1], list[2], list[3], list[4]) = (a, b, c, d, e);
    }
}

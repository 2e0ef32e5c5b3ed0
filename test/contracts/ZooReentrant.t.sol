// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Intruder} from "./support/zoo/Intruder.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ReentrantToken} from "./support/Tokens.sol";
import {ZooTest} from "./support/zoo/ZooTest.sol";

/// @notice The intruder is `payer`, owner and operator, and its hook runs before and after every
/// transfer.
contract ZooReentrantTest is ZooTest {
    Intruder private _intruder;

    function setUp() public override {
        super.setUp();
        _intruder.aim(address(floodgate));
        ReentrantToken(address(token)).mint(address(_intruder), 100);
        _intruder.act(address(token), abi.encodeCall(IERC20.approve, (address(floodgate), 100)));
        vm.prank(owner);
        floodgate.transferOwnership(address(_intruder));
        _intruder.act(address(floodgate), abi.encodeCall(Ownable2Step.acceptOwnership, ()));
    }

    function makeToken() internal override returns (address) {
        _intruder = new Intruder();
        payer = address(_intruder);
        return address(new ReentrantToken());
    }

    function test_RevertWhen_AHookCallsWhatMovesTokens() public {
        for (uint256 i = 0; i < ENTRIES; ++i) {
            (, bytes memory data) = callOf(Entry(i));
            _intruder.teach(data);
            _intruder.teach(abi.encodeCall(Multicall.multicall, (_one(data))));
        }
        _arm();
        assertMovesAll();
        _disarm();
        _assertAllRefused();
        _assertOthersAreWhole();
    }

    function test_NothingGetsOutTwiceThroughWhatAHookMayCall() public {
        _teachWhatIsOpen();
        for (uint256 i = 0; i < ENTRIES; ++i) {
            uint256 snapshot = vm.snapshotState();
            uint256 before = _worth();
            _arm();
            assertMoves(Entry(i), 0);
            _disarm();
            assertEq(_worth(), before, "no unit is made or lost");
            assertEq(holdings(), floodgate.totalBalance(), "tokens");
            _assertOpenCallsWork();
            vm.revertToState(snapshot);
        }
    }

    function test_AHookThatMovesTokensInSpoilsItsOwnDeposit() public {
        _intruder.aim(address(token));
        _intruder.teach(abi.encodeCall(token.transfer, (address(floodgate), 5)));
        _arm();
        bytes memory reason = abi.encodeWithSelector(IFloodgate.TokenAmountMismatch.selector, 20, 10);
        assertRefuses(Entry.DepositFor, reason);
    }

    /* TEACHING */

    function _teachWhatIsOpen() private {
        authorize(payer, sessionKey, NO_LIMIT, START + 30 days);
        _intruder.teach(abi.encodeCall(IFloodgate.claimMany, (_one(_claimOn(1, 30)))));
        _intruder.teach(_claimOn(2, 20));
        _intruder.teach(abi.encodeCall(IFloodgate.requestWithdrawal, (1)));
        _intruder.teach(abi.encodeCall(IFloodgate.requestBondWithdrawal, (1)));
        _intruder.teach(abi.encodeCall(IFloodgate.setFeeRecipient, (stranger)));
        _intruder.teach(abi.encodeCall(IFloodgate.setOperator, (address(_intruder))));
    }

    function _claimOn(uint32 lane, uint96 amount) private view returns (bytes memory) {
        IFloodgate.Allotment memory allotment = allotmentOn(lane, 50);
        bytes memory bySession = signVoucherFor(allotment, amount);
        return abi.encodeCall(IFloodgate.claim, (allotment, signAllotment(allotment), amount, bySession));
    }

    function _arm() private {
        ReentrantToken(address(token)).callBack(address(_intruder), abi.encodeCall(Intruder.strike, ()));
    }

    function _disarm() private {
        ReentrantToken(address(token)).callBack(address(0), "");
    }

    function _one(bytes memory data) private pure returns (bytes[] memory calls) {
        calls = new bytes[](1);
        calls[0] = data;
    }

    /* CHECKS */

    function _assertAllRefused() private view {
        bytes32 expected = keccak256(
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        Intruder.Attempt[] memory attempts = _intruder.attempts();
        assertEq(attempts.length, 16, "attempts");
        for (uint256 i = 0; i < attempts.length; ++i) {
            assertEq(attempts[i].successes, 0, "none gets in");
            assertEq(attempts[i].refusals, 16, "before and after each of eight transfers");
            assertEq(keccak256(attempts[i].reason), expected, "reason");
        }
    }

    /// @dev A hook that could do nothing would prove nothing: both claims go through once.
    function _assertOpenCallsWork() private view {
        assertEq(balanceOf(payee), 50, "claimed once");
        Intruder.Attempt[] memory attempts = _intruder.attempts();
        for (uint256 i = 0; i < attempts.length; ++i) assertEq(attempts[i].successes, 2, "before and after");
    }

    function _assertOthersAreWhole() private view {
        assertEq(balanceOf(victim), 120, "two deposits for it, and nothing taken");
        assertEq(balanceOf(signer), 50, "its own two withdrawals");
        assertEq(balanceOf(payer), 50, "its own two withdrawals");
    }

    /// @notice All that exists of the token, wherever it is.
    function _worth() private view returns (uint256) {
        uint256 outside = token.balanceOf(payee) + token.balanceOf(address(this)) + token.balanceOf(owner);
        return holdings() + outside + token.balanceOf(address(_intruder));
    }
}

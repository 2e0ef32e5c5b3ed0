// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {Floodgate} from "../../contracts/Floodgate.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SettlementTest} from "./support/SettlementTest.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice Who may call what: every function that changes state, tried by everyone, with a call
/// that is good in itself.
/// @dev completeness.test.ts fails when a function of the contract is missing here.
contract AccessTest is SettlementTest, ExitTest {
    enum Who {
        ANYONE,
        OWNER,
        NEXT_OWNER,
        OPERATOR,
        PAYER,
        NOBODY
    }

    /// @dev `refusal`: what others of a call of the payer are told; `isPaused`: deposits must be
    /// paused before.
    struct Rule {
        Who who;
        bytes call;
        function(address) internal view returns (bytes memory) refusal;
        bool isPaused;
    }

    address private immutable _nextOwner = address(0x2E47);

    Rule[] private _rules;
    uint40 private _now;

    /// @dev 840 s after START: a signed request of 60 and one of the bond are due, lane 9 was
    /// claimed by `payee`.
    function setUp() public override {
        super.setUp();
        openPayer(100);
        fundBond(100);
        vm.prank(owner);
        floodgate.requestBondWithdrawal(60);
        vm.prank(owner);
        floodgate.transferOwnership(_nextOwner);
        IFloodgate.Withdrawal memory request = withdrawalOf(60);
        floodgate.requestWithdrawalFor(request, signWithdrawal(request));
        _now = START + 2 * D;
        vm.warp(_now);
        claim(allotmentOn(9, 5), 5);
        address[8] memory everyone = _everyone();
        for (uint256 i = 0; i < everyone.length; ++i) {
            dollar.mint(everyone[i], 30);
            vm.prank(everyone[i]);
            dollar.approve(address(floodgate), 10);
        }
        _ruleMoney();
        _ruleSessions();
        _ruleSettlement();
        _ruleOwner();
    }

    function test_EveryoneTriesEverything() public {
        address[8] memory everyone = _everyone();
        assertEq(_rules.length, 29, "functions");
        for (uint256 i = 0; i < _rules.length; ++i) {
            for (uint256 j = 0; j < everyone.length; ++j) {
                uint256 state = vm.snapshotState();
                _try(_rules[i], everyone[j]);
                vm.revertToState(state);
            }
        }
    }

    function _try(Rule storage rule, address caller) private {
        if (rule.isPaused) {
            vm.prank(owner);
            floodgate.pauseDeposits();
        }
        uint256 before = _wealth(caller);
        vm.prank(caller, caller);
        (bool success, bytes memory result) = address(floodgate).call(rule.call);

        bool isAllowed = rule.who == Who.ANYONE || caller == _holder(rule.who);
        assertEq(success, isAllowed, string.concat("may call ", Strings.toHexString(uint32(bytes4(rule.call)), 4)));
        if (!isAllowed) assertEq(keccak256(result), keccak256(rule.refusal(caller)), "refusal");
        // What is paid goes to payees and recipients, whoever calls; `payee` is one.
        if (caller != payee && caller != payer && caller != owner) assertLe(_wealth(caller), before, "gains nothing");
    }

    /* THE TABLE */

    function _ruleMoney() private {
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.depositFor, (payer, 10, "id")));
        IFloodgate.Deposit[] memory deposits = new IFloodgate.Deposit[](1);
        deposits[0] = IFloodgate.Deposit(payer, 10, "id");
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.depositForMany, (deposits)));
        _rule(Who.PAYER, abi.encodeCall(IFloodgate.requestWithdrawal, (70)), _exceedsBalance);
        _rule(Who.PAYER, abi.encodeCall(IFloodgate.withdraw, (payer)), _nothing);
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.withdrawFor, (payer)));
        Release memory release = releaseOf(20);
        bytes memory byAllotter = signRelease(release);
        uint40 deadline = release.deadline;
        _rule(Who.PAYER, abi.encodeCall(IFloodgate.withdrawNow, (payee, 20, deadline, byAllotter)), _notReleased);
        IFloodgate.Withdrawal memory request = withdrawalOf(20);
        bytes memory byWallet = signWithdrawal(request);
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.requestWithdrawalFor, (request, byWallet)));
        bytes memory instant = signInstant(request);
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.withdrawNowFor, (request, instant, deadline, byAllotter)));
    }

    function _ruleSessions() private {
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.authorizeSession, (stranger, 5, _now)));
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.revokeSession, (stranger)));
        IFloodgate.SessionAuthorization memory signed = IFloodgate.SessionAuthorization(payer, stranger, 5, _now);
        bytes memory byWallet = signWallet(walletKey, authorizationDigest(signed));
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.authorizeSessionFor, (signed, byWallet)));
    }

    function _ruleSettlement() private {
        _rule(Who.OPERATOR, abi.encodeCall(IFloodgate.settle, (batchOf(row(0, 1, 10)))), _notOperator);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, 30);
        bytes memory call = abi.encodeCall(IFloodgate.claim, (allotment, byAllotter, 30, bySession));
        _rule(Who.ANYONE, call);
        (allotment.lane, allotment.payee) = (9, payeeNumber(1));
        (byAllotter, bySession) = (signAllotment(allotment), signVoucherFor(allotment, 30));
        IFloodgate.Evidence memory evidence = claimantEvidence(payee);
        call = abi.encodeCall(IFloodgate.claimWithEvidence, (allotment, byAllotter, 30, bySession, evidence));
        _rule(Who.ANYONE, call);
        bytes[] memory calls = new bytes[](1);
        calls[0] = call;
        _rule(Who.ANYONE, abi.encodeCall(Floodgate(address(0)).multicall, (calls)));
        _rule(Who.ANYONE, abi.encodeCall(IFloodgate.claimMany, (calls)));
    }

    function _ruleOwner() private {
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.depositBond, (10)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.requestBondWithdrawal, (10)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.withdrawBond, (owner)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.setOperator, (stranger)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.setAllotter, (stranger, 1)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.retireAllotter, (allotter)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.setFee, (100)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.setFeeRecipient, (stranger)), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.pauseDeposits, ()), _notOwner);
        _rule(Who.OWNER, abi.encodeCall(IFloodgate.unpauseDeposits, ()), _notOwner);
        _rules[_rules.length - 1].isPaused = true;
        _rule(Who.OWNER, abi.encodeCall(Floodgate(address(0)).transferOwnership, (stranger)), _notOwner);
        _rule(Who.NOBODY, abi.encodeCall(IFloodgate.renounceOwnership, ()), _never);
        _rule(Who.NEXT_OWNER, abi.encodeCall(Floodgate(address(0)).acceptOwnership, ()), _notOwner);
    }

    function _rule(Who who, bytes memory call) private {
        _rule(who, call, _notOwner);
    }

    function _rule(
        Who who,
        bytes memory call,
        function(address) internal view returns (bytes memory) refusal
    ) private {
        _rules.push(Rule(who, call, refusal, false));
    }

    /* PEOPLE */

    function _everyone() private view returns (address[8] memory) {
        return [owner, _nextOwner, operator, allotter, feeRecipient, payer, payee, stranger];
    }

    function _holder(Who who) private view returns (address) {
        return [address(0), owner, _nextOwner, operator, payer, address(0)][uint256(who)];
    }

    function _wealth(address who) private view returns (uint256) {
        return dollar.balanceOf(who) + balanceOf(who);
    }

    /* REFUSALS */

    function _notOwner(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
    }

    function _notOperator(address caller) private view returns (bytes memory) {
        return abi.encodeWithSelector(IFloodgate.CallerNotOperator.selector, caller, operator);
    }

    function _never(address) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IFloodgate.OwnerRequired.selector);
    }

    function _exceedsBalance(address caller) private view returns (bytes memory) {
        return abi.encodeWithSelector(IFloodgate.WithdrawalExceedsBalance.selector, 70, balanceOf(caller));
    }

    function _nothing(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IFloodgate.NothingToWithdraw.selector, caller);
    }

    /// @dev The release is of the payer: in another's name its signature is that of some other key.
    function _notReleased(address caller) private view returns (bytes memory) {
        bytes memory signature = signRelease(releaseOf(20));
        address signer = signerOf(Release(caller, payee, 20, 0, _now + 60), signature);
        return abi.encodeWithSelector(IFloodgate.AllotterUnknown.selector, signer);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {ILens} from "../../contracts/interfaces/ILens.sol";
import {Lens} from "../../contracts/periphery/Lens.sol";

contract LensTest is FloodgateTest {
    Lens private lens;

    function setUp() public override {
        super.setUp();
        lens = new Lens(floodgate);
    }

    /* DIGESTS */

    function testFuzz_SaysWhatASessionKeySigns(address from, address to, uint32 lane, uint96 amount) public view {
        assertEq(lens.voucherDigest(from, to, lane, amount), voucherDigest(from, to, lane, amount), "voucher");
    }

    function testFuzz_SaysWhatAStatementSigns(uint32 lane, uint96 amount) public view {
        bytes32 typeHash = keccak256("Statement(address payer,bytes32 lanesHash)");
        ILens.Line[] memory lines = new ILens.Line[](2);
        lines[0] = ILens.Line(payee, lane, amount);
        lines[1] = ILens.Line(stranger, type(uint32).max, 1);
        bytes memory packed = abi.encodePacked(payee, lane, amount, stranger, type(uint32).max, uint96(1));
        bytes32 expected = toDigest(keccak256(abi.encode(typeHash, payer, keccak256(packed))));
        assertEq(lens.statementDigest(payer, lines), expected, "two lines");

        expected = toDigest(keccak256(abi.encode(typeHash, payer, keccak256(""))));
        assertEq(lens.statementDigest(payer, new ILens.Line[](0)), expected, "none");
    }

    function test_SaysWhatAnAllotterSigns() public view {
        IFloodgate.Allotment memory allotment = allotmentOn(7, 1_000);
        assertEq(lens.allotmentDigest(allotment), allotmentDigest(allotment), "allotment");

        bytes32 typeHash = keccak256("Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)");
        bytes32 expected = toDigest(keccak256(abi.encode(typeHash, payer, payee, 5, 3, START)));
        assertEq(lens.releaseDigest(payer, payee, 5, 3, START), expected, "release");
    }

    function test_SaysWhatAWalletSigns() public view {
        IFloodgate.SessionAuthorization memory session = IFloodgate.SessionAuthorization(payer, sessionKey, 9, START);
        assertEq(lens.sessionDigest(session), authorizationDigest(session), "session");

        IFloodgate.Withdrawal memory withdrawal = IFloodgate.Withdrawal(payer, payee, 9, START, 2);
        assertEq(lens.withdrawalDigest(withdrawal), withdrawalDigest(withdrawal), "withdrawal");
        assertEq(lens.instantWithdrawalDigest(withdrawal), instantDigest(withdrawal), "instant");
    }

    function test_ItsDigestsAreTheOnesThatTheContractTakes() public {
        fund(payer, 10);
        IFloodgate.SessionAuthorization memory session = IFloodgate.SessionAuthorization(
            payer,
            sessionKey,
            9,
            START + 1 hours
        );
        floodgate.authorizeSessionFor(session, signWallet(walletKey, lens.sessionDigest(session)));
        IFloodgate.Withdrawal memory withdrawal = IFloodgate.Withdrawal(payer, stranger, 4, START, 0);
        floodgate.requestWithdrawalFor(withdrawal, signWallet(walletKey, lens.withdrawalDigest(withdrawal)));

        IFloodgate.Allotment memory a = allotmentOn(7, 1_000);
        bytes memory byAllotter = signCompact(allotterKey, lens.allotmentDigest(a));
        bytes memory bySession = signCompact(sessionSecret, lens.voucherDigest(payer, payee, 7, 3));
        assertEq(floodgate.claim(a, byAllotter, 3, bySession), 3, "claim");

        withdrawal = IFloodgate.Withdrawal(payer, stranger, 2, START, floodgate.nonces(payer));
        bytes memory release = signCompact(allotterKey, lens.releaseDigest(payer, stranger, 2, 0, START));
        bytes memory byWallet = signWallet(walletKey, lens.instantWithdrawalDigest(withdrawal));
        floodgate.withdrawNowFor(withdrawal, byWallet, START, release);
        assertEq(dollar.balanceOf(stranger), 2, "out");
    }

    /* READS */

    function test_ShowsAWallet() public {
        openPayer(100);
        dollar.mint(payer, 8);
        vm.prank(payer);
        dollar.approve(address(floodgate), 5);
        IFloodgate.Withdrawal memory withdrawal = IFloodgate.Withdrawal(payer, stranger, 40, START, 0);
        floodgate.requestWithdrawalFor(withdrawal, signWallet(walletKey, withdrawalDigest(withdrawal)));
        address[] memory keys = new address[](2);
        keys[0] = stranger;
        keys[1] = sessionKey;

        ILens.Wallet memory wallet = lens.walletOf(payer, keys);

        assertEq(wallet.account.balance, 100, "balance");
        assertEq(wallet.account.withdrawing, 40, "withdrawing");
        assertEq(wallet.withdrawalRecipient, stranger, "recipient");
        assertEq(wallet.nonce, 1, "nonce");
        assertEq(wallet.tokens, 8, "tokens");
        assertEq(wallet.allowance, 5, "allowance");
        assertEq(wallet.sessions.length, 2, "sessions");
        assertEq(wallet.sessions[0].expiresAt, 0, "unknown session");
        assertEq(wallet.sessions[1].limit, NO_LIMIT, "limit");
        assertEq(wallet.sessions[1].expiresAt, START + 1 hours, "end");
        assertEq(wallet.time, START, "time");
    }

    function test_ShowsLanes() public {
        openPayer(100);
        settle(batchOf(row(0, 7, 30)));
        claim(allotmentOn(8, 1_000), 20);
        uint32[] memory lanes = new uint32[](3);
        (lanes[0], lanes[1], lanes[2]) = (7, 8, 9);
        address[] memory payees = new address[](3);
        for (uint256 i = 0; i < 3; ++i) payees[i] = payee;

        ILens.Lane[] memory states = lens.lanesOf(payer, lanes, payees);

        assertEq(states[0].isSettled, true, "settled by the batch");
        assertEq(states[0].paid, 0, "claims know nothing of it");
        assertEq(states[1].isSettled, true, "settled by the claim");
        assertEq(states[1].paid, 20, "claimed");
        assertEq(states[1].hasClosedLane, true, "closed");
        assertEq(states[2].isSettled, false, "open");
    }

    function test_RevertWhen_AListIsShorter() public {
        vm.expectRevert(abi.encodeWithSelector(ILens.LengthMismatch.selector, 1, 2));
        lens.lanesOf(payer, new uint32[](1), new address[](2));
    }

    function test_ShowsDeposits() public {
        dollar.mint(address(this), 1);
        dollar.approve(address(floodgate), 1);
        floodgate.depositFor(payer, 1, "b");
        bytes32[] memory ids = new bytes32[](2);
        (ids[0], ids[1]) = ("a", "b");

        bool[] memory areUsed = lens.depositsOf(address(this), ids);

        assertEq(areUsed[0], false, "a");
        assertEq(areUsed[1], true, "b");
        assertEq(lens.depositsOf(payer, ids)[1], false, "of another");
    }

    function test_ShowsTheAuthority() public {
        fundBond(500);
        fund(payer, 10);
        vm.prank(owner);
        floodgate.setFee(30);
        vm.prank(owner);
        floodgate.transferOwnership(stranger);
        vm.prank(owner);
        floodgate.pauseDeposits();
        address[] memory keys = new address[](2);
        (keys[0], keys[1]) = (allotter, stranger);

        ILens.Authority memory authority = lens.authorityOf(keys);

        assertEq(authority.owner, owner, "owner");
        assertEq(authority.pendingOwner, stranger, "pending owner");
        assertEq(authority.operator, operator, "operator");
        assertEq(authority.feeRecipient, feeRecipient, "fee recipient");
        assertEq(authority.feeBps, 0, "fee");
        assertEq(authority.pendingFeeBps, 30, "next fee");
        assertEq(authority.feeEffectiveAt, START + D, "its time");
        assertEq(authority.isPaused, true, "paused");
        assertEq(authority.bond.amount, 500, "bond");
        assertEq(authority.totalBalance, 510, "total");
        assertEq(authority.batchCount, 0, "batches");
        assertEq(authority.allotters[0].isCurrent, true, "current");
        assertEq(authority.allotters[0].bondBudget, BOND_BUDGET, "budget");
        assertEq(authority.allotters[1].isCurrent, false, "unknown");
    }

    function test_KnowsItsFloodgate() public view {
        assertEq(address(lens.floodgate()), address(floodgate), "floodgate");
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {newFloodgate} from "../Deployer.sol";
import {Floodgate} from "../../../../contracts/Floodgate.sol";
import {FloodgateTest} from "../FloodgateTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IFloodgate} from "../../../../contracts/interfaces/IFloodgate.sol";
import {ZooToken} from "../Tokens.sol";

/// @notice A Floodgate of an odd token, in which each of the eight entry points that move tokens is
/// due.
/// @dev `payer`, `signer`, `victim` and the bond have 100 each. `payer` and the owner ask 40 back,
/// `signer` has signed for 40 and for 10 more, releases are open over 10, and the delays are over.
/// All that leaves goes to `payee`.
abstract contract ZooTest is FloodgateTest {
    enum Entry {
        DepositFor,
        DepositForMany,
        DepositBond,
        Withdraw,
        WithdrawFor,
        WithdrawBond,
        WithdrawNow,
        WithdrawNowFor
    }

    uint256 internal constant ENTRIES = 8;
    uint256 internal constant FIRST_EXIT = 3;
    uint40 internal constant DEADLINE = START + 10 * D;

    uint256 internal immutable signerKey = keyOf("signer");
    address internal immutable victim = address(0x71C);
    address internal signer;
    IERC20 internal token;

    /// @notice The token of this test, in its good mood.
    function makeToken() internal virtual returns (address);

    function setUp() public virtual override {
        super.setUp();
        signer = vm.addr(signerKey);
        token = IERC20(makeToken());
        floodgate = newFloodgate(configFor(token));
        _give(address(this), 1_000);
        _give(owner, 1_000);
        floodgate.depositFor(payer, 100, 0);
        floodgate.depositFor(signer, 100, 0);
        floodgate.depositFor(victim, 100, 0);
        vm.prank(owner);
        floodgate.depositBond(100);
        _requestAll();
    }

    /// @notice What every token does while it behaves.
    function test_EveryEntryPointMovesItsAmount() public {
        assertMovesAll();
        assertPaysInside();
        assertAllLeave();
        assertEq(holdings(), floodgate.bond().amount, "nothing is left over");
    }

    /// @notice Who calls an entry point with what.
    function callOf(Entry entry) internal view returns (address sender, bytes memory data) {
        if (entry == Entry.DepositFor) return (address(this), abi.encodeCall(IFloodgate.depositFor, (victim, 10, 0)));
        if (entry == Entry.DepositForMany) return (address(this), _depositForMany());
        if (entry == Entry.DepositBond) return (floodgate.owner(), abi.encodeCall(IFloodgate.depositBond, (10)));
        if (entry == Entry.Withdraw) return (payer, abi.encodeCall(IFloodgate.withdraw, (payee)));
        if (entry == Entry.WithdrawFor) return (stranger, abi.encodeCall(IFloodgate.withdrawFor, (signer)));
        if (entry == Entry.WithdrawBond) return (floodgate.owner(), abi.encodeCall(IFloodgate.withdrawBond, (payee)));
        if (entry == Entry.WithdrawNow) return (payer, _withdrawNow());
        return (stranger, _withdrawNowFor());
    }

    /// @notice What an entry point moves, base units.
    function amountOf(Entry entry) internal pure returns (uint256) {
        bool isDelayed = entry == Entry.Withdraw || entry == Entry.WithdrawFor || entry == Entry.WithdrawBond;
        return isDelayed ? 40 : 10;
    }

    function tryCall(Entry entry) internal returns (bool isDone, bytes memory reason) {
        (address sender, bytes memory data) = callOf(entry);
        vm.prank(sender);
        (isDone, reason) = address(floodgate).call(data);
    }

    /// @notice The entry point reverts with `reason` and leaves everything as it was.
    function assertRefuses(Entry entry, bytes memory reason) internal {
        bytes32 before = fingerprint();
        (bool isDone, bytes memory actual) = tryCall(entry);
        assertEq(isDone, false, "refused");
        assertEq(keccak256(actual), keccak256(reason), "reason");
        assertEq(fingerprint(), before, "nothing is half-done");
    }

    /// @notice Each entry point reverts with `reason`.
    function assertRefusesAll(bytes memory reason) internal {
        for (uint256 i = 0; i < ENTRIES; ++i) assertRefuses(Entry(i), reason);
    }

    /// @notice The entry point moves its amount: `kept` units fewer arrive at the recipient of an
    /// exit.
    function assertMoves(Entry entry, uint256 kept) internal {
        (uint256 held, uint256 total, uint256 had) = (holdings(), floodgate.totalBalance(), token.balanceOf(payee));
        (bool isDone, ) = tryCall(entry);
        assertEq(isDone, true, "done");
        uint256 amount = amountOf(entry);
        if (uint256(entry) < FIRST_EXIT) {
            assertEq(holdings(), held + amount, "tokens in");
            assertEq(floodgate.totalBalance(), total + amount, "total in");
        } else {
            assertEq(holdings(), held - amount, "tokens out");
            assertEq(floodgate.totalBalance(), total - amount, "total out");
            assertEq(token.balanceOf(payee), had + amount - kept, "arrived");
        }
    }

    function assertMovesAll() internal {
        for (uint256 i = 0; i < ENTRIES; ++i) assertMoves(Entry(i), 0);
    }

    /// @notice A batch and a claim pay from `payer` to `payee`, as they do with any token: they
    /// never call it.
    function assertPaysInside() internal {
        (uint256 paidBefore, uint256 held) = (balanceOf(payee), holdings());
        authorize(payer, sessionKey, NO_LIMIT, uint40(block.timestamp) + 1 hours);
        settle(batchOf(row(0, 1, 7)));
        assertEq(claim(allotmentOn(2, 50), 5), 5, "claimed");
        assertEq(balanceOf(payee), paidBefore + 12, "paid");
        assertEq(holdings(), held, "no token has moved");
    }

    /// @notice Everybody can leave with everything, at once.
    function assertAllLeave() internal {
        address[4] memory all = [payer, signer, victim, payee];
        for (uint256 i = 0; i < all.length; ++i) _request(all[i]);
        vm.warp(block.timestamp + D);
        for (uint256 i = 0; i < all.length; ++i) {
            uint256 balance = balanceOf(all[i]);
            if (balance == 0) continue;
            vm.prank(all[i]);
            assertEq(floodgate.withdraw(address(0xE417)), balance, "left");
        }
        assertEq(floodgate.totalBalance(), floodgate.bond().amount, "only the bond is left");
    }

    function isSolvent() internal view returns (bool) {
        return holdings() >= floodgate.totalBalance();
    }

    function holdings() internal view returns (uint256) {
        return token.balanceOf(address(floodgate));
    }

    /// @notice All that any of the entry points changes.
    function fingerprint() internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    [_accountHash(payer), _accountHash(signer), _accountHash(victim), _accountHash(payee)],
                    floodgate.bond(),
                    floodgate.totalBalance(),
                    floodgate.nonces(signer),
                    floodgate.withdrawalRecipient(signer),
                    [holdings(), token.balanceOf(payee), token.balanceOf(address(this)), token.balanceOf(owner)]
                )
            );
    }

    function _accountHash(address account) private view returns (bytes32) {
        return keccak256(abi.encode(floodgate.accountOf(account)));
    }

    function _give(address holder, uint256 amount) private {
        ZooToken(address(token)).mint(holder, amount);
        if (holder != address(this)) vm.prank(holder);
        // A call of its own: some tokens return nothing here.
        (bool isDone, ) = address(token).call(abi.encodeCall(IERC20.approve, (address(floodgate), amount)));
        assertEq(isDone, true, "approved");
    }

    function _request(address account) private {
        uint96 balance = uint96(balanceOf(account));
        vm.prank(account);
        floodgate.requestWithdrawal(balance);
    }

    function _requestAll() private {
        vm.prank(payer);
        floodgate.requestWithdrawal(40);
        IFloodgate.Withdrawal memory withdrawal = IFloodgate.Withdrawal(signer, payee, 40, DEADLINE, 0);
        floodgate.requestWithdrawalFor(withdrawal, signWallet(signerKey, withdrawalDigest(withdrawal)));
        vm.prank(owner);
        floodgate.requestBondWithdrawal(40);
        vm.warp(START + 2 * D);
    }

    function _depositForMany() private view returns (bytes memory) {
        IFloodgate.Deposit[] memory deposits = new IFloodgate.Deposit[](2);
        deposits[0] = IFloodgate.Deposit(victim, 4, 0);
        deposits[1] = IFloodgate.Deposit(victim, 6, 0);
        return abi.encodeCall(IFloodgate.depositForMany, (deposits));
    }

    function _withdrawNow() private view returns (bytes memory) {
        return abi.encodeCall(IFloodgate.withdrawNow, (payee, 10, DEADLINE, _release(payer)));
    }

    function _withdrawNowFor() private view returns (bytes memory) {
        IFloodgate.Withdrawal memory withdrawal = IFloodgate.Withdrawal(signer, payee, 10, DEADLINE, 1);
        bytes memory bySigner = signWallet(signerKey, instantDigest(withdrawal));
        return abi.encodeCall(IFloodgate.withdrawNowFor, (withdrawal, bySigner, DEADLINE, _release(signer)));
    }

    function _release(address account) private view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "Release(address account,address to,uint96 amount,uint24 nonce,uint40 deadline)"
        );
        uint24 nonce = floodgate.accountOf(account).releaseNonce;
        bytes32 structHash = keccak256(abi.encode(typeHash, account, payee, uint96(10), nonce, DEADLINE));
        return signCompact(allotterKey, toDigest(structHash));
    }
}

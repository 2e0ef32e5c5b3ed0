// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {newFloodgate} from "./Deployer.sol";
import {Floodgate} from "../../../contracts/Floodgate.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IFloodgate} from "../../../contracts/interfaces/IFloodgate.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {TestBase} from "./TestBase.sol";
import {TestDollar} from "../../../contracts/mocks/TestDollar.sol";

/// @notice A deployed Floodgate with named people, and builders for everything that they sign or
/// send.
/// @dev The type strings below are written out on purpose, and not taken from TypedData: a mistake
/// there must show.
abstract contract FloodgateTest is TestBase {
    struct Row {
        uint256 payeeIndex;
        uint256 lane;
        uint256 amount;
        bytes signature;
    }

    uint40 internal constant A = 120;
    uint40 internal constant CW = 300;
    uint40 internal constant D = A + CW;
    uint40 internal constant START = 1_800_000_000;
    uint96 internal constant NO_LIMIT = type(uint96).max;
    uint96 internal constant BOND_BUDGET = 1_000_000;
    uint40 internal constant VALID_UNTIL = type(uint40).max;
    bytes32 internal constant BUNDLE_HASH = keccak256("bundle");

    address internal immutable owner = address(0xA11CE);
    address internal immutable operator = address(0x0BE7A);
    address internal immutable feeRecipient = address(0xFEE);
    address internal immutable stranger = address(0x57A);

    uint256 internal immutable allotterKey = keyOf("allotter");
    uint256 internal immutable walletKey = keyOf("wallet");
    uint256 internal immutable sessionSecret = keyOf("session");

    /// @dev The payer of most tests, its session key, and a payee (index 0 of `payees`).
    address internal payer;
    address internal sessionKey;
    address internal payee;
    address internal allotter;

    bytes private _expectedSkips;

    TestDollar internal dollar;
    Floodgate internal floodgate;

    function setUp() public virtual {
        vm.warp(START);
        payer = vm.addr(walletKey);
        sessionKey = vm.addr(sessionSecret);
        allotter = vm.addr(allotterKey);
        payee = payeeNumber(0);
        dollar = new TestDollar();
        floodgate = newFloodgate(configFor(IERC20(address(dollar))));
    }

    /* CONTRACT */

    function configFor(IERC20 token) internal view returns (IFloodgate.Config memory) {
        return
            IFloodgate.Config({
                token: token,
                allotmentPeriod: A,
                claimPeriod: CW,
                owner: owner,
                operator: operator,
                allotter: allotter,
                bondBudget: BOND_BUDGET,
                feeRecipient: feeRecipient,
                feeBps: 0
            });
    }

    /// @notice Puts money into an account.
    function fund(address account, uint96 amount) internal {
        dollar.mint(address(this), amount);
        dollar.approve(address(floodgate), amount);
        floodgate.depositFor(account, amount, 0);
    }

    /// @notice The owner adds to the bond.
    function fundBond(uint96 amount) internal {
        dollar.mint(owner, amount);
        vm.prank(owner);
        dollar.approve(address(floodgate), amount);
        vm.prank(owner);
        floodgate.depositBond(amount);
    }

    function authorize(address account, address key, uint96 limit, uint40 expiresAt) internal {
        vm.prank(account);
        floodgate.authorizeSession(key, limit, expiresAt);
    }

    /// @notice `payer` gets a balance and a session without limit that lasts an hour.
    function openPayer(uint96 balance) internal {
        fund(payer, balance);
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
    }

    /// @notice Sets a fee and waits until it is in effect.
    function setFeeNow(uint16 feeBps) internal {
        vm.prank(owner);
        floodgate.setFee(feeBps);
        vm.warp(timeNow() + D);
    }

    /// @notice Seconds since 1970.
    /// @dev Not `block.timestamp`: via-IR reads that once for a whole function, and does not see
    /// `vm.warp`.
    function timeNow() internal view returns (uint40) {
        return uint40(vm.getBlockTimestamp());
    }

    /// @notice The next batch skips this row, and no other but those that are expected as well, in
    /// ascending order.
    function expectSkipped(uint256 row, IFloodgate.SkipReason reason) internal {
        _expectedSkips = bytes.concat(_expectedSkips, skip(row, reason));
    }

    function settle(bytes memory batch) internal {
        if (_expectedSkips.length > 0) {
            uint256 number = floodgate.batchCount() + 1;
            vm.expectEmit(address(floodgate));
            emit IFloodgate.RowsSkipped(number, _expectedSkips);
            delete _expectedSkips;
        }
        vm.prank(operator, operator);
        floodgate.settle(batch);
    }

    /// @notice What `RowsSkipped` tells of one row.
    function skip(uint256 row, IFloodgate.SkipReason reason) internal pure returns (bytes memory) {
        return abi.encodePacked(uint32(row), uint8(reason));
    }

    function balanceOf(address account) internal view returns (uint256) {
        return floodgate.accountOf(account).balance;
    }

    /// @notice What claims have paid on a lane.
    function paidOn(address from, uint32 lane, address to) internal view returns (uint256 amount) {
        (amount, ) = floodgate.paid(from, lane, to);
    }

    /* BATCHES */

    function payeeNumber(uint256 index) internal pure returns (address) {
        return address(uint160(0x1000_0000 + index));
    }

    /// @notice The first `count` payees, ascending.
    function payeeTable(uint256 count) internal pure returns (address[] memory table) {
        table = new address[](count);
        for (uint256 i = 0; i < count; ++i) table[i] = payeeNumber(i);
    }

    function header(address[] memory payees) internal pure returns (bytes memory result) {
        result = abi.encodePacked(uint8(1), BUNDLE_HASH, VALID_UNTIL, uint16(payees.length));
        for (uint256 i = 0; i < payees.length; ++i) result = abi.encodePacked(result, payees[i]);
    }

    /// @notice What `Debited` and `Credited` say about one account.
    function entry(address account, uint256 amount) internal pure returns (bytes32[] memory entries) {
        entries = new bytes32[](1);
        entries[0] = bytes32(abi.encodePacked(account, uint96(amount)));
    }

    function group(address from, address key, bytes memory rows) internal pure returns (bytes memory) {
        return abi.encodePacked(from, key, uint8(rows.length / 82), rows);
    }

    function packRow(Row memory one) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(one.payeeIndex), uint32(one.lane), uint96(one.amount), one.signature);
    }

    /// @notice A row of `payer` to payee `payeeIndex`, signed by its session key.
    function row(uint256 payeeIndex, uint256 lane, uint256 amount) internal view returns (bytes memory) {
        return rowOf(payer, sessionSecret, payeeIndex, lane, amount);
    }

    function rowOf(
        address from,
        uint256 secret,
        uint256 payeeIndex,
        uint256 lane,
        uint256 amount
    ) internal view returns (bytes memory) {
        bytes memory signature = signVoucher(secret, from, payeeNumber(payeeIndex), lane, amount);
        return packRow(Row(payeeIndex, lane, amount, signature));
    }

    /// @notice A batch of one group of `payer` and one payee.
    function batchOf(bytes memory rows) internal view returns (bytes memory) {
        return abi.encodePacked(header(payeeTable(1)), group(payer, sessionKey, rows));
    }

    function batchOf(uint256 payeeCount, bytes memory rows) internal view returns (bytes memory) {
        return abi.encodePacked(header(payeeTable(payeeCount)), group(payer, sessionKey, rows));
    }

    /* DIGESTS */

    function toDigest(bytes32 structHash) internal view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(floodgate.domainSeparator(), structHash);
    }

    function voucherDigest(address from, address to, uint256 lane, uint256 amount) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Voucher(address payer,address payee,uint32 lane,uint96 amount)");
        return toDigest(keccak256(abi.encode(typeHash, from, to, lane, amount)));
    }

    function signVoucher(
        uint256 secret,
        address from,
        address to,
        uint256 lane,
        uint256 amount
    ) internal view returns (bytes memory) {
        return signCompact(secret, voucherDigest(from, to, lane, amount));
    }

    function authorizationDigest(IFloodgate.SessionAuthorization memory a) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "SessionAuthorization(address account,address sessionKey,uint96 limit,uint40 expiresAt)"
        );
        return toDigest(keccak256(abi.encode(typeHash, a.account, a.sessionKey, a.limit, a.expiresAt)));
    }

    function withdrawalDigest(IFloodgate.Withdrawal memory w) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Withdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)"
        );
        return toDigest(keccak256(abi.encode(typeHash, w.account, w.to, w.amount, w.deadline, w.nonce)));
    }

    function instantDigest(IFloodgate.Withdrawal memory w) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "InstantWithdrawal(address account,address to,uint96 amount,uint40 deadline,uint256 nonce)"
        );
        return toDigest(keccak256(abi.encode(typeHash, w.account, w.to, w.amount, w.deadline, w.nonce)));
    }

    function allotmentDigest(IFloodgate.Allotment memory a) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Allotment(address payer,address payee,address sessionKey,address payeeKey,uint32 lane,uint96 cap,"
            "uint96 pricePerGiB,uint32 credit,bytes20 infoHash,uint40 expiresAt)"
        );
        bytes memory who = abi.encode(typeHash, a.payer, a.payee, a.sessionKey, a.payeeKey, a.lane);
        return toDigest(keccak256(bytes.concat(who, abi.encode(a.cap, a.pricePerGiB, a.credit, a.infoHash, a.expiresAt))));
    }

    /* CLAIMS */

    /// @notice An allotment of `payer` to `payee` that lives as long as it may.
    function allotmentOn(uint32 lane, uint96 cap) internal view returns (IFloodgate.Allotment memory) {
        return
            IFloodgate.Allotment({
                payer: payer,
                payee: payee,
                sessionKey: sessionKey,
                payeeKey: address(0xDE71CE),
                lane: lane,
                cap: cap,
                pricePerGiB: 10_000,
                credit: 1 << 20,
                infoHash: bytes20(keccak256("content")),
                expiresAt: timeNow() + A
            });
    }

    function signAllotment(IFloodgate.Allotment memory allotment) internal view returns (bytes memory) {
        return signCompact(allotterKey, allotmentDigest(allotment));
    }

    function signVoucherFor(IFloodgate.Allotment memory a, uint96 amount) internal view returns (bytes memory) {
        return signVoucher(sessionSecret, a.payer, a.payee, a.lane, amount);
    }

    /// @notice Claims with good signatures, as a stranger.
    function claim(IFloodgate.Allotment memory allotment, uint96 amount) internal returns (uint96) {
        bytes memory byAllotter = signAllotment(allotment);
        bytes memory bySession = signVoucherFor(allotment, amount);
        vm.prank(stranger);
        return floodgate.claim(allotment, byAllotter, amount, bySession);
    }
}

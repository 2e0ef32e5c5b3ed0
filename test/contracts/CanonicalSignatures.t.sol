// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExitTest} from "./support/ExitTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {SettlementTest} from "./support/SettlementTest.sol";

/// @notice Every 64-byte signature that the contract takes must have s <= n/2: n/2 itself is good,
/// n/2 + 1 is nobody's.
/// @dev Nobody can search for a signature with such an s. So the key is made from the signature:
/// the precompile names the key for which any r and s are good, and accepts both s; then that key
/// becomes a session key or an allotter.
contract CanonicalSignaturesTest is SettlementTest, ExitTest {
    uint256 private constant HALF_ORDER = CURVE_ORDER / 2;

    /// @dev The x of the curve's generator (SEC 2): some point's.
    bytes32 private constant R = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;

    function setUp() public override {
        super.setUp();
        fund(payer, 100);
    }

    function test_HalfOrderIsWrittenAsInTheStandard() public pure {
        assertEq(HALF_ORDER, 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0, "n / 2");
    }

    function test_AVoucherInABatch() public {
        bytes32 digest = voucherDigest(payer, payee, 1, 10);
        for (uint8 parity = 0; parity < 2; ++parity) {
            for (uint256 over = 0; over < 2; ++over) {
                uint256 state = vm.snapshotState();
                (bytes memory signature, address key) = _craft(digest, parity, HALF_ORDER + over);
                authorize(payer, key, NO_LIMIT, START + 1 hours);
                bytes memory rows = group(payer, key, packRow(Row(0, 1, 10, signature)));
                _settleOne(bytes.concat(header(payeeTable(1)), rows), over == 0);
                vm.revertToState(state);
            }
        }
    }

    function test_AStatement() public {
        bytes32 digest = statementDigest(payer, payeeTable(1), oneLane(0, 1, 10));
        for (uint256 over = 0; over < 2; ++over) {
            uint256 state = vm.snapshotState();
            (bytes memory signature, address key) = _craft(digest, 0, HALF_ORDER + over);
            authorize(payer, key, NO_LIMIT, START + 1 hours);
            bytes memory rows = abi.encodePacked(payer, key, uint8(1), signature, packLanes(oneLane(0, 1, 10)));
            _settleOne(bytes.concat(statementHeader(payeeTable(1)), rows), over == 0);
            vm.revertToState(state);
        }
    }

    function test_AVoucherInAClaim() public {
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        for (uint256 over = 0; over < 2; ++over) {
            uint256 state = vm.snapshotState();
            bytes memory bySession;
            (bySession, allotment.sessionKey) = _craft(voucherDigest(payer, payee, 1, 10), 1, HALF_ORDER + over);
            authorize(payer, allotment.sessionKey, NO_LIMIT, START + 1 hours);
            bytes memory byAllotter = signAllotment(allotment);
            if (over == 1) vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
            floodgate.claim(allotment, byAllotter, 10, bySession);
            assertEq(balanceOf(payee), over == 0 ? 10 : 0, "payee");
            vm.revertToState(state);
        }
    }

    function test_AnAllotment() public {
        authorize(payer, sessionKey, NO_LIMIT, START + 1 hours);
        IFloodgate.Allotment memory allotment = allotmentOn(1, 50);
        bytes memory bySession = signVoucherFor(allotment, 10);
        for (uint256 over = 0; over < 2; ++over) {
            uint256 state = vm.snapshotState();
            (bytes memory byAllotter, address key) = _craft(allotmentDigest(allotment), 0, HALF_ORDER + over);
            vm.prank(owner);
            floodgate.setAllotter(key, 0);
            if (over == 1) vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
            floodgate.claim(allotment, byAllotter, 10, bySession);
            assertEq(balanceOf(payee), over == 0 ? 10 : 0, "payee");
            vm.revertToState(state);
        }
    }

    function test_ARelease() public {
        Release memory release = releaseOf(60);
        for (uint256 over = 0; over < 2; ++over) {
            uint256 state = vm.snapshotState();
            (bytes memory byAllotter, address key) = _craft(releaseDigest(release), 0, HALF_ORDER + over);
            vm.prank(owner);
            floodgate.setAllotter(key, 0);
            if (over == 1) vm.expectRevert(abi.encodeWithSelector(IFloodgate.SignatureMalformed.selector));
            withdrawNow(release, byAllotter);
            assertEq(dollar.balanceOf(payee), over == 0 ? 60 : 0, "tokens");
            vm.revertToState(state);
        }
    }

    function _craft(bytes32 digest, uint8 parity, uint256 s) private pure returns (bytes memory, address key) {
        key = ecrecover(digest, 27 + parity, R, bytes32(s));
        assertEq(key != address(0), true, "the precompile takes both");
        return (abi.encodePacked(R, bytes32(s | (uint256(parity) << 255))), key);
    }

    function _settleOne(bytes memory batch, bool isPaid) private {
        (uint256 skipped, , IFloodgate.SkipReason reason) = settleAndSee(batch);
        assertEq(skipped, isPaid ? 0 : 1, "skipped");
        if (!isPaid) assertEq(uint256(reason), uint256(IFloodgate.SkipReason.SIGNATURE), "reason");
        assertEq(balanceOf(payee), isPaid ? 10 : 0, "payee");
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

contract DepositWithPermitTest is FloodgateTest {
    uint256 private constant DEADLINE = START + 1 hours;

    function test_RevertWhen_PermitIsWrongAndAllowanceIsMissing() public {
        dollar.mint(payer, 100);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllowanceTooSmall.selector, 0, 100));
        vm.prank(payer);
        floodgate.depositWithPermit(payer, 100, DEADLINE, 27, bytes32(uint256(1)), bytes32(uint256(2)));
    }

    function test_RevertWhen_PermitIsOfSomeoneElse() public {
        dollar.mint(payer, 100);
        (uint8 v, bytes32 r, bytes32 s) = _permit(payer, 100);

        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AllowanceTooSmall.selector, 0, 100));
        vm.prank(stranger);
        floodgate.depositWithPermit(stranger, 100, DEADLINE, v, r, s);
    }

    function test_RevertWhen_AmountIsZero() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(payer, 0);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.AmountZero.selector));
        vm.prank(payer);
        floodgate.depositWithPermit(payer, 0, DEADLINE, v, r, s);
    }

    function test_NeedsNoTransactionBefore() public {
        dollar.mint(payer, 100);
        (uint8 v, bytes32 r, bytes32 s) = _permit(payer, 100);

        vm.prank(payer);
        floodgate.depositWithPermit(payee, 100, DEADLINE, v, r, s);

        assertEq(balanceOf(payee), 100, "balance");
        assertEq(dollar.balanceOf(payer), 0, "wallet");
    }

    function test_WorksWhenSomeoneHasSentThePermitFirst() public {
        dollar.mint(payer, 100);
        (uint8 v, bytes32 r, bytes32 s) = _permit(payer, 100);
        dollar.permit(payer, address(floodgate), 100, DEADLINE, v, r, s);

        vm.prank(payer);
        floodgate.depositWithPermit(payer, 100, DEADLINE, v, r, s);

        assertEq(balanceOf(payer), 100, "balance");
    }

    function _permit(address holder, uint256 amount) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, holder, address(floodgate), amount, dollar.nonces(holder), DEADLINE)
        );
        return vm.sign(walletKey, MessageHashUtils.toTypedDataHash(dollar.DOMAIN_SEPARATOR(), structHash));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {newFloodgate} from "./support/Deployer.sol";
import {Floodgate} from "../../contracts/Floodgate.sol";
import {FloodgateTest} from "./support/FloodgateTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

contract ConstructorTest is FloodgateTest {
    function test_RevertWhen_TheTokenHasNoCode() public {
        IFloodgate.Config memory config = _config();
        config.token = IERC20(stranger);
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.TokenInvalid.selector, stranger));
        newFloodgate(config);
    }

    function test_RevertWhen_APeriodIsOutOfRange() public {
        IFloodgate.Config memory config = _config();
        for (uint256 i = 0; i < 4; ++i) {
            uint40 period = i % 2 == 0 ? 0 : 365 days + 1;
            config.allotmentPeriod = i < 2 ? period : A;
            config.claimPeriod = i < 2 ? CW : period;
            vm.expectRevert(abi.encodeWithSelector(IFloodgate.PeriodOutOfRange.selector, period, 365 days));
            newFloodgate(config);
        }
    }

    function test_RevertWhen_TheFeeIsTooHigh() public {
        IFloodgate.Config memory config = _config();
        config.feeBps = 1_001;
        vm.expectRevert(abi.encodeWithSelector(IFloodgate.FeeTooHigh.selector, 1_001, 1_000));
        newFloodgate(config);
    }

    function test_RevertWhen_SomeoneIsZero() public {
        IFloodgate.Config memory config = _config();
        config.owner = address(0);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        newFloodgate(config);

        for (uint256 i = 0; i < 3; ++i) {
            config = _config();
            if (i == 0) config.operator = address(0);
            if (i == 1) config.feeRecipient = address(0);
            if (i == 2) config.allotter = address(0);
            bytes memory reason = abi.encodeWithSelector(IFloodgate.AddressZero.selector);
            if (i == 1) reason = abi.encodeWithSelector(IFloodgate.AccountInvalid.selector, address(0));
            vm.expectRevert(reason);
            newFloodgate(config);
        }
    }

    function test_TellsWhatItIsMadeWith() public {
        IFloodgate.Config memory config = _config();
        (config.allotmentPeriod, config.claimPeriod, config.feeBps) = (1, 365 days, 1_000);

        vm.recordLogs();
        Floodgate made = newFloodgate(config);

        assertEq(vm.getRecordedLogs().length, 5, "owner, fee, operator, recipient, allotter");
        assertEq(address(made.token()), address(dollar), "token");
        assertEq(made.allotmentPeriod(), 1, "A");
        assertEq(made.claimPeriod(), 365 days, "CW");
        assertEq(made.withdrawalDelay(), 365 days + 1, "D");
        assertEq(made.bondDelay(), 2 * 365 days + 2, "bond");
        assertEq(made.owner(), owner, "owner");
        assertEq(made.operator(), operator, "operator");
        assertEq(made.feeRecipient(), feeRecipient, "recipient");
        assertEq(made.feeBps(), 1_000, "fee");
        (uint16 newFeeBps, uint40 effectiveAt) = made.pendingFee();
        assertEq(newFeeBps, 1_000, "announced");
        assertEq(effectiveAt, START, "in effect");
        assertEq(made.allotterOf(allotter).bondBudget, BOND_BUDGET, "budget");
    }

    function test_TheDomainIsThisContractOnThisChain() public {
        bytes32 typeHash = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        for (uint256 chain = 1; chain < 3; ++chain) {
            vm.chainId(chain);
            bytes32 expected = keccak256(
                abi.encode(typeHash, keccak256("Floodgate"), keccak256("1"), chain, address(floodgate))
            );
            assertEq(floodgate.domainSeparator(), expected, "separator");
        }
    }

    function _config() private view returns (IFloodgate.Config memory) {
        return configFor(IERC20(address(dollar)));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Authority} from "./support/authority/Authority.sol";
import {Campaign} from "./support/invariant/Campaign.sol";
import {Cheats} from "./support/authority/Cheats.sol";
import {IFloodgate} from "../../contracts/interfaces/IFloodgate.sol";

/// @notice An honest authority among cheats.
/// @dev Here, because the runner finds only contracts of test files.
contract HonestAuthority is Authority, Cheats {
    function assertBondIsWhole() external view {
        assertEq(floodgate.bond().amount, BOND, "bond");
    }

    /// @notice Each payer and each of its sessions can pay all its live lanes up to their caps.
    function assertCovered() external view {
        for (uint256 who = 0; who < PEOPLE; ++who) {
            uint256 open = 0;
            bool[KEYS] memory isBound;
            for (uint256 i = 0; i < grants.length; ++i) {
                Grant storage grant = grants[i];
                if (grant.who != who || !isLive(grant)) continue;
                open += grant.cap - grant.paid;
                isBound[grant.key] = isBound[grant.key] || grant.cap > grant.paid;
                IFloodgate.Session memory session = floodgate.sessionOf(people[who], keys[who][grant.key]);
                assertLe(grant.expiresAt, session.expiresAt, "the session lives as long as its lanes");
            }
            assertLe(open, balanceOf(people[who]), "balance covers what is promised");
            for (uint256 key = 0; key < KEYS; ++key) if (isBound[key]) _assertLimitCovers(who, key, open);
        }
    }

    /// @dev Each limit covers the lanes of all sessions: what one of them spends is gone for all.
    function _assertLimitCovers(uint256 who, uint256 key, uint256 open) private view {
        IFloodgate.Session memory session = floodgate.sessionOf(people[who], keys[who][key]);
        if (session.limit < NO_LIMIT) assertLe(open + session.spent, session.limit, "limit covers what is promised");
    }
}

/// @notice README.md states what must hold. Claims check that they are paid in full, whenever they
/// are made.
contract HonestAuthorityTest is Campaign {
    function setUp() public {
        HonestAuthority made = new HonestAuthority();
        handler = made;
        actions = [
            made.look.selector,
            made.issue.selector,
            made.release.selector,
            made.settleLanes.selector,
            made.mine.selector,
            made.rotateKey.selector,
            made.wait.selector,
            made.deposit.selector,
            made.sign.selector,
            made.forge.selector,
            made.requestWithdrawal.selector,
            made.withdraw.selector,
            made.withdrawNow.selector,
            made.changeSession.selector,
            made.claimVouchers.selector,
            made.claimEverything.selector
        ];
    }

    function invariant_TheBondIsNeverDrawnOn() external view {
        HonestAuthority(address(handler)).assertBondIsWhole();
        HonestAuthority(address(handler)).assertCovered();
    }
}

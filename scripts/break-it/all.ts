import type { BreakCase } from "./case.ts";
import { sendBadPieces, takeAndStop } from "./cases/crooked-sellers.ts";
import { cutNode } from "./cases/cut-node.ts";
import { killAuthority } from "./cases/dead-authority.ts";
import { floodAnnounces } from "./cases/flood.ts";
import { killSeller } from "./cases/kill-seller.ts";
import { withdrawAndRun } from "./cases/leaving.ts";
import { leaveOut, overAllot, replayVoucher, settleLow } from "./cases/lies.ts";
import { reorganizeChain } from "./cases/reorganize.ts";
import { stealSession } from "./cases/stolen-session.ts";
import { stealToken } from "./cases/stolen-token.ts";
import { stopPaying } from "./cases/stop-paying.ts";

/** The break-it desk's cases, in the order of the desk. */
export const BREAK_CASES: readonly BreakCase[] = [
  ...[killAuthority, cutNode, reorganizeChain, settleLow, overAllot, leaveOut, replayVoucher],
  ...[stopPaying, withdrawAndRun, stealSession, stealToken, floodAnnounces],
  ...[sendBadPieces, takeAndStop, killSeller],
];

import type { Network } from "../../../client/identity.ts";
import type { Address } from "../../../protocol/base/ids.ts";
import { addressOfKey, publicKeyOf } from "../../../protocol/base/secp256k1.ts";
import { hashDomain } from "../../../protocol/signed/typed-data.ts";

/** One content, and the network that it is sold on. */

export const PIECE = 64 * 1024;
export const PIECES = 200;
export const PRICE = 1_000_003n;
export const CONTENT = "ab".repeat(20);
export const NOW = 1_700_000_000;
/** The authority's key. */
export const ALLOTTER = new Uint8Array(32).fill(3);
const CONTRACT: Address = `0x${"c0".repeat(20)}`;
export const separator = hashDomain({ chainId: 31_337, contract: CONTRACT });

export const network: Network = {
  apiUrl: "http://127.0.0.1:1/",
  separator,
  info: {
    version: "test",
    chainId: 31_337,
    contract: CONTRACT,
    deployedAtBlock: 0,
    token: { address: CONTRACT, symbol: "TUSD", decimals: 6 },
    trackerUrl: "http://127.0.0.1:2/announce",
    allotters: [addressOfKey(publicKeyOf(ALLOTTER))],
    operator: CONTRACT,
    feeBps: 0,
    allotmentPeriodSec: 120,
    claimPeriodSec: 120,
    acceptMarginSec: 10,
    pushIntervalSec: 2,
    bond: { amount: "0", withdrawing: "0", withdrawableAt: 0, budget: "0", spent: "0" },
    payDueSec: 3,
    sessionLifetimeSec: 3600,
    now: NOW,
  },
};

import { join } from "node:path";

/** Where a home keeps its keystore. */
export function walletPath(home: string): string {
  return join(home, "wallet.json");
}
